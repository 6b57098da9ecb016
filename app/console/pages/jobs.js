/** Jobs by filter, a page at a time, and orders about all that match. */

import * as api from "../lib/api.js";
import { h, show } from "../lib/dom.js";
import { ask, notify, problemText, tell } from "../lib/dialog.js";
import { count, counted } from "../lib/format.js";
import { filterForm } from "../lib/filters.js";
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
  state: { title: "State", cell: (job) => [badge(job.state), job.cancel_requested ? " cancel requested" : ""] },
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
  payload: { title: "Payload", cell: payloadOf, wide: true },
};

/** The list has null for a long payload, too. */
function payloadOf(job) {
  if (job.payload !== null) return JSON.stringify(job.payload);
  return h("span", { class: "muted", title: "A list leaves out long payloads; the page of the job shows them." }, "long, or null");
}

const usual = ["job", "state", "pipeline", "stage", "attempt", "updated", "code", "message"];

function chosenColumns() {
  const stored = (localStorage.getItem("columns") ?? "").split(",").filter((name) => columns[name]);
  return stored.length ? stored : usual;
}

/** The filter as the API has it: times of the browser's zone become UTC. */
function filterOf(parameters) {
  const filter = { state: parameters.state };
  for (const [name, , type] of filters)
    if (parameters[name]) filter[name] = type ? utc(parameters[name]) : parameters[name];
  return filter;
}

/** What is no time stays as it is: the server says so. */
function utc(text) {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? text : at.toISOString();
}

export function open(main, tools) {
  const list = h("div");
  const pageButtons = h("div", { class: "buttons" });
  const chosen = new Set();
  const bulk = h("div", { class: "buttons", role: "group", "aria-label": "Orders about jobs" });
  const counting = h("span", { class: "muted", role: "status" });
  const freeze = h("button", { type: "button", "data-shortcut": "f", "aria-pressed": "false", onclick: toggle }, "Freeze");
  let jobs = [];
  show(
    main,
    h("div", { class: "row" }, h("h1", {}, title), freeze, columnChoice(() => draw())),
    filterForm({ fields: filters, tools, reset: { before: "" }, clear: "#/jobs", first: stateChoice(tools.parameters.state ?? "") }),
    bulk,
    counting,
    list,
    pageButtons,
  );
  const refresher = tools.live(async (signal) => {
    let page;
    try {
      page = await api.get("/v1/jobs", { ...filterOf(tools.parameters), before: tools.parameters.before, limit: 50 }, signal);
    } catch (failure) {
      if (![400, 403].includes(failure.status)) throw failure;
      show(list, h("p", { class: "problem" }, problemText(failure)));
      show(bulk);
      show(pageButtons);
      return;
    }
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
    const listed = new Set(jobs.map((job) => String(job.job_id)));
    for (const id of chosen) if (!listed.has(id)) chosen.delete(id);
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
    // An order about many jobs reaches those of all tenants.
    else if (api.session.tenant) show(bulk);
    else
      show(bulk, h("span", {}, "All that match:"), bulkOrders.map((order) => h("button", { type: "button", class: order.danger ? "danger" : undefined, onclick: () => orderAll(order) }, order.title)));
  }

  async function orderAll(order) {
    // Counting may take long: a second click would ask a second time.
    if (isOrdering) return;
    isOrdering = true;
    try {
      await orderMatching(order, tools, (text) => { counting.textContent = text; });
    } finally {
      isOrdering = false;
      counting.textContent = "";
    }
    refresher.poke();
  }
}

let isOrdering = false;

function stateChoice(chosen) {
  const options = ["", ...states].map((state) => h("option", { value: state, selected: state === chosen }, state || "all"));
  return h("label", {}, h("span", {}, "State"), h("select", { name: "state", onchange: (event) => event.target.form.requestSubmit() }, options));
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

const mostNamed = 20;

function namesOf(ids) {
  const further = ids.length - mostNamed;
  return `${ids.slice(0, mostNamed).join(", ")}${further > 0 ? ` and ${count(further)} more` : ""}`;
}

async function orderChosen(order, chosen, refresher) {
  const ids = [...chosen];
  const refused = [];
  let given = 0;
  await ask({
    title: `${order === "retry" ? "Retry" : "Cancel"} ${counted(ids.length, "job")}?`,
    text: [
      h("p", {}, `${ids.length === 1 ? "Job" : "Jobs"} ${namesOf(ids)}.`),
      h("p", {}, order === "retry" ? "Each runs as soon as its stage has room." : "A job that waits is cancelled at once; of one at work the handler is asked to end."),
    ],
    yes: order === "retry" ? "Retry" : "Cancel the jobs",
    danger: order === "cancel",
    order: async () => {
      // After a failure on the way, yes goes on with those that are left.
      while (given + refused.length < ids.length) {
        const id = ids[given + refused.length];
        try {
          await api.post(`/v1/jobs/${id}/${order}`);
          chosen.delete(id);
          given += 1;
        } catch (failure) {
          if (!(failure instanceof api.Problem) || failure.status === 401) throw failure;
          refused.push(`job ${id}: ${failure.detail || failure.message}`);
        }
      }
      return refused.length === 0 ? `Done for ${counted(given, "job")}.` : "";
    },
  });
  refresher.poke();
  if (refused.length > 0) await tell(`Done for ${count(given)}, refused for ${counted(refused.length, "job")}`, refusedList(refused));
}

const refusedList = (refused) => h("ul", {}, refused.map((text) => h("li", {}, text)));

/** Each with the filters that its call has. */
const bulkOrders = [
  {
    path: "/v1/jobs/replay", title: "Replay", states: ["deadletter", "cancelled", "done"], needsState: true, yes: "Replay",
    says: ({ from }) => (from ? `They run again, from the stage ${from}.` : "They run again, each from the stage where it ended."),
    question: "Replay: from where?",
    fields: (state) => [{ name: "from", label: state === "done" ? "From the stage" : "From the stage (empty: where each ended)", required: state === "done" }],
  },
  {
    path: "/v1/jobs/move", title: "Move", states: ["queued", "retryable", "deadletter"], yes: "Move",
    says: ({ to, to_pipeline: pipeline }) => `They go on at the stage ${pipeline ? `${to} of ${pipeline}` : to}.`,
    question: "Move: where to?",
    fields: () => [{ name: "to", label: "To the stage", required: true }, { name: "to_pipeline", label: "Pipeline (empty: unchanged)" }],
  },
  {
    path: "/v1/jobs/cancel", title: "Cancel", states: ["queued", "retryable", "working"], yes: "Cancel the jobs", danger: true,
    says: () => "Those that wait are cancelled at once; of those at work the handlers are asked to end.",
  },
  {
    path: "/v1/jobs/delete", title: "Delete", states: ["deadletter", "cancelled", "done"], needsState: true, yes: "Delete", danger: true,
    says: () => "They are gone for good, with their events.",
  },
];

/** Why the order does not know the filter; empty where it does. */
function unfit(order, parameters) {
  const others = filters.filter(([name]) => parameters[name] && !["pipeline", "stage", "code"].includes(name));
  if (others.length > 0)
    return `Orders about many jobs know the filters state, pipeline, stage and code. Clear ${others.map(([, label]) => label.toLowerCase()).join(", ")}, or choose single jobs.`;
  const { state } = parameters;
  if ((state && !order.states.includes(state)) || (order.needsState && !state))
    return `${order.title} is for jobs that are ${order.states.join(", ")}: choose one of these states.`;
  return "";
}

async function orderMatching(order, tools, say) {
  const { state, pipeline, stage, code } = tools.parameters;
  const problem = unfit(order, tools.parameters);
  if (problem) {
    await tell(order.title, problem);
    return;
  }
  let wanted = { state, pipeline, stage, code };
  let found = null;
  const find = async (given = {}) => {
    wanted = { state, pipeline, stage, code, ...given };
    found = await api.post(order.path, { ...wanted, dry_run: "true" });
  };
  if (order.fields) {
    if (!(await ask({ title: order.question, fields: order.fields(state), yes: "Count them", meanwhile: "Counting…", order: find }))) return;
  } else {
    say("Counting…");
    try {
      await find();
    } catch (failure) {
      if (!tools.isOver()) await tell(order.title, problemText(failure));
      return;
    }
    say("");
  }
  // The question would be about a list that is gone.
  if (tools.isOver()) return;
  if (found.matched === 0) {
    notify("No job matches.");
    return;
  }
  let refused = [];
  let became = "";
  await ask({
    title: `${order.title} ${counted(found.matched, "job")}?`,
    text: [h("p", {}, order.says(wanted)), h("ul", {}, found.reached.map((part) => h("li", {}, `${count(part.count)} at ${part.pipeline}/${part.stage}${part.of ? ` (${part.of})` : ""}`)))],
    yes: order.yes,
    danger: order.danger,
    order: async () => {
      // Those that match since then were not counted, and are not agreed to.
      const answer = await api.post(order.path, { ...wanted, limit: found.matched });
      refused = answer.refused.map((part) => `${counted(part.count, "job")}: ${part.why}`);
      became = `${counted(answer.changed, "job")} changed${answer.passed_over ? `, ${count(answer.passed_over)} had changed meanwhile` : ""}`;
      return refused.length === 0 ? `${became}.` : "";
    },
  });
  if (refused.length > 0) await tell(`${became}; others were refused`, refusedList(refused));
}
