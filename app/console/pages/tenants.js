/** The weights and limits of tenants. */

import * as api from "../lib/api.js";
import { h, show } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { table } from "../lib/table.js";

export const title = "Tenants";

export function open(main, tools) {
  const list = h("div");
  show(main, h("h1", {}, title), list, explanation());
  tools.live(async (signal) => {
    const { tenants } = await api.get("/v1/tenants", {}, signal);
    show(list, tenantTable(tenants), tenants.length === 1 && isRest(tenants[0]) ? first() : null);
  });
}

/** `*` stands for all tenants that the configuration does not name. */
const isRest = ({ tenant }) => tenant === "*";

const none = () => h("span", { class: "muted" }, "none");

const columns = [
  { title: "Tenant", cell: (row) => (isRest(row) ? "* (all others)" : row.tenant) },
  { title: "Weight", cell: (row) => count(row.weight), number: true },
  { title: "Jobs in hand at most", cell: (row) => (row.concurrency_limit === 0 ? none() : count(row.concurrency_limit)), number: true },
  { title: "Claims at most", cell: (row) => (row.rate_limit === "0" ? none() : row.rate_limit), number: true },
];

function tenantTable(tenants) {
  return table({
    caption: "Tenants with their weights and limits",
    columns,
    rows: tenants,
    key: (row) => row.tenant,
    href: (row) => (isRest(row) ? undefined : api.address("#/jobs", { tenant: row.tenant })),
    empty: `The configuration does not name the tenant ${api.session.tenant}. It has the weight and the limits of all tenants that are not named.`,
  });
}

const first = () =>
  h(
    "div",
    { class: "empty" },
    h("p", {}, "No tenant is named yet. A section of the configuration gives one its own weight and limits:"),
    h("pre", {}, "[tenant.acme]\nweight = 4\nconcurrency_limit = 50\nrate_limit = 1000/h"),
  );

function explanation() {
  return h(
    "div",
    { class: "muted" },
    h("p", {}, "Tenants that have jobs at the same time are served in turn, one of weight 4 four times as often as one of weight 1."),
    h("p", {}, h("code", {}, "*"), " stands for every tenant that has no section of its own: the section ", h("code", {}, "[tenants]"), " says what holds for these. Jobs without a tenant have only the limits of their stages."),
    h("p", {}, "A limit holds in all runtimes of the database together. How full one is, the page of a job says that waits for it (AT_LIMIT)."),
    h("p", {}, "These are the settings of the server that answers; all runtimes of a database should have the same."),
  );
}
