/** How states are named and coloured, on every page alike. */

import { address } from "./api.js";
import { h } from "./dom.js";
import { ago, date } from "./format.js";

export const states = ["queued", "working", "retryable", "done", "deadletter", "cancelled"];

const tones = {
  queued: "waits", retryable: "warns", working: "works", done: "well", deadletter: "bad", cancelled: "over",
  healthy: "well", degraded: "warns", unhealthy: "bad",
  starting: "waits", running: "well", restarting: "warns", draining: "warns", stopping: "warns",
  crashed: "bad", dead: "bad", ended: "over", stopped: "over", closed: "well", open: "bad", "half-open": "warns",
  paused: "warns", left: "warns", on: "well", expired: "over",
  registered: "waits", parsed: "works", chunked: "works", embedded: "well", replaced: "over",
  info: "waits", warning: "warns", error: "bad",
};

export const toneOf = (state) => tones[state] ?? "waits";

/** A state as a word in its colour. */
export const badge = (state) => h("span", { class: `badge ${toneOf(state)}` }, state);

/** "ended" where it ended in order, or another one has taken over its jobs. */
export const runtimeState = (runtime) => (runtime.alive ? "running" : runtime.ended ? "ended" : "dead");

/** How long ago; the time itself, in the zone of the browser and in UTC, stands in the title. */
export const when = (text) => (text ? h("time", { datetime: text, title: `${date(text)} (${text.replace("T", " ").replace(/\.\d+/, "")})` }, ago(text)) : "–");

export const jobLink = (id) => h("a", { href: `#/jobs/${id}`, "data-key": `job-${id}` }, `job ${id}`);

/** Where the jobs of a stage, or of a pipeline, are listed. */
export const jobsAt = ({ pipeline, stage }, state) => address("#/jobs", { pipeline, stage, state });
