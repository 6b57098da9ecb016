import { ApiError, Unreachable, apiErrorOf } from "./errors.js";

const attempts = 4;
const firstPauseMs = 100;
const longestPauseMs = 10_000;
/** A server that asks for more is left to the caller. */
const longestRetryAfterS = 30;
/** Node says with these that no connection stood: nothing was sent. */
const notSent = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "UND_ERR_CONNECT_TIMEOUT"]);

/** Sends requests to one server, and again what can be sent again without harm. */
export class Transport {
  #url;
  #token;
  #timeout;
  #fetch;

  /** `token` answers the token or null; it is called once. */
  constructor(url, token, timeout, send) {
    const parsed = new URL(url);
    if (parsed.protocol !== "http:" && parsed.protocol !== "https:")
      throw new TypeError(`\`${url}\` is no URL of a server: write http://127.0.0.1:7117`);
    this.#url = parsed.href.replace(/\/+$/, "");
    this.#timeout = timeout;
    this.#fetch = send;
    let known;
    this.#token = () => (known ??= token());
  }

  /**
   * The text of the answer, if it is a success. A request has `method`, `path`, and perhaps `query`,
   * `headers`, `body`, `isIdempotent`, `wait` (how long the server may take beyond the timeout) and `signal`.
   */
  async request(wanted) {
    for (let attempt = 1; ; ++attempt) {
      try {
        return await this.#once(wanted);
      } catch (failure) {
        const pause = attempt < attempts ? pauseAfter(failure, wanted, attempt) : null;
        if (pause === null) throw failure;
        await sleep(pause, wanted.signal);
      }
    }
  }

  async json(wanted) {
    return JSON.parse(await this.request(wanted));
  }

  /** A response with a body to read; `signal` ends it. */
  async open(wanted) {
    const response = await this.#send(wanted, wanted.signal);
    if (!response.ok) throw await apiErrorOf(response);
    return response;
  }

  async #once(wanted) {
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), this.#timeout + (wanted.wait ?? 0));
    const abort = () => ending.abort();
    wanted.signal?.addEventListener("abort", abort);
    try {
      wanted.signal?.throwIfAborted();
      const response = await this.#send(wanted, ending.signal);
      if (!response.ok) throw await apiErrorOf(response);
      return await response.text();
    } catch (failure) {
      wanted.signal?.throwIfAborted();
      if (failure instanceof ApiError) throw failure;
      throw unreachable(this.#url, failure, ending.signal.aborted);
    } finally {
      clearTimeout(timer);
      wanted.signal?.removeEventListener("abort", abort);
    }
  }

  async #send({ method, path, query = {}, headers = {}, body }, signal) {
    const token = await this.#token();
    const known = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
    const target = known.length ? `${path}?${new URLSearchParams(known)}` : path;
    const all = token ? { ...headers, Authorization: `Bearer ${token}` } : headers;
    const rest = { redirect: "manual", cache: "no-store", credentials: "omit" };
    return this.#fetch(this.#url + target, { method, headers: all, body, signal, ...rest });
  }
}

function unreachable(url, cause, hasTimedOut) {
  const code = cause?.cause?.code;
  const why = hasTimedOut ? "it took too long" : cause?.cause?.message || code || cause?.message;
  const made = new Unreachable(`the server at ${url} sends no answer: ${why}`, cause);
  return Object.defineProperties(made, { wasSent: { value: !notSent.has(code) }, hasTimedOut: { value: hasTimedOut } });
}

/** Milliseconds until the request is sent again; null when it is not. */
function pauseAfter(failure, wanted, attempt) {
  if (failure instanceof Unreachable) {
    const isOver = failure.wasSent && (failure.hasTimedOut || !wanted.isIdempotent);
    return isOver ? null : backoff(attempt);
  }
  if (!(failure instanceof ApiError)) return null;
  if (failure.code === "REQUEST_IN_PROGRESS") return backoff(attempt);
  return wanted.isIdempotent && isBusy(failure) && failure.retryAfter !== null
    ? failure.retryAfter * 1000 + backoff(attempt)
    : null;
}

/** The server will answer soon. */
export function isBusy(failure) {
  return failure instanceof ApiError && failure.status === 503 && (failure.retryAfter ?? 0) <= longestRetryAfterS;
}

/** Between nothing and a bound that doubles: clients that failed together do not return together. */
export function backoff(attempt) {
  return Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempt, 10));
}

export function sleep(ms, signal) {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted) abort();
  });
}
