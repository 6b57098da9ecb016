/** What makes jobs when its time comes. */

import * as api from "../lib/api.js";
import { h, show } from "../lib/dom.js";
import { ask } from "../lib/dialog.js";
import { table } from "../lib/table.js";
import { badge, jobLink, when } from "../lib/words.js";

export const title = "Schedules";

export function open(main, tools) {
  const list = h("div");
  show(main, h("h1", {}, title), list);
  const refresher = tools.live(async (signal) => {
    const { schedules } = await api.get("/v1/schedules", {}, signal);
    show(list, scheduleTable(schedules, give));
  });

  async function give(order, schedule) {
    const { schedule: name } = schedule;
    const { question, path, says } = orders[order];
    await ask({
      ...question(schedule),
      order: async () => says(name, await api.post(`/v1/schedules/${encodeURIComponent(name)}/${path}`)),
    });
    refresher.poke();
  }
}

const orders = {
  run: {
    path: "run",
    question: ({ schedule, pipeline }) => ({
      title: `Run ${schedule} now?`,
      text: `A job of the pipeline ${pipeline} is made at once, whatever the times of the schedule, its pause and its last job.`,
      yes: "Run now",
    }),
    says: (name, made) => `The schedule ${name} has made job ${made.job_id}.`,
  },
  pause: {
    path: "pause",
    question: ({ schedule }) => ({
      title: `Pause ${schedule}?`,
      text: "It makes no jobs until it is resumed. Times that pass meanwhile make none later.",
      yes: "Pause",
    }),
    says: (name) => `The schedule ${name} is paused.`,
  },
  resume: {
    path: "resume",
    question: ({ schedule }) => ({
      title: `Resume ${schedule}?`,
      text: "It goes on with its next time. Times that passed make no jobs.",
      yes: "Resume",
    }),
    says: (name) => `The schedule ${name} is resumed.`,
  },
};

const columns = [
  { title: "Schedule", cell: (schedule) => schedule.schedule },
  { title: "When", cell: (schedule) => h("code", {}, schedule.cron) },
  { title: "Pipeline", cell: (schedule) => schedule.pipeline },
  { title: "Next", cell: (schedule) => (schedule.paused_at || schedule.left ? "–" : when(schedule.next_at)) },
  { title: "Last time", cell: (schedule) => when(schedule.last_at) },
  { title: "Last job", cell: (schedule) => (schedule.last_job ? jobLink(schedule.last_job) : "–") },
  { title: "State", cell: stateOf },
];

/** Schedules serve all tenants, so a token of one tenant may give them no orders. */
const mayOrder = () => api.may("operator") && !api.session.tenant;

function scheduleTable(schedules, give) {
  return table({
    caption: "Schedules",
    columns: mayOrder() ? [...columns, { title: "Orders", cell: (schedule) => buttons(schedule, give) }] : columns,
    rows: schedules,
    key: (schedule) => schedule.schedule,
    href: (schedule) => api.address("#/jobs", { pipeline: schedule.pipeline }),
    tone: (schedule) => (schedule.left ? "warns" : undefined),
    empty: nothing(),
  });
}

function stateOf(schedule) {
  if (schedule.paused_at)
    return [badge("paused"), " ", when(schedule.paused_at), ` by ${schedule.paused_by}`];
  if (schedule.left) return [badge("left"), " no runtime keeps it, and it makes no jobs"];
  return badge("on");
}

function buttons(schedule, give) {
  const { schedule: name } = schedule;
  const button = (order, text) =>
    h("button", { type: "button", "data-key": `${order}-${name}`, "aria-label": `${text}: ${name}`, onclick: () => give(order, schedule) }, text);
  return h(
    "div",
    { class: "buttons", role: "group", "aria-label": `Orders to ${name}` },
    button("run", "Run now"),
    schedule.paused_at ? button("resume", "Resume") : button("pause", "Pause"),
  );
}

const nothing = () =>
  api.isBound()
    ? "The token sees no schedule."
    : [
        h("p", {}, "There is no schedule yet. Set one in the configuration and restart the runtime, which keeps it from then on:"),
        h("pre", {}, "[schedule.cleaning]\ncron = 0 3 * * *  Europe/Berlin\npipeline = nightly\npayload = {\"all\": true}"),
      ];
