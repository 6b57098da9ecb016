/** What the server says instead of an answer where it has no runtime, or the token is bound. */

import * as api from "./api.js";
import { problemText } from "./dialog.js";
import { h } from "./dom.js";

/** { answer }, or { failure } with one of these two; what else goes wrong is thrown. */
export async function readOrRefusal(path, signal) {
  try {
    return { answer: await api.get(path, {}, signal) };
  } catch (failure) {
    if (!["NO_RUNTIME", "TOKEN_BOUND"].includes(failure.code)) throw failure;
    return { failure };
  }
}

export function refusal(failure) {
  if (failure.code !== "NO_RUNTIME") return h("p", { class: "problem" }, problemText(failure));
  return h(
    "div",
    { class: "empty" },
    h("p", {}, "No runtime answers this server: it runs as ", h("code", {}, "millrace serve"), ", or its runtime has ended. The server of a runtime shows more, and gives orders to that runtime."),
    h("p", {}, problemText(failure)),
  );
}
