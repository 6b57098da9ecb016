/** One job: why it is as it is, its course in time, what it carries, the jobs that it made, orders. */

import * as api from "../lib/api.js";
import { gantt } from "../lib/charts.js";
import { now } from "../lib/clock.js";
import { facts, h, show } from "../lib/dom.js";
import { ask, problemText, sentence } from "../lib/dialog.js";
import { textsOf } from "../lib/exact.js";
import { count, duration } from "../lib/format.js";
import { badge, jobLink, jobsAt, when } from "../lib/words.js";
import { childTree } from "./job_children.js";
import { emptyHistory, eventTable, legend, readOn, spansOf } from "./job_course.js";

export const title = (id) => `Job ${id}`;

const mostText = 200000;
/** A job of fewer characters is read as a whole each time, and so shows the progress of its handler at once. */
const smallJob = 65536;
/** Of a larger one that is at work only the progress is new, which is not worth more. */
const betweenLarge = 30000;

export function open(main, tools) {
  const id = tools.id;
  const head = h("div");
  const course = h("div");
  const children = h("div");
  const history = h("div");
  const body = h("div");
  show(main, head, course, children, body, history);
  const readJob = jobReader(id);
  const tree = childTree(id, children);
  let events = emptyHistory();
  let shown = null;
  const refresher = tools.live(async (signal) => {
    let read;
    try {
      read = await readJob(signal);
    } catch (failure) {
      if (![400, 403, 404].includes(failure.status)) throw failure;
      const why = failure.status === 404 ? await api.get(`/v1/jobs/${encodeURIComponent(id)}/explain`, {}, signal).catch(() => ({})) : {};
      clear(why.text ? `${sentence(why.text)} ${why.next ? sentence(why.next) : ""}` : problemText(failure));
      return;
    }
    const { job, texts } = read;
    const explained = await api.get(`/v1/jobs/${id}/explain`, {}, signal);
    await readOn(id, events, signal);
    show(head, headOf(job, explained), orders(job, () => refresher.poke()));
    show(course, h("h2", {}, "Course"), gantt(spansOf(job, events), now() * 1000) ?? h("p", { class: "muted" }, "Nothing has happened yet."), legend());
    show(history, eventTable(events));
    const [payload, output] = texts;
    if (!shown || shown.payload !== payload || shown.output !== output || shown.state !== job.state) {
      show(body, documentOf("Payload", payload), job.state === "done" || output !== null ? documentOf("Output", output) : null);
      shown = { payload, output, state: job.state };
    }
    await tree.read(signal);
  });

  function clear(text) {
    show(head, h("h1", {}, title(id)), h("p", {}, text));
    for (const part of [course, history, body]) show(part);
    tree.clear();
    events = emptyHistory();
    shown = null;
  }
}

const markOf = (job) => [job.epoch, job.state, job.updated_at].join(" ");

/** Reads { job, texts }, the texts being those of its payload and output; large ones only when the job has changed. */
function jobReader(id) {
  let known = null;

  function isDue() {
    if (!known || known.text.length < smallJob) return true;
    return known.job.state === "working" && performance.now() - known.at > betweenLarge;
  }

  /** The job without what may be long; null where the whole must be read. */
  async function rowOf(signal) {
    const { jobs: [row] } = await api.get("/v1/jobs", { before: Number(id) + 1, limit: 1 }, signal);
    return row && String(row.job_id) === id && markOf(row) === markOf(known.job) ? row : null;
  }

  return async (signal) => {
    const row = isDue() ? null : await rowOf(signal);
    if (row) return { job: { ...row, progress: aged(known) }, texts: known.texts };
    const text = await api.text(`/v1/jobs/${encodeURIComponent(id)}`, signal);
    const texts = text === known?.text ? known.texts : textsOf(text, ["payload", "output"]);
    known = { text, texts, job: JSON.parse(text), at: performance.now() };
    return known;
  };
}

function aged({ job: { progress }, at }) {
  return progress ? { ...progress, age_us: progress.age_us + (performance.now() - at) * 1000 } : null;
}

function headOf(job, explained) {
  const known = [
    ["Pipeline", h("a", { href: jobsAt({ pipeline: job.pipeline }) }, job.pipeline)],
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
    h("h1", {}, title(job.job_id), " ", badge(job.state), job.cancel_requested ? h("span", { class: "badge warns" }, "cancel requested") : null),
    h("p", { class: "explanation" }, h("strong", {}, sentence(explained.text)), explained.next ? ` ${sentence(explained.next)}` : "", h("span", { class: "muted" }, ` ${explained.reason}`)),
    progressOf(job),
    facts(known),
  );
}

function progressOf(job) {
  if (!job.progress) return null;
  const { percent, message, age_us: age } = job.progress;
  return h(
    "p",
    {},
    percent === null ? null : [h("progress", { max: 100, value: percent, "aria-label": "Progress of the handler" }), ` ${Math.round(percent)} %`],
    message ? ` ${message}` : "",
    h("span", { class: "muted" }, age < 1e6 ? " just now" : ` ${duration(Math.floor(age / 1e6) * 1e6)} ago`),
  );
}

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
    job.state === "working" || job.state === "done" || job.state === "cancelled" ? null : button("Move", "m", { title: `Move job ${job.job_id}`, text: "It goes on at the stage that you name.", fields: [...stageField("to", "To the stage"), { name: "to_pipeline", label: "Pipeline (empty: unchanged)", value: job.pipeline }], yes: "Move", order: (values) => give("move", values)() }),
    job.state === "done" || job.state === "cancelled" ? null : button("Cancel", "c", { title: `Cancel job ${job.job_id}?`, text: job.state === "working" ? "Its handler is asked to end; what it has done before stays." : "It is cancelled at once.", yes: "Cancel the job", danger: true, order: give("cancel") }, true),
  );
}

function documentOf(name, text) {
  return h(
    "section",
    {},
    h("h2", {}, name),
    text === null ? h("p", { class: "muted" }, "None.") : h("pre", { class: "document", tabindex: "0", "aria-label": name }, text.slice(0, mostText)),
    text !== null && text.length > mostText ? h("p", { class: "muted" }, `${count(text.length - mostText)} further characters are not shown; the API has them all.`) : null,
  );
}
