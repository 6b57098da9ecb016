/** What is wrong first, then each pipeline as it is, and the fleet. */

import * as api from "../lib/api.js";
import { shares, sparkline } from "../lib/charts.js";
import { h, show } from "../lib/dom.js";
import { brief, count, counted, duration } from "../lib/format.js";
import { table } from "../lib/table.js";
import { troublesOf } from "../lib/troubles.js";
import { badge, runtimeState, states, toneOf, when } from "../lib/words.js";

export const title = "Overview";

/** Rates of each stage since the console is open, two seconds apart; they stay while other pages are open. */
const rates = new Map();
const mostRates = 150;

/** What a bound token must not see, and what a server without a runtime does not have, is null. */
async function read(path, signal) {
  try {
    return await api.get(path, {}, signal);
  } catch (failure) {
    if (failure instanceof api.Problem && [403, 503].includes(failure.status) && failure.code !== "DATABASE_UNAVAILABLE") return null;
    throw failure;
  }
}

export function open(main, tools) {
  const troubles = h("section", { "aria-label": "What is wrong" });
  const pipelines = h("section", { "aria-label": "Pipelines" });
  const fleet = h("section", { "aria-label": "Fleet" });
  show(main, h("h1", {}, title), troubles, pipelines, fleet);
  tools.live(async (signal) => {
    const names = ["runtime/health", "runtime/services", "runtime/actors", "runtimes", "stages", "schedules"];
    const [health, services, actors, runtimes, stages, schedules] = await Promise.all(names.map((name) => read(`/v1/${name}`, signal)));
    show(troubles, troubleList(troublesOf({ health, services, actors, runtimes, stages, schedules })));
    show(pipelines, pipelineCards(stages));
    show(fleet, fleetTable(runtimes));
  });
}

function troubleList(found) {
  if (found.length === 0) return h("p", { class: "banner well" }, "Nothing is wrong.");
  return h(
    "ul",
    { class: "troubles" },
    found.map((trouble) => h("li", { class: `banner ${trouble.tone}` }, h("span", {}, trouble.text), " ", h("a", { href: trouble.href }, trouble.link))),
  );
}

function pipelineCards(stages) {
  if (stages === null) return h("p", { class: "muted" }, "This token does not see the stages.");
  if (stages.stages.length === 0)
    return h("div", { class: "empty" }, h("p", {}, "There is no pipeline yet. Put one into the configuration, then start the runtime again:"), h("pre", {}, "[pipeline.nightly]\nstages = fetch\n[stage.nightly.fetch]\nhandler = exec:./fetch"));
  const byPipeline = Map.groupBy ? Map.groupBy(stages.stages, (stage) => stage.pipeline) : grouped(stages.stages);
  return [...byPipeline].map(([name, list]) => h("article", { class: "card" }, h("h2", {}, h("a", { href: `#/jobs?pipeline=${encodeURIComponent(name)}` }, name)), summary(list), h("ol", { class: "pipeline" }, list.map(stageBox))));
}

function grouped(stages) {
  const groups = new Map();
  for (const stage of stages) groups.set(stage.pipeline, [...(groups.get(stage.pipeline) ?? []), stage]);
  return groups;
}

function summary(stages) {
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
  const of = `pipeline=${encodeURIComponent(stage.pipeline)}&stage=${encodeURIComponent(stage.stage)}`;
  const number = (state) => (stage.jobs?.[state] ? h("a", { class: `badge ${toneOf(state)}`, href: `#/jobs?${of}&state=${state}` }, `${brief(stage.jobs[state])} ${state}`) : null);
  return h(
    "li",
    { class: stage.paused_at ? "stage paused" : "stage" },
    h("h3", {}, stage.stage, stage.paused_at ? h("span", { class: "badge warns" }, "paused") : null),
    h("div", { class: "badges" }, states.filter((state) => state !== "done").map(number)),
    sparkline(seen, `Rate of ${key} while this console is open`),
    h("p", { class: "muted" }, stage.handled_in_10_s ? `${brief(stage.handled_in_10_s / 10)}/s, half within ${duration(stage.p50_us)}, 99 % within ${duration(stage.p99_us)}` : "nothing in the last 10 s"),
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
