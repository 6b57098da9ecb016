/** The actors of the runtime: how they are started again, which are busy, which have crashed. */

import { meter } from "../lib/charts.js";
import { h, show } from "../lib/dom.js";
import { count, counted, duration, perSecond } from "../lib/format.js";
import { readOrRefusal, refusal } from "../lib/refusal.js";
import { table } from "../lib/table.js";
import { badge, jobsAt } from "../lib/words.js";

export const title = "Actors";

const rankings = [
  { name: "", text: "in the tree" },
  { name: "change", text: "by what changed most", of: (actor) => actor.change },
  { name: "mailbox", text: "by mailbox", of: (actor) => actor.depth },
  { name: "busy", text: "by busy share", of: (actor) => actor.busy ?? -1 },
];

/** The children of the supervisor, by how they are started again. */
const groups = [
  {
    text: "These hold jobs. When one of them crashes, all of them start again, and what they held is rescued.",
    has: (name) => name === "store" || name === "poller" || isStage(name),
  },
  { text: "These start when all others work. Each is started again alone.", has: (name) => name === "health_monitor" || name === "inspector" },
  { text: "Each of these is started again alone.", has: () => true },
];

const isStage = (name) => name.startsWith("stage:");

/** "stage:ingest.parsing" as ["ingest", "parsing"]. */
function placeOf(name) {
  const dot = name.indexOf(".");
  return [name.slice("stage:".length, dot), name.slice(dot + 1)];
}

/** The picture before this one. It stays while another ranking opens the page again. */
let last = { at: 0, actors: new Map() };
const longestGap = 10000;

function compared(actors) {
  const at = performance.now();
  const known = at - last.at > longestGap ? new Map() : last.actors;
  const all = actors.map((actor) => ({ ...actor, ...sinceLast(actor, known.get(actor.actor), (at - last.at) * 1000) }));
  last = { at, actors: new Map(actors.map((actor) => [actor.actor, actor])) };
  return all;
}

function sinceLast(actor, before, us) {
  // An actor that has started again counts from zero.
  if (!before || actor.restarts !== before.restarts || actor.handled < before.handled) return { busy: null, rate: null, change: 0 };
  const handled = actor.handled - before.handled;
  // The time of a message counts when it ends; what is in hand is added so that an actor that hangs is seen.
  const busy = actor.busy_us - before.busy_us + Math.min(actor.message_age_us, us);
  return { busy: Math.min(busy / us, 1), rate: (handled / us) * 1e6, change: handled + Math.abs(actor.depth - before.depth) };
}

export function open(main, tools) {
  const ranking = rankings.find((one) => one.name === tools.parameters.by) ?? rankings[0];
  const picture = h("div");
  show(main, h("h1", {}, title), rankingForm(ranking, tools), picture);
  tools.live(async (signal) => {
    const { answer, failure } = await readOrRefusal("/v1/runtime/actors", signal);
    if (failure) {
      show(picture, refusal(failure));
      return;
    }
    const actors = compared(answer.actors);
    show(picture, ranking.of ? ranked(actors, ranking) : tree(actors));
  });
}

function rankingForm(ranking, tools) {
  const options = rankings.map((one) => h("option", { value: one.name, selected: one === ranking }, one.text));
  return h(
    "form",
    { class: "filters", onsubmit: (event) => event.preventDefault() },
    h("label", {}, h("span", {}, "Order"), h("select", { name: "by", onchange: (event) => tools.set({ by: event.target.value }) }, options)),
  );
}

function nameOf(actor) {
  if (!isStage(actor.actor)) return h("strong", {}, actor.actor.replaceAll("_", " "));
  const [pipeline, stage] = placeOf(actor.actor);
  return h("a", { href: jobsAt({ pipeline, stage }), title: "Show the jobs of this stage", "data-key": actor.actor }, `stage ${pipeline}/${stage}`);
}

const busyMeter = (actor) => (actor.busy === null ? "–" : meter(actor.busy, 1, `${Math.round(actor.busy * 100)} % busy`));
const rateText = (actor) => (actor.rate === null ? "–" : perSecond(actor.rate));

function line(actor) {
  const figures = [
    `mailbox ${count(actor.depth)}, at most ${count(actor.peak)}`,
    actor.rate === null ? "" : `handles ${rateText(actor)}`,
    actor.message_age_us ? `one message in hand for ${duration(actor.message_age_us)}` : "",
    actor.call_age_us ? `the slowest call goes on for ${duration(actor.call_age_us)}` : "",
    actor.restarts ? counted(actor.restarts, "restart") : "",
  ];
  return h(
    "div",
    { class: "row" },
    nameOf(actor),
    badge(actor.state),
    busyMeter(actor),
    h("span", { class: "muted" }, figures.filter(Boolean).join("; ")),
    actor.last_crash ? h("span", { class: "problem" }, `last crash: ${actor.last_crash}`) : null,
  );
}

const branch = (items) => h("ul", { class: "tree" }, items);

function tree(actors) {
  const supervisor = actors.find((actor) => actor.actor === "supervisor");
  let left = actors.filter((actor) => actor !== supervisor);
  const below = groups.map((group) => {
    const members = left.filter((actor) => group.has(actor.actor));
    left = left.filter((actor) => !members.includes(actor));
    return members.length === 0 ? null : h("li", {}, h("span", { class: "muted" }, group.text), branch(groupItems(members)));
  });
  return branch(h("li", {}, supervisor ? line(supervisor) : h("strong", {}, "supervisor"), branch(below)));
}

/** Single actors first, then the stages of each pipeline under its name. */
function groupItems(actors) {
  const pipelines = new Map();
  for (const actor of actors.filter((one) => isStage(one.actor))) {
    const [pipeline] = placeOf(actor.actor);
    pipelines.set(pipeline, [...(pipelines.get(pipeline) ?? []), actor]);
  }
  const item = (actor) => h("li", {}, line(actor));
  return [
    actors.filter((actor) => !isStage(actor.actor)).map(item),
    [...pipelines].map(([pipeline, stages]) => h("li", {}, `stages of ${pipeline}`, branch(stages.map(item)))),
  ];
}

function ranked(actors, ranking) {
  const columns = [
    { title: "Actor", cell: nameOf },
    { title: "State", cell: (actor) => badge(actor.state) },
    { title: "Mailbox", cell: (actor) => count(actor.depth), number: true },
    { title: "Mailbox at most", cell: (actor) => count(actor.peak), number: true },
    { title: "Busy", cell: busyMeter },
    { title: "Messages", cell: rateText, number: true },
    { title: "Message in hand", cell: (actor) => (actor.message_age_us ? duration(actor.message_age_us) : ""), number: true },
    { title: "Slowest call", cell: (actor) => (actor.call_age_us ? duration(actor.call_age_us) : ""), number: true },
    { title: "Restarts", cell: (actor) => actor.restarts || "", number: true },
    { title: "Last crash", cell: (actor) => actor.last_crash, wide: true },
  ];
  return table({
    caption: `Actors ${ranking.text}`,
    columns,
    rows: [...actors].sort((a, b) => ranking.of(b) - ranking.of(a)),
    key: (actor) => actor.actor,
    tone: (actor) => (actor.state === "crashed" ? "bad" : undefined),
    empty: "The runtime has no actors yet: it is starting.",
  });
}
