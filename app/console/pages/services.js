/** The services that the runtime calls over a network, and how their endpoints are. */

import { h, show } from "../lib/dom.js";
import { problemText } from "../lib/dialog.js";
import { readOrRefusal, refusal } from "../lib/refusal.js";
import { table } from "../lib/table.js";
import { badge, when } from "../lib/words.js";

export const title = "Services";

export function open(main, tools) {
  const sections = h("div");
  show(main, h("h1", {}, title), sections);
  tools.live(async (signal) => {
    const { answer, failure } = await readOrRefusal("/v1/runtime/services", signal);
    show(sections, answer ? contentOf(answer) : refusal(failure));
  });
}

function contentOf({ services, trouble }) {
  if (trouble) return h("p", { class: "problem" }, problemText(new Error(`the services cannot be seen now: ${trouble}`)));
  if (services.length === 0) return nothing();
  return [services.map(section), explanation()];
}

const columns = [
  { title: "Endpoint", cell: (endpoint) => endpoint.url },
  { title: "State", cell: ({ is_well: isWell }) => h("span", { class: `badge ${isWell ? "well" : "bad"}` }, isWell ? "in order" : "out") },
  { title: "Breaker", cell: (endpoint) => badge(endpoint.breaker) },
  { title: "Since", cell: (endpoint) => when(endpoint.since) },
  { title: "Why", cell: (endpoint) => endpoint.why, wide: true },
];

function section(service) {
  return h(
    "section",
    { "aria-label": `Service ${service.service}` },
    h("h2", {}, service.service, " ", badge(service.state)),
    service.since ? h("p", { class: "muted" }, "Since ", when(service.since), ".") : null,
    table({
      caption: `Endpoints of the service ${service.service}`,
      columns,
      rows: service.endpoints,
      key: (endpoint) => `${service.service} ${endpoint.url}`,
      tone: (endpoint) => (endpoint.is_well ? undefined : "bad"),
      empty: "It has no endpoint.",
    }),
  );
}

const explanation = () =>
  h("p", { class: "muted" }, "An endpoint that fails several times in a row opens its breaker and is not asked for a while. Then one call tries it (half-open): if that is answered well, the breaker closes. While no endpoint is in order, jobs wait and are charged no attempt.");

const nothing = () =>
  h(
    "div",
    { class: "empty" },
    h("p", {}, "The runtime calls no service: it parses documents and embeds text itself. To have a service embed text, set one in the configuration and restart the runtime:"),
    h("pre", {}, "[service.embedder]\nmode = remote\nendpoints = https://api.openai.com/v1\nmodel = text-embedding-3-small\ndimensions = 1536\nkey_env = OPENAI_API_KEY"),
  );
