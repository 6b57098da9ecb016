/** What pages make of the list of stages. */

import { now } from "./clock.js";
import { problemText } from "./dialog.js";
import { timeOfDay } from "./format.js";

/** A runtime counts each few seconds, more rarely where counting takes long. */
const oldCount = 20000;

/** When the jobs were counted, where that is not just now; empty otherwise. */
export function countsNote({ counted_at: at, trouble }) {
  const counts = at ? `The counts are those of ${timeOfDay(at)}.` : "Jobs are not counted yet.";
  if (trouble) return `${problemText(new Error(`jobs cannot be counted now: ${trouble}`))} ${counts}`;
  return at && now() - Date.parse(at) <= oldCount ? "" : counts;
}

/** The stages of each pipeline, in their order. */
export function pipelinesOf(stages) {
  const pipelines = new Map();
  for (const stage of stages) {
    if (!pipelines.has(stage.pipeline)) pipelines.set(stage.pipeline, []);
    pipelines.get(stage.pipeline).push(stage);
  }
  return [...pipelines.values()];
}
