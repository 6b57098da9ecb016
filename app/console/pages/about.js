/** What this is, and what it talks to. */

import * as api from "../lib/api.js";
import { facts, h, show } from "../lib/dom.js";
import { readOrRefusal, refusal } from "../lib/refusal.js";
import { identityOf } from "./runtimes.js";

export const title = "About";

export function open(main, tools) {
  const known = h("div");
  show(
    main,
    h("h1", {}, title),
    h("p", {}, "millrace runs jobs and keeps each of their steps in a database, so that no job is lost. This console shows what the runtime does and gives it orders, by the same calls that programs use."),
    known,
    h("h2", {}, "For programs"),
    h(
      "ul",
      {},
      h("li", {}, h("a", { href: "/v1/openapi.json" }, "The description of all calls (OpenAPI 3.1)")),
      h("li", {}, h("a", { href: "/metrics" }, "Figures for Prometheus")),
    ),
  );
  let version = "";
  tools.live(async (signal) => {
    version ||= (await api.get("/v1/openapi.json", {}, signal)).info.version;
    const { answer, failure } = await readOrRefusal("/v1/runtime", signal);
    show(known, facts(serverFacts(version)), h("h2", {}, "Runtime"), answer ? facts(identityOf(answer)) : refusal(failure));
  });
}

const serverFacts = (version) => [
  ["Version of the server", version],
  ["Server", location.origin],
  ["Signed in as", `${api.session.name} (${api.session.role})`],
];
