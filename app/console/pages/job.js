/** One job: why it is as it is, its course in time, what it carries, the jobs that it made, orders. */

import * as api from "../lib/api.js";
import { gantt } from "../lib/charts.js";
import { now } from "../lib/clock.js";
import { h, show } from "../lib/dom.js";
import { ask, problemText, sentence } from "../lib/dialog.js";
import { count, date, duration, micros } from "../lib/format.js";
import { table } from "../lib/table.js";
import { badge, jobLink, when } from "../lib/words.js";

export const title = (id) => `Job ${id}`;

const mostText = 200000;
const mostEvents = 1000;

export function open(main, tools) {
  const id = tools.id;
  const head = h("div");
  const course = h("div");
  const children = h("div");
  const history = h("div");
  const body = h("div");
  show(main, head, course, children, body, history);
  const events = [];
  let epoch = -1;
  const refresher = tools.live(async (signal) => {
    let job;
    try {
      job = await api.get(`/v1/jobs/${id}`, {}, signal);
    } catch (failure) {
      if (failure.status !== 404) throw failure;
      const why = await api.get(`/v1/jobs/${id}/explain`, {}, signal).catch(() => failure);
      show(head, h("h1", {}, title(id)), h("p", {}, why.text ? `${sentence(why.text)} ${why.next ? sentence(why.next) : ""}` : problemText(failure)));
      show(course);
      return;
    }
    const explained = await api.get(`/v1/jobs/${id}/explain`, {}, signal);
    await readEvents(id, events, signal);
    show(head, headOf(job, explained), orders(job, () => refresher.poke()));
    show(course, h("h2", {}, "Course"), gantt(spansOf(job, events), now() * 1000) ?? h("p", { class: "muted" }, "Nothing has happened yet."), legend());
    show(history, eventTable(events));
    if (job.epoch === epoch) return;
    epoch = job.epoch;
    show(body, documentOf("Payload", job.payload), job.state === "done" || job.output !== null ? documentOf("Output", job.output) : null);
    await showChildren(children, job, signal);
  });
}

async function readEvents(id, events, signal) {
  while (events.length < mostEvents) {
    const page = await api.get(`/v1/jobs/${id}/events`, { after: events.at(-1)?.event_id ?? 0, limit: 500 }, signal);
    events.push(...page.events);
    if (page.next_after === null || page.events.length === 0) return;
  }
}

function headOf(job, explained) {
  const facts = [
    ["Pipeline", h("a", { href: `#/jobs?pipeline=${encodeURIComponent(job.pipeline)}` }, job.pipeline)],
    ["Stage", job.stage],
    ["Attempt", job.attempt],
    ["Crashes", job.crashes || null],
    ["Priority", job.priority],
    ["Made", when(job.created_at)],
    ["Due", job.state === "queued" || job.state === "retryable" ? when(job.run_at) : null],
    ["Changed", when(job.updated_at)],
    ["Held by", job.claimed_by === null ? null : h("a", { href: "#/runtimes" }, `runtime ${job.claimed_by}`)],
    ["Made by", job.parent ? jobLink(job.parent) : null],
    ["Tenant", job.tenant], ["Tags", (job.tags ?? []).join(", ")], ["Unique key", job.unique_key],
    ["Concurrency key", job.concurrency_key],
    ["Correlation id", job.correlation_id && h("a", { href: `#/jobs?correlation=${encodeURIComponent(job.correlation_id)}` }, job.correlation_id)],
    ["Trace", job.traceparent && h("code", {}, job.traceparent.split("-")[1])],
    ["Code", job.code], ["Message", job.message],
  ].filter(([, value]) => value !== null && value !== "" && value !== undefined);
  return h(
    "div",
    {},
    h("h1", {}, title(job.job_id), " ", badge(job.state), job.cancel_requested ? h("span", { class: "badge warns" }, "cancel asked") : null),
    h("p", { class: "explanation" }, h("strong", {}, sentence(explained.text)), explained.next ? ` ${sentence(explained.next)}` : "", h("span", { class: "muted" }, ` ${explained.reason}`)),
    progressOf(job),
    h("dl", { class: "facts" }, facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
  );
}

function progressOf(job) {
  if (!job.progress) return null;
  const { percent, message } = job.progress;
  return h("p", {}, percent === null ? null : h("progress", { max: 100, value: percent, "aria-label": "Progress of the handler" }), percent === null ? "" : ` ${Math.round(percent)} %`, message ? ` ${message}` : "");
}

/** Rows of the chart, one a stage. A stage that follows at once begins when the one before is done. */
function spansOf(job, events) {
  const rows = new Map();
  const add = (stage, from, until, tone, text) => {
    if (!rows.has(stage)) rows.set(stage, { label: stage, spans: [] });
    rows.get(stage).spans.push({ from, until, tone, text });
  };
  let since = micros(job.created_at);
  let waits = "waits";
  let begun = null;
  for (const event of events) {
    const at = micros(event.at);
    if (event.type === "stage_started") {
      add(event.stage, since, at, waits, waits === "warns" ? "waits for the next attempt" : "waits");
      begun = at;
    } else if (["stage_done", "retry", "error"].includes(event.type)) {
      const failed = event.type !== "stage_done";
      add(event.stage, begun ?? since, at, failed ? "bad" : "well", failed ? `attempt ${event.attempt} fails (${event.code})` : "runs");
      begun = null;
      since = at;
      waits = event.type === "retry" ? "warns" : "waits";
    } else if (event.type === "control" || event.type === "finalized") {
      begun = null;
      since = at;
      waits = "waits";
    }
  }
  if (job.state === "working") add(job.stage, begun ?? since, null, "works", "runs");
  else if (job.state === "queued" || job.state === "retryable") add(job.stage, since, null, waits, "waits");
  return [...rows.values()];
}

const legend = () =>
  h("p", { class: "legend" }, [["waits", "waits"], ["warns", "waits for its next attempt"], ["works", "runs now"], ["well", "ran"], ["bad", "failed"]].map(([tone, text]) => h("span", {}, h("i", { class: `gantt-key ${tone}` }), ` ${text}`)));

function orders(job, poke) {
  if (!api.may("operator")) return null;
  const give = (order, parameters) => async () => {
    const became = await api.post(`/v1/jobs/${job.job_id}/${order}`, parameters);
    poke();
    return `Job ${became.job_id} is ${became.state} at ${became.stage}${became.cancel_requested ? "; its handler is asked to end" : ""}.`;
  };
  const ended = ["done", "deadletter", "cancelled"].includes(job.state);
  const button = (text, shortcut, question, danger) => h("button", { type: "button", "data-shortcut": shortcut, title: shortcut ? `${text} (${shortcut})` : text, class: danger ? "danger" : undefined, onclick: () => ask(question) }, text);
  const stageField = (name, label) => [{ name, label, value: job.stage, required: true }];
  return h(
    "div",
    { class: "buttons", role: "group", "aria-label": "Orders" },
    job.state === "done" || job.state === "working" ? null : button("Retry", "r", { title: `Retry job ${job.job_id}?`, text: "It runs as soon as its stage has room.", yes: "Retry", order: give("retry") }),
    ended ? button("Replay", "R", { title: `Replay job ${job.job_id}`, text: "It runs again from the stage that you name.", fields: stageField("from", "From the stage"), yes: "Replay", order: (values) => give("replay", values)() }) : null,
    job.state === "working" || job.state === "done" || job.state === "cancelled" ? null : button("Move", "m", { title: `Move job ${job.job_id}`, text: "It goes on at the stage that you name.", fields: [...stageField("to", "To the stage"), { name: "to_pipeline", label: "Of the pipeline", value: job.pipeline }], yes: "Move", order: (values) => give("move", values)() }),
    job.state === "done" || job.state === "cancelled" ? null : button("Cancel", "c", { title: `Cancel job ${job.job_id}?`, text: job.state === "working" ? "Its handler is asked to end; what it has done before stays." : "It is cancelled at once.", yes: "Cancel the job", danger: true, order: give("cancel") }, true),
  );
}

function documentOf(name, value) {
  const whole = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  const cut = whole.length > mostText;
  return h(
    "section",
    {},
    h("h2", {}, name),
    value === null ? h("p", { class: "muted" }, "None.") : h("pre", { class: "document", tabindex: "0", "aria-label": name }, whole.slice(0, mostText)),
    cut ? h("p", { class: "muted" }, `${count(whole.length - mostText)} further characters are not shown; the API has them all.`) : null,
  );
}

async function showChildren(root, job, signal) {
  const page = await api.get(`/v1/jobs/${job.job_id}/children`, { limit: 200 }, signal);
  if (page.jobs.length === 0) {
    show(root);
    return;
  }
  const leaf = (child) =>
    h("li", {}, h("details", { ontoggle: (event) => event.target.open && grow(event.target, child) }, h("summary", {}, jobLink(child.job_id), ` ${child.pipeline}/${child.stage} `, badge(child.state), child.code ? ` ${child.code}` : "")));
  const grow = async (at, child) => {
    if (at.querySelector("ul, p")) return;
    const below = await api.get(`/v1/jobs/${child.job_id}/children`, { limit: 200 });
    at.append(below.jobs.length ? h("ul", { class: "tree" }, below.jobs.map(leaf)) : h("p", { class: "muted" }, "It made no jobs."));
  };
  show(root, h("h2", {}, "Jobs that it made"), h("ul", { class: "tree" }, page.jobs.map(leaf)), page.next_after === null ? null : h("p", { class: "muted" }, "There are more; the API lists them all."));
}

function eventTable(events) {
  const columns = [
    { title: "Time", cell: (event) => h("time", { datetime: event.at, title: event.at }, date(event.at)) },
    { title: "After", cell: (event) => duration(micros(event.at) - micros(events[0].at)), number: true },
    { title: "Event", cell: (event) => [event.type.replace("_", " "), " ", event.severity === "info" ? null : badge(event.severity)] },
    { title: "Stage", cell: (event) => event.stage },
    { title: "Attempt", cell: (event) => event.attempt, number: true },
    { title: "Code", cell: (event) => event.code },
    { title: "Message", cell: (event) => event.message, wide: true },
  ];
  return h("section", {}, h("h2", {}, "Events"), table({ caption: "Events of the job, the oldest first", columns, rows: events, key: (event) => event.event_id, empty: "Nothing has happened yet." }), events.length >= mostEvents ? h("p", { class: "muted" }, "There are more; the API lists them all.") : null);
}
