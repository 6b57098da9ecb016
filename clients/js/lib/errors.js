/** Any error of this package. */
export class MillraceError extends Error {}

/** The server answered with a problem document (RFC 9457). */
export class ApiError extends MillraceError {
  constructor({ status, code, title, detail = "", next = "", retryAfter = null }) {
    super(`${status} ${code}: ${title}${detail && `: ${detail}`}${next && ` (${next})`}`);
    this.name = "ApiError";
    Object.assign(this, { status, code, title, detail, next, retryAfter, submitted: [] });
  }
}

/** No answer came, or not the whole. Whether the server has carried the request out is not known. */
export class Unreachable extends MillraceError {
  constructor(message, cause) {
    super(message, { cause });
    this.name = "Unreachable";
  }
}

/** The reader is too far behind: the events after `after`, up to `until`, are not sent. */
export class EventsMissed extends MillraceError {
  constructor(after, until) {
    super(`the events after ${after}, up to ${until}, were not sent: the reader is too far behind`);
    this.name = "EventsMissed";
    Object.assign(this, { after, until });
  }
}

/** The error of an answer, also of one that a proxy wrote and that is no problem document. */
export async function apiErrorOf(response) {
  const body = await response.text();
  const problem = problemIn(body);
  const text = (name, otherwise) => (typeof problem?.[name] === "string" ? problem[name] : otherwise);
  const after = response.headers.get("Retry-After");
  return new ApiError({
    status: response.status,
    code: text("code", `HTTP_${response.status}`),
    title: text("title", response.statusText || "the request failed"),
    detail: text("detail", problem ? "" : body.slice(0, 300)),
    next: text("next", ""),
    retryAfter: /^\d+$/.test(after ?? "") ? Number(after) : null,
  });
}

function problemIn(body) {
  try {
    const document = JSON.parse(body);
    return document !== null && typeof document === "object" ? document : null;
  } catch {
    return null;
  }
}
