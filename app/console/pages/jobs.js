/** Jobs by filter, a page at a time, and orders about all that match. */

import * as api from "../lib/api.js";
import { h, show } from "../lib/dom.js";
import { ask, notify, problemText } from "../lib/dialog.js";
import { count, counted } from "../lib/format.js";
import { table } from "../lib/table.js";
import { badge, states, toneOf, when } from "../lib/words.js";

export const title = "Jobs";

const filters = [
  ["pipeline", "Pipeline"], ["stage", "Stage"], ["tenant", "Tenant"], ["tag", "Tag"], ["code", "Code"],
  ["unique", "Unique key"], ["correlation", "Correlation id"], ["since", "Made since", "datetime-local"],
  ["until", "Made before", "datetime-local"],
];

const columns = {
  job: { title: "Job", cell: (job) => String(job.job_id) },
  state: { title: "State", cell: (job) => [badge(job.state), job.cancel_requested ? " cancel asked" : ""] },
  pipeline: { title: "Pipeline", cell: (job) => job.pipeline },
  stage: { title: "Stage", cell: (job) => job.stage },
  attempt: { title: "Attempt", cell: (job) => (job.crashes ? `${job.attempt} (${counted(job.crashes, "crash", "crashes")})` : job.attempt), number: true },
  priority: { title: "Priority", cell: (job) => job.priority, number: true },
  updated: { title: "Changed", cell: (job) => when(job.updated_at) },
  made: { title: "Made", cell: (job) => when(job.created_at) },
  due: { title: "Due", cell: (job) => when(job.run_at) },
  code: { title: "Code", cell: (job) => job.code },
  message: { title: "Message", cell: (job) => job.message, wide: true },
  tenant: { title: "Tenant", cell: (job) => job.tenant },
  tags: { title: "Tags", cell: (job) => (job.tags ?? []).join(", ") },
  unique: { title: "Unique key", cell: (job) => job.unique_key },
  key: { title: "Concurrency key", cell: (job) => job.concurrency_key },
  correlation: { title: "Correlation id", cell: (job) => job.correlation_id },
  payload: { title: "Payload", cell: (job) => (job.payload === null ? "" : JSON.stringify(job.payload)), wide: true },
};
const usual = ["job", "state", "pipeline", "stage", "attempt", "updated", "code", "message"];

function chosenColumns() {
  const stored = (localStorage.getItem("columns") ?? "").split(",").filter((name) => columns[name]);
  return stored.length ? stored : usual;
}

/** The filter as the API has it: times of the browser's zone become UTC. */
function filterOf(parameters) {
  const filter = { state: parameters.state };
  for (const [name, , type] of filters)
    if (parameters[name]) filter[name] = type ? new Date(parameters[name]).toISOString() : parameters[name];
  return filter;
}

export function open(main, tools) {
  const list = h("div");
  const pageButtons = h("div", { class: "buttons" });
  const chosen = new Set();
  const bulk = h("div", { class: "buttons", role: "group", "aria-label": "Orders about jobs" });
  const freeze = h("button", { type: "button", "data-shortcut": "f", "aria-pressed": "false", onclick: toggle }, "Freeze");
  let jobs = [];
  show(
    main,
    h("div", { class: "row" }, h("h1", {}, title), freeze, columnChoice(() => draw())),
    filterForm(tools),
    bulk,
    list,
    pageButtons,
  );
  const refresher = tools.live(async (signal) => {
    const page = await api.get("/v1/jobs", { ...filterOf(tools.parameters), before: tools.parameters.before, limit: 50 }, signal);
    jobs = page.jobs;
    draw();
    show(
      pageButtons,
      tools.parameters.before ? h("button", { type: "button", onclick: () => tools.set({ before: "" }) }, "Newest") : null,
      page.next_before === null ? null : h("button", { type: "button", onclick: () => tools.set({ before: page.next_before }) }, "Older"),
      jobs.length === 0 && page.next_before !== null ? h("span", { class: "muted" }, "Nothing matches in this part. Older jobs may.") : null,
    );
  });

  function toggle() {
    refresher.frozen = !refresher.frozen;
    freeze.setAttribute("aria-pressed", String(refresher.frozen));
    freeze.textContent = refresher.frozen ? "Frozen: go on" : "Freeze";
    if (!refresher.frozen) refresher.poke();
  }

  function draw() {
    show(
      list,
      table({
        caption: "Jobs, the newest first",
        columns: chosenColumns().map((name) => columns[name]),
        rows: jobs,
        key: (job) => job.job_id,
        href: (job) => `#/jobs/${job.job_id}`,
        chosen: api.may("operator") ? chosen : undefined,
        onChoose: drawOrders,
        tone: (job) => (["bad", "warns"].includes(toneOf(job.state)) ? toneOf(job.state) : undefined),
        empty: Object.values(tools.parameters).some(Boolean)
          ? "No job matches."
          : [h("p", {}, "There are no jobs yet. Submit one:"), h("pre", {}, "millrace submit FILE")],
      }),
    );
    drawOrders();
  }

  function drawOrders() {
    if (!api.may("operator")) return;
    if (chosen.size > 0)
      show(
        bulk,
        h("span", {}, `${counted(chosen.size, "job")} chosen:`),
        ["retry", "cancel"].map((order) => h("button", { type: "button", class: order === "cancel" ? "danger" : undefined, onclick: () => orderChosen(order, chosen, refresher) }, order === "retry" ? "Retry" : "Cancel")),
        h("button", { type: "button", class: "quiet", onclick: () => { chosen.clear(); draw(); } }, "Choose none"),
      );
    else
      show(bulk, h("span", {}, "All that match:"), bulkOrders.map((order) => h("button", { type: "button", class: order.danger ? "danger" : undefined, onclick: () => orderMatching(order, tools.parameters, refresher) }, order.title)));
  }
}

function filterForm(tools) {
  const at = tools.parameters;
  const input = ([name, label, type = "search"]) =>
    h("label", {}, h("span", {}, label), h("input", { name, type, value: at[name] ?? "", spellcheck: "false", autocomplete: "off" }));
  return h(
    "form",
    {
      class: "filters",
      onsubmit: (event) => {
        event.preventDefault();
        tools.set({ before: "", ...Object.fromEntries(new FormData(event.target)) });
      },
    },
    h("label", {}, h("span", {}, "State"), h("select", { name: "state", onchange: (event) => event.target.form.requestSubmit() }, ["", ...states].map((state) => h("option", { value: state, selected: state === (at.state ?? "") }, state || "all")))),
    filters.map(input),
    h("button", { type: "submit" }, "Show"),
    h("a", { href: "#/jobs" }, "Clear"),
  );
}

function columnChoice(onChange) {
  const set = (name, shown) => {
    const now = chosenColumns().filter((other) => other !== name);
    localStorage.setItem("columns", Object.keys(columns).filter((other) => now.includes(other) || (other === name && shown)).join(","));
    onChange();
  };
  return h(
    "details",
    { class: "choice" },
    h("summary", {}, "Columns"),
    Object.entries(columns).map(([name, column]) =>
      h("label", {}, h("input", { type: "checkbox", checked: chosenColumns().includes(name), disabled: name === "job", onchange: (event) => set(name, event.target.checked) }), ` ${column.title}`)),
  );
}

async function orderChosen(order, chosen, refresher) {
  const ids = [...chosen];
  await ask({
    title: `${order === "retry" ? "Retry" : "Cancel"} ${counted(ids.length, "job")}?`,
    text: order === "retry" ? "Each runs as soon as its stage has room." : "A job that waits is cancelled at once; of one at work the handler is asked to end.",
    yes: order === "retry" ? "Retry" : "Cancel the jobs",
    danger: order === "cancel",
    order: async () => {
      const refused = [];
      for (const id of ids) {
        try {
          await api.post(`/v1/jobs/${id}/${order}`);
          chosen.delete(id);
        } catch (failure) {
          if (!(failure instanceof api.Problem)) throw failure;
          refused.push(`job ${id}: ${failure.detail || failure.message}`);
        }
      }
      notify(refused.length === 0 ? `Done for ${counted(ids.length, "job")}.` : `Done for ${count(ids.length - refused.length)}; refused for ${refused.join("; ")}.`);
    },
  });
  refresher.poke();
}

/** Each with the filters that its call has. */
const bulkOrders = [
  { path: "/v1/jobs/replay", title: "Replay", states: ["deadletter", "cancelled", "done"], says: "They run again, each from the stage where it ended.", yes: "Replay" },
  { path: "/v1/jobs/move", title: "Move", states: ["queued", "retryable", "deadletter"], says: "They go on at the stage that you name.", yes: "Move", fields: [{ name: "to", label: "To the stage", required: true }, { name: "to_pipeline", label: "Of the pipeline (theirs if empty)" }] },
  { path: "/v1/jobs/cancel", title: "Cancel", states: ["queued", "retryable", "working"], says: "Those that wait are cancelled at once; of those at work the handlers are asked to end.", yes: "Cancel the jobs", danger: true },
  { path: "/v1/jobs/delete", title: "Delete", states: ["deadletter", "cancelled", "done"], says: "They are gone for good, with their events.", yes: "Delete", danger: true, needsState: true },
];

async function orderMatching(order, parameters, refresher) {
  const { state, pipeline, stage, code } = parameters;
  const others = filters.filter(([name]) => parameters[name] && !["pipeline", "stage", "code"].includes(name));
  if (others.length > 0) {
    notify(`Orders about many jobs know the filters state, pipeline, stage and code. Clear ${others.map(([, label]) => label.toLowerCase()).join(", ")}, or choose single jobs.`);
    return;
  }
  if ((state && !order.states.includes(state)) || (order.needsState && !state)) {
    notify(`${order.title} is for jobs that are ${order.states.join(", ")}: choose one of these states.`);
    return;
  }
  const filter = { state, pipeline, stage, code };
  let given = {};
  if (order.fields && !(await ask({ title: `${order.title}: where to?`, fields: order.fields, yes: "Count them", order: (values) => { given = values; } }))) return;
  let found;
  try {
    found = await api.post(order.path, { ...filter, ...given, dry_run: "true" });
  } catch (failure) {
    notify(problemText(failure));
    return;
  }
  if (found.matched === 0) {
    notify("No job matches.");
    return;
  }
  await ask({
    title: `${order.title} ${counted(found.matched, "job")}?`,
    text: h("div", {}, h("p", {}, order.says), h("ul", {}, found.reached.map((part) => h("li", {}, `${count(part.count)} at ${part.pipeline}/${part.stage}${part.of ? ` (${part.of})` : ""}`)))),
    yes: order.yes,
    danger: order.danger,
    order: async () => {
      const became = await api.post(order.path, { ...filter, ...given });
      const refused = became.refused.map((part) => `${count(part.count)}: ${part.why}`).join("; ");
      return `${counted(became.changed, "job")} changed${became.passed_over ? `, ${count(became.passed_over)} had changed meanwhile` : ""}${refused ? `; refused: ${refused}` : ""}.`;
    },
  });
  refresher.poke();
}
