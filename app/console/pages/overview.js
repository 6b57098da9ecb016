/** What is wrong first, then each pipeline as it is, and the fleet. */

import * as api from "../lib/api.js";
import { shares, sparkline } from "../lib/charts.js";
import { h, show } from "../lib/dom.js";
import { readOrRefusal, refusal } from "../lib/refusal.js";
import { countsNote, pipelinesOf } from "../lib/stages.js";
import { brief, count, counted, duration, perSecond } from "../lib/format.js";
import { table } from "../lib/table.js";
import { troublesOf } from "../lib/troubles.js";
import { badge, jobsAt, runtimeState, states, toneOf, when } from "../lib/words.js";

export const title = "Overview";

/** Rates of each stage since the console is open, two seconds apart; they stay while other pages are open. */
const rates = new Map();
const mostRates = 150;

/** What is looked at: the name in the picture, the call, and how a sentence names it. */
const parts = [
  ["health", "/v1/runtime/health", "the health of the runtime"], ["services", "/v1/runtime/services", "services"],
  ["actors", "/v1/runtime/actors", "actors"], ["runtimes", "/v1/runtimes", "runtimes"],
  ["stages", "/v1/stages", "stages"], ["schedules", "/v1/schedules", "schedules"],
];

/** Another session must not see what this one has read. */
export const forget = () => rates.clear();

export function open(main, tools) {
  const troubles = h("section", { "aria-label": "What is wrong" });
  const pipelines = h("section", { "aria-label": "Pipelines" });
  const fleet = h("section", { "aria-label": "Fleet" });
  show(main, h("h1", {}, title), troubles, pipelines, fleet);
  tools.live(async (signal) => {
    const read = await Promise.all(parts.map(([, path]) => readOrRefusal(path, signal)));
    const picture = Object.fromEntries(parts.map(([name], i) => [name, read[i].answer ?? null]));
    const { failure } = read[parts.findIndex(([name]) => name === "stages")];
    show(troubles, troubleList(troublesOf(picture), unseenNote(read)));
    show(pipelines, failure ? refusal(failure) : pipelineCards(picture.stages));
    show(fleet, fleetTable(picture.runtimes));
  });
}

function troubleList(found, unseen) {
  if (found.length === 0)
    return unseen ? h("p", { class: "banner waits" }, `Nothing is wrong in what can be seen here. ${unseen}`) : h("p", { class: "banner well" }, "Nothing is wrong.");
  return h(
    "ul",
    { class: "troubles" },
    found.map((trouble) => {
      // Figures in the text change, and the link stays the same.
      const key = `${trouble.href} ${trouble.text.replace(/[\d.,]+/g, "")}`;
      return h("li", { class: `banner ${trouble.tone}` }, h("span", {}, trouble.text), " ", h("a", { href: trouble.href, "data-key": key }, trouble.link));
    }),
    unseen ? h("li", { class: "banner waits" }, unseen) : null,
  );
}

/** What was not looked at may be wrong. */
function unseenNote(read) {
  const unseen = parts.filter((_, i) => read[i].failure);
  const why = { NO_RUNTIME: "no runtime answers this server", TOKEN_BOUND: "the token is bound" };
  const reasons = [...new Set(read.filter((part) => part.failure).map((part) => why[part.failure.code]))];
  return unseen.length === 0 ? "" : `Not seen here: ${unseen.map(([, , words]) => words).join(", ")} (${reasons.join("; ")}).`;
}

function pipelineCards(list) {
  if (list.stages.length === 0) return nothing();
  const note = countsNote(list);
  return [
    note ? h("p", { class: "problem" }, note) : null,
    pipelinesOf(list.stages).map((stages) => {
      const { pipeline } = stages[0];
      return h("article", { class: "card" }, h("h2", {}, h("a", { href: jobsAt({ pipeline }) }, pipeline)), summary(stages), h("ol", { class: "pipeline" }, stages.map(stageBox)));
    }),
  ];
}

const nothing = () =>
  api.isBound()
    ? h("div", { class: "empty" }, "The token sees no pipeline.")
    : h("div", { class: "empty" }, h("p", {}, "There is no pipeline yet. Put one into the configuration, then start the runtime again:"), h("pre", {}, "[pipeline.nightly]\nstages = fetch\n[stage.nightly.fetch]\nhandler = exec:./fetch"));

function summary(stages) {
  if (stages.every((stage) => !stage.jobs)) return h("p", { class: "muted" }, "Jobs are not counted yet.");
  const totals = states.map((state) => ({ label: state, tone: toneOf(state), value: stages.reduce((sum, stage) => sum + (stage.jobs?.[state] ?? 0), 0) }));
  const text = totals.filter((part) => part.value > 0).map((part) => `${count(part.value)} ${part.label}`).join(", ") || "no jobs";
  return h("div", {}, shares(totals, text), h("p", { class: "muted" }, text));
}

function stageBox(stage) {
  const key = `${stage.pipeline}/${stage.stage}`;
  const seen = rates.get(key) ?? [];
  seen.push(stage.handled_in_10_s / 10);
  if (seen.length > mostRates) seen.shift();
  rates.set(key, seen);
  const number = (state) =>
    stage.jobs?.[state] ? h("a", { class: `badge ${toneOf(state)}`, href: jobsAt(stage, state), "data-key": `${state}-${key}` }, `${brief(stage.jobs[state])} ${state}`) : null;
  return h(
    "li",
    { class: stage.paused_at ? "stage paused" : "stage" },
    h("h3", {}, stage.stage, stage.paused_at ? badge("paused") : null),
    h("div", { class: "badges" }, states.filter((state) => state !== "done").map(number)),
    sparkline(seen, `Rate of ${key} while this console is open`),
    h("p", { class: "muted" }, stage.handled_in_10_s ? `${perSecond(stage.handled_in_10_s / 10)}, median ${duration(stage.p50_us)}, p99 ${duration(stage.p99_us)}` : "nothing in the last 10 s"),
  );
}

function fleetTable(runtimes) {
  if (runtimes === null) return null;
  const columns = [
    { title: "Runtime", cell: (runtime) => `${runtime.runtime_id}` },
    { title: "State", cell: (runtime) => [badge(runtimeState(runtime))] },
    { title: "Host", cell: (runtime) => `${runtime.host} (process ${runtime.pid})` },
    { title: "Version", cell: (runtime) => runtime.version },
    { title: "Started", cell: (runtime) => when(runtime.started_at) },
  ];
  const alive = runtimes.runtimes.filter((runtime) => runtime.alive).length;
  return [h("h2", {}, counted(alive, "runtime")), table({ caption: "Runtimes of this database", columns, rows: runtimes.runtimes, key: (runtime) => runtime.runtime_id, href: () => "#/runtimes", empty: "No runtime has ever used this database." })];
}
