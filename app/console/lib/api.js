/** The API of the server that this page comes from. The session is a cookie, which no script can read. */

import { follow } from "./clock.js";

/** What the server refused: its problem document (RFC 9457). */
export class Problem extends Error {
  constructor(status, document) {
    super(document.title ?? `the server answered ${status}`);
    this.status = status;
    this.code = document.code ?? "";
    this.detail = document.detail ?? "";
    this.next = document.next ?? "";
  }
}

/** The server did not answer. */
export class Unreachable extends Error {}

/** "/v1/jobs" with those parameters that have a value. */
export function address(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined && value !== null && value !== "") query.set(name, value);
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

async function call(method, path, parameters, body, type, signal) {
  const asked = Date.now();
  let answer;
  try {
    answer = await fetch(address(path, parameters), {
      method,
      body,
      headers: type ? { "Content-Type": type } : {},
      credentials: "same-origin",
      cache: "no-store",
      signal,
    });
  } catch (failure) {
    if (failure.name === "AbortError") throw failure;
    throw new Unreachable("the server does not answer");
  }
  follow(answer.headers.get("Date"), asked);
  if (!answer.ok) {
    const document = await answer.json().catch(() => ({}));
    if (answer.status === 401) dispatchEvent(new CustomEvent("signed-out"));
    throw new Problem(answer.status, document);
  }
  return answer;
}

async function value(answer) {
  if (answer.status === 204) return null;
  return /json/.test(answer.headers.get("Content-Type") ?? "") ? answer.json() : answer.text();
}

/** A document, or the text where the answer is none. */
export const get = async (path, parameters, signal) => value(await call("GET", path, parameters, undefined, "", signal));
export const post = async (path, parameters, document) =>
  value(await call("POST", path, parameters, document === undefined ? undefined : JSON.stringify(document), document === undefined ? "" : "application/json"));
export const remove = async (path) => value(await call("DELETE", path));

/** A text as it came, at most so many characters of it. */
export async function text(path, most, signal) {
  const whole = await (await call("GET", path, {}, undefined, "", signal)).text();
  return { text: whole.slice(0, most), length: whole.length };
}

/** Whoever is signed in; filled by main.js. */
export const session = { name: "", role: "viewer", owner: "", tenant: "", pipeline: "" };

const roles = ["viewer", "submitter", "operator", "admin"];
/** Whether the session may do what needs that role. Orders that it may not give are not shown. */
export const may = (role) => roles.indexOf(session.role) >= roles.indexOf(role);
export const isBound = () => Boolean(session.owner || session.tenant || session.pipeline);
