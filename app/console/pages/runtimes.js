/** The runtimes of the database, and orders to the one that this server belongs to. */

import * as api from "../lib/api.js";
import { meter } from "../lib/charts.js";
import { facts, h, show } from "../lib/dom.js";
import { ask } from "../lib/dialog.js";
import { count } from "../lib/format.js";
import { readOrRefusal, refusal } from "../lib/refusal.js";
import { table } from "../lib/table.js";
import { badge, runtimeState, when } from "../lib/words.js";

export const title = "Runtimes";

export function open(main, tools) {
  const own = h("section", { "aria-label": "The runtime of this server" });
  const fleet = h("section", { "aria-label": "Fleet" });
  show(main, h("h1", {}, title), own, fleet);
  const refresher = tools.live(async (signal) => {
    const paths = ["/v1/runtime", "/v1/runtimes"];
    const [runtime, runtimes] = await Promise.all(paths.map((path) => readOrRefusal(path, signal)));
    show(own, h("h2", {}, "The runtime of this server"), runtime.answer ? ownRuntime(runtime.answer, () => refresher.poke()) : refusal(runtime.failure));
    show(fleet, h("h2", {}, "All runtimes of the database"), runtimes.answer ? fleetTable(runtimes.answer) : refusal(runtimes.failure));
  });
}

/** What stays the same while it runs, after its state. */
export const identityOf = (runtime) => [
  ["State", [badge(runtime.state), " ", badge(runtime.health)]],
  ["Version", runtime.version],
  ["Host", `${runtime.host} (process ${runtime.pid})`],
  ["Started", when(runtime.started_at)],
  ["Database", runtime.database],
  ["Data directory", h("code", {}, runtime.data_dir)],
];

function ownRuntime(runtime, poke) {
  const known = [
    ...identityOf(runtime),
    ["Runtime", runtime.runtime_id ? String(runtime.runtime_id) : "not in the database yet"],
    ["Jobs in hand", meter(runtime.in_hand, runtime.in_flight_limit, `${count(runtime.in_hand)} of ${count(runtime.in_flight_limit)}`)],
    ["Calls of handlers in the last 10 s", count(runtime.handled_in_10_s)],
  ];
  return [facts(known), orders(runtime, poke)];
}

const ending = "Jobs that wait stay in the queue for other runtimes. When this page comes from the runtime itself, it no longer answers after that. To go on, start the runtime again with millrace run.";

const knownOrders = [
  { name: "drain", text: "Drain", yes: "Drain the runtime", says: `It begins nothing new, and ends when what is at work has ended or its grace is over. ${ending}` },
  { name: "stop", text: "Stop", yes: "Stop the runtime", danger: true, says: `It gives back at once what is at work, which begins again elsewhere without a charge, and ends. ${ending}` },
];

function orders(runtime, poke) {
  if (!api.may("operator")) return null;
  const button = (order) =>
    h(
      "button",
      {
        type: "button",
        class: order.danger ? "danger" : undefined,
        "data-key": order.name,
        onclick: () =>
          ask({
            title: `${order.text} runtime ${runtime.runtime_id} on ${runtime.host}?`,
            text: order.says,
            yes: order.yes,
            danger: order.danger,
            order: async () => {
              const answer = await api.post(`/v1/runtime/${order.name}`);
              poke();
              return answer.text;
            },
          }),
      },
      order.text,
    );
  return h("div", { class: "buttons", role: "group", "aria-label": "Orders" }, knownOrders.map(button));
}

function fleetTable(fleet) {
  const columns = [
    { title: "Runtime", cell: (runtime) => `${runtime.runtime_id}${runtime.self ? " (of this server)" : ""}` },
    { title: "State", cell: (runtime) => badge(runtimeState(runtime)) },
    { title: "Host", cell: (runtime) => runtime.host },
    { title: "Process", cell: (runtime) => runtime.pid, number: true },
    { title: "Version", cell: (runtime) => runtime.version },
    { title: "Started", cell: (runtime) => when(runtime.started_at) },
    { title: "Lease ends", cell: (runtime) => when(runtime.lease_until) },
  ];
  const dead = fleet.runtimes.some((runtime) => runtimeState(runtime) === "dead");
  return [
    fleet.trouble ? h("p", { class: "problem" }, `The database does not answer: ${fleet.trouble}`) : null,
    table({
      caption: "Runtimes of this database",
      columns,
      rows: fleet.runtimes,
      key: (runtime) => runtime.runtime_id,
      tone: (runtime) => (runtimeState(runtime) === "dead" ? "bad" : undefined),
      empty: [h("p", {}, "No runtime is at work on this database. Start one:"), h("pre", {}, "millrace run")],
    }),
    dead ? h("p", { class: "muted" }, "The lease of a dead runtime has run out: its process died or is cut off, and others take over its jobs.") : null,
  ];
}
