/** The API of the server that this page comes from. The session is a cookie, which no script can read. */

import { follow } from "./clock.js";
import { handIsFree } from "./hand.js";

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

const patience = 20000;
/** Of a text, which may have many megabytes. */
const textPatience = 60000;

/** Ends with the caller's signal, and after that time. An order has no time: it would not be known whether it was given. */
function signalOf(signal, most) {
  if (!most || !AbortSignal.timeout) return signal;
  const late = AbortSignal.timeout(most);
  if (!signal) return late;
  return AbortSignal.any ? AbortSignal.any([signal, late]) : signal;
}

/** What `read` makes of the answer. */
async function call(method, path, read, { parameters, body, type, signal, most } = {}) {
  const asked = performance.now();
  try {
    const answer = await fetch(address(path, parameters), {
      method,
      body,
      headers: type ? { "Content-Type": type } : {},
      credentials: "same-origin",
      cache: "no-store",
      signal: signalOf(signal, most),
    });
    follow(answer.headers.get("Date"), performance.now() - asked);
    if (answer.ok) return await read(answer);
    const document = await answer.json().catch(() => null);
    if (answer.status === 401) dispatchEvent(new CustomEvent("signed-out"));
    throw new Problem(answer.status, document ?? {});
  } catch (failure) {
    if (failure instanceof Problem || signal?.aborted) throw failure;
    throw new Unreachable("the server does not answer");
  }
}

function value(answer) {
  if (answer.status === 204) return null;
  return /json/.test(answer.headers.get("Content-Type") ?? "") ? answer.json() : answer.text();
}

/** What is read with a signal is drawn, which waits for the hand. */
async function read(path, how, options) {
  const answer = await call("GET", path, how, options);
  if (options.signal) await handIsFree(options.signal);
  return answer;
}

/** A document, or the text where the answer is none. */
export const get = (path, parameters, signal) => read(path, value, { parameters, signal, most: patience });
/** A text as it came. */
export const text = (path, signal) => read(path, (answer) => answer.text(), { signal, most: textPatience });
export const post = (path, parameters, document) =>
  call("POST", path, value, document === undefined ? { parameters } : { parameters, body: JSON.stringify(document), type: "application/json" });
export const remove = (path) => call("DELETE", path, value);

/** The token of the session; filled by main.js. */
export const session = { name: "", role: "viewer", owner: "", tenant: "", pipeline: "" };

const roles = ["viewer", "submitter", "operator", "admin"];
/** Whether the session may do what needs that role. Orders that it may not give are not shown. */
export const may = (role) => roles.indexOf(session.role) >= roles.indexOf(role);
export const isBound = () => Boolean(session.owner || session.tenant || session.pipeline);
