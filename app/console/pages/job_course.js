/** The course of a job: its events, and the spans of time between them. */

import * as api from "../lib/api.js";
import { h } from "../lib/dom.js";
import { count, date, duration, micros } from "../lib/format.js";
import { table } from "../lib/table.js";
import { badge } from "../lib/words.js";

const mostEvents = 1000;
const pageOfEvents = 10000;

/** `last` is the id up to which all was read; `isCut` says that older ones than `events` are not kept. */
export const emptyHistory = () => ({ events: [], last: 0, isCut: false });

/** Reads on; of many the newest are kept. */
export async function readOn(id, history, signal) {
  for (;;) {
    const page = await api.get(`/v1/jobs/${id}/events`, { after: history.last, limit: pageOfEvents }, signal);
    if (page.events.length > 0) {
      history.last = page.events.at(-1).event_id;
      history.events = [...history.events, ...page.events];
    }
    if (history.events.length > mostEvents) {
      history.events = history.events.slice(-mostEvents);
      history.isCut = true;
    }
    if (page.next_after === null || page.events.length === 0) return;
  }
}

/**
 * Rows of the chart, one a stage. A stage that follows at once begins when the one before is done. What began before
 * the events that are kept has no span.
 */
export function spansOf(job, { events, isCut }) {
  const rows = new Map();
  const add = (stage, from, until, tone, text) => {
    if (from === null) return;
    if (!rows.has(stage)) rows.set(stage, { label: stage, spans: [] });
    rows.get(stage).spans.push({ from, until, tone, text });
  };
  let since = isCut ? null : micros(job.created_at);
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
  // The events were read after the job, and may be ahead of it.
  const isAhead = events.some((event) => event.epoch > job.epoch);
  if (isAhead) return [...rows.values()];
  if (job.state === "working") add(job.stage, begun ?? since, null, "works", "runs");
  else if ((job.state === "queued" || job.state === "retryable") && begun === null) add(job.stage, since, null, waits, "waits");
  return [...rows.values()];
}

export const legend = () =>
  h("p", { class: "legend" }, [["waits", "waits"], ["warns", "waits for its next attempt"], ["works", "runs now"], ["well", "ran"], ["bad", "failed"]].map(([tone, text]) => h("span", {}, h("i", { class: `gantt-key ${tone}` }), ` ${text}`)));

const cutNote = ({ isCut }) =>
  isCut ? h("p", { class: "muted" }, `The job has more than ${count(mostEvents)} events: the newest ${count(mostEvents)} are shown, and its course begins with them. The API has them all.`) : null;

export function eventTable(history) {
  const { events } = history;
  const columns = [
    { title: "Time", cell: (event) => h("time", { datetime: event.at, title: event.at }, date(event.at)) },
    { title: "After", cell: (event) => duration(micros(event.at) - micros(events[0].at)), number: true },
    { title: "Event", cell: (event) => [event.type.replaceAll("_", " "), " ", event.severity === "info" ? null : badge(event.severity)] },
    { title: "Stage", cell: (event) => event.stage },
    { title: "Attempt", cell: (event) => event.attempt, number: true },
    { title: "Code", cell: (event) => event.code },
    { title: "Message", cell: (event) => event.message, wide: true },
  ];
  return h("section", {}, h("h2", {}, "Events"), cutNote(history), table({ caption: "Events of the job, the oldest first", columns, rows: events, key: (event) => event.event_id, empty: "Nothing has happened yet." }));
}
