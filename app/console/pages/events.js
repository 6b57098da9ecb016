/** What happens, as it happens, the newest first. */

import * as api from "../lib/api.js";
import { h, show } from "../lib/dom.js";
import { problemText } from "../lib/dialog.js";
import { count, counted, date } from "../lib/format.js";
import { heldBy } from "../lib/hand.js";
import { filterForm } from "../lib/filters.js";
import { table } from "../lib/table.js";
import { badge, toneOf } from "../lib/words.js";

export const title = "Events";

const filters = [["code", "Code"], ["pipeline", "Pipeline"]];
const mostShown = 500;
/** Of all events, before the filter, the first page looks at the newest so many. */
const firstLook = 1000;
const betweenDraws = 250;

export function open(main, tools) {
  const filter = Object.fromEntries(filters.map(([name]) => [name, tools.parameters[name]]));
  const list = h("div");
  const notes = h("div", { role: "status" });
  const freeze = h("button", { type: "button", "data-shortcut": "f", "aria-pressed": "false", onclick: toggle }, "Freeze");
  const events = [];
  let feed = null;
  /** All up to this id was read. */
  let after;
  let isLost = false;
  let missed = null;
  let unseen = 0;
  let timer = 0;
  show(
    main,
    h("div", { class: "row" }, h("h1", {}, title), freeze),
    filterForm({ fields: filters, tools, clear: "#/events" }),
    notes,
    list,
    h("p", { class: "muted" }, `The newest ${count(mostShown)} are kept here. `, h("code", {}, "millrace events"), " shows older ones."),
  );
  const refresher = tools.live(async (signal) => {
    // The browser opens a stream again that breaks, but none that the server refused.
    if (!feed || feed.isOver) await connect(signal);
    // The stream alone does not say whether the database answers.
    else await api.get("/readyz", {}, signal);
    if (isLost) throw new api.Unreachable("no events come");
  });

  async function connect(signal) {
    let page;
    try {
      page = await api.get("/v1/events", { ...filter, after, limit: firstLook }, signal);
    } catch (failure) {
      if (failure.code !== "TOKEN_BOUND") throw failure;
      show(list, h("p", { class: "empty" }, problemText(failure)));
      return;
    }
    // A stream that is opened after the end of the page would never be closed.
    signal.throwIfAborted();
    feed?.end();
    page.events.forEach(take);
    after = page.next_after ?? after;
    feed = tools.feed({ ...filter, after }, { onEvent: take, onMissed: note, onConnection: setConnection });
    draw();
  }

  function take(event) {
    events.unshift(event);
    events.length = Math.min(events.length, mostShown);
    after = event.event_id;
    if (refresher.frozen) unseen += 1;
    timer ||= setTimeout(draw, betweenDraws);
  }

  function note(gap) {
    missed = { after: missed?.after ?? gap.after, until: gap.until };
    after = gap.until;
    drawNotes();
  }

  function setConnection(isOpen) {
    if (isLost === !isOpen) return;
    isLost = !isOpen;
    drawNotes();
  }

  function toggle() {
    refresher.frozen = !refresher.frozen;
    freeze.setAttribute("aria-pressed", String(refresher.frozen));
    unseen = 0;
    draw();
    if (!refresher.frozen) refresher.poke();
  }

  function draw() {
    clearTimeout(timer);
    const news = unseen > 0 ? ` (${counted(unseen, "new event")})` : "";
    freeze.textContent = refresher.frozen ? `Frozen: go on${news}` : "Freeze";
    timer = heldBy() ? setTimeout(draw, betweenDraws) : 0;
    if (timer === 0 && !refresher.frozen && feed) show(list, eventTable(events, filter));
  }

  function drawNotes() {
    show(
      notes,
      isLost ? h("p", { class: "problem" }, "The connection is lost. It is tried again, and what happens meanwhile is shown then.") : null,
      missed ? h("p", { class: "problem" }, `Of the events ${missed.after + 1} to ${missed.until} not all are in this list: there were too many to send. `, h("code", {}, `millrace events --after ${missed.after}`), " shows them.") : null,
    );
  }
}

function eventTable(events, filter) {
  const columns = [
    { title: "Job", cell: (event) => (event.job_id ? `job ${event.job_id}` : h("span", { class: "muted" }, "no job")) },
    { title: "Time", cell: (event) => h("time", { datetime: event.at, title: event.at }, date(event.at)) },
    { title: "Severity", cell: (event) => badge(event.severity) },
    { title: "Event", cell: (event) => event.type.replaceAll("_", " ") },
    { title: "Stage", cell: (event) => [event.pipeline, event.stage].filter(Boolean).join("/") },
    { title: "Code", cell: (event) => codeLink(event, filter) },
    { title: "Message", cell: (event) => event.message, wide: true },
  ];
  return table({
    caption: "Events, the newest first",
    columns,
    rows: events,
    key: (event) => event.event_id,
    href: (event) => (event.job_id ? `#/jobs/${event.job_id}` : undefined),
    tone: (event) => (event.severity === "info" ? undefined : toneOf(event.severity)),
    empty: emptyText(filter),
  });
}

function codeLink({ event_id: id, code }, filter) {
  if (!code) return "";
  return h("a", { href: api.address("#/events", { ...filter, code }), "data-key": `code-${id}`, title: "only events with this code" }, code);
}

const emptyText = (filter) =>
  Object.values(filter).some(Boolean)
    ? `None of the newest ${count(firstLook)} events matches. What happens from now on is shown here.`
    : [h("p", {}, "Nothing has happened yet. Submit a job:"), h("pre", {}, "millrace submit FILE")];
