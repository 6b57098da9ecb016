/** The stages of all pipelines: how many jobs are where, what is paused, what the runtime does there. */

import * as api from "../lib/api.js";
import { meter } from "../lib/charts.js";
import { h, show } from "../lib/dom.js";
import { ask } from "../lib/dialog.js";
import { count, counted, duration } from "../lib/format.js";
import { readOrRefusal, refusal } from "../lib/refusal.js";
import { countsNote, pipelinesOf } from "../lib/stages.js";
import { table } from "../lib/table.js";
import { badge, jobsAt, states, when } from "../lib/words.js";

export const title = "Stages";

export function open(main, tools) {
  const notes = h("div", { role: "status" });
  const sections = h("div", { onfocusin: markRow, onfocusout: () => unmark(sections) });
  let said = "";
  show(
    main,
    h("h1", {}, title),
    notes,
    sections,
    h("p", { class: "muted" }, "Jobs are counted in the whole database. What is at work, handled and measured is that of the runtime that answers here."),
  );
  const refresher = tools.live(async (signal) => {
    const { answer, failure } = await readOrRefusal("/v1/stages", signal);
    say(answer ? countsNote(answer) : "");
    if (failure) show(sections, refusal(failure));
    else show(sections, answer.stages.length ? pipelinesOf(answer.stages).map((stages) => section(stages, orderTo)) : nothing());
  });

  /** Only what is new is read out. */
  function say(text) {
    if (text === said) return;
    said = text;
    show(notes, text ? h("p", { class: "problem" }, text) : null);
  }

  async function orderTo(order, place) {
    const name = place.stage ? `The stage ${place.stage}` : `The pipeline ${place.pipeline}`;
    await ask({
      ...questions[order](place),
      order: async () => {
        for (const parameters of placesOf(order, place)) await api.post(`/v1/stages/${order}`, parameters);
        return order === "pause" ? `${name} is paused.` : `${name} is resumed.`;
      },
    });
    refresher.poke();
  }
}

/** The key p presses the button of the row that has the focus. */
function markRow(event) {
  const button = event.target.closest("tbody tr")?.querySelector("button");
  if (button) button.dataset.shortcut = "p";
}

function unmark(sections) {
  for (const button of sections.querySelectorAll("[data-shortcut]")) delete button.dataset.shortcut;
}

const nothing = () =>
  api.isBound()
    ? h("div", { class: "empty" }, "The token sees no pipeline.")
    : h(
        "div",
        { class: "empty" },
        h("p", {}, "There is no pipeline yet. Set one in the configuration and restart the runtime:"),
        h("pre", {}, "[pipeline.nightly]\nstages = clean\n\n[stage.nightly.clean]\nhandler = noop"),
      );

/** The API does not say it: a pipeline that is paused as one has all its stages paused at one moment. */
const isPausedAsOne = (stages) =>
  stages.length > 1 && stages.every((stage) => stage.paused_at && stage.paused_at === stages[0].paused_at);

/** Left over in the database: the configuration of the runtime has no such stage. */
const isUnknown = (stage) => stage.concurrency === 0;

function section(all, orderTo) {
  const known = all.filter((stage) => !isUnknown(stage));
  const { pipeline } = all[0];
  const asOne = isPausedAsOne(known);
  const mayOrder = api.may("operator");
  const alone = known.length === 1;
  const whole = asOne ? "resume" : "pause";
  return h(
    "section",
    { "aria-label": `Pipeline ${pipeline}` },
    h(
      "div",
      { class: "row" },
      h("h2", {}, pipeline),
      mayOrder && known.length > 1
        ? h("button", { type: "button", "data-key": `pipeline-${pipeline}`, onclick: () => orderTo(whole, { pipeline }) }, asOne ? "Resume the pipeline" : "Pause the pipeline")
        : null,
    ),
    table({
      caption: `Stages of the pipeline ${pipeline}`,
      columns: [...columns, ...(mayOrder ? [{ title: "Order", cell: (stage) => orderOf(stage, { asOne, alone }, orderTo) }] : [])],
      rows: all,
      key: (stage) => `${stage.pipeline}/${stage.stage}`,
      href: (stage) => jobsAt(stage),
    }),
  );
}

const columns = [
  { title: "Stage", cell: (stage) => stage.stage },
  ...states.map((state) => ({ title: `${state[0].toUpperCase()}${state.slice(1)}`, cell: (stage) => jobCount(stage, state), number: true })),
  { title: "Paused", cell: pauseOf },
  { title: "At work here", cell: workOf },
  { title: "Handled in 10 s", cell: (stage) => count(stage.handled_in_10_s), number: true },
  { title: "Median", cell: (stage) => duration(stage.p50_us || null), number: true },
  { title: "p99", cell: (stage) => duration(stage.p99_us || null), number: true },
  { title: "Slowest call now", cell: (stage) => duration(stage.call_age_us || null), number: true },
];

function jobCount(stage, state) {
  if (!stage.jobs) return "–";
  const value = stage.jobs[state];
  if (value === 0) return h("span", { class: "muted" }, "0");
  const label = `${counted(value, "job")} ${state} at ${stage.stage}`;
  return h("a", { href: jobsAt(stage, state), "data-key": `${state}-${stage.pipeline}/${stage.stage}`, "aria-label": label }, count(value));
}

function pauseOf(stage) {
  if (!stage.paused_at) return "";
  return [badge("paused"), " ", when(stage.paused_at), ` by ${stage.paused_by}`];
}

function workOf(stage) {
  if (isUnknown(stage)) return h("span", { class: "muted" }, "not configured here");
  const waiting = stage.waiting_here ? `, ${count(stage.waiting_here)} wait` : "";
  return meter(stage.at_work_here, stage.concurrency, `${count(stage.at_work_here)} of ${count(stage.concurrency)}${waiting}`);
}

function orderOf(stage, { asOne, alone }, orderTo) {
  if (isUnknown(stage)) return "";
  if (asOne) return h("span", { class: "muted" }, "with the pipeline");
  const order = stage.paused_at ? "resume" : "pause";
  const place = { pipeline: stage.pipeline, stage: stage.stage, alone };
  const text = order === "pause" ? "Pause" : "Resume";
  return h(
    "button",
    { type: "button", "data-key": `order-${stage.pipeline}/${stage.stage}`, "aria-label": `${text}: ${stage.stage}`, onclick: () => orderTo(order, place) },
    text,
  );
}

/** The only stage of a pipeline may be paused by itself or with the pipeline: resuming ends both. */
function placesOf(order, { pipeline, stage, alone }) {
  return order === "resume" && alone ? [{ pipeline, stage }, { pipeline }] : [{ pipeline, stage }];
}

const questions = {
  pause: ({ pipeline, stage }) => ({
    title: stage ? `Pause the stage ${stage} of ${pipeline}?` : `Pause the pipeline ${pipeline}?`,
    text: "Jobs at work go on. No other job begins there, in any runtime, until it is resumed.",
    yes: "Pause",
  }),
  resume: ({ pipeline, stage }) => ({
    title: stage ? `Resume the stage ${stage} of ${pipeline}?` : `Resume the pipeline ${pipeline}?`,
    text: stage ? "The jobs that wait there go on." : "The jobs that wait there go on. A stage that is also paused by itself stays paused.",
    yes: "Resume",
  }),
};
