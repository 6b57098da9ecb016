/** The jobs that a job has made, as a tree that grows where it is opened. */

import * as api from "../lib/api.js";
import { problemText } from "../lib/dialog.js";
import { h, show } from "../lib/dom.js";
import { badge, jobLink } from "../lib/words.js";

const mostChildren = 200;

const childrenOf = (id, signal) => api.get(`/v1/jobs/${id}/children`, { limit: mostChildren }, signal);

/** `read(signal)` draws into the root what has changed; `clear()` takes all away. */
export function childTree(id, root) {
  const opened = new Set();
  let drawn = "";

  async function read(signal) {
    const page = await childrenOf(id, signal);
    const state = JSON.stringify(page.jobs.map((job) => [job.job_id, job.stage, job.state, job.code]));
    if (state === drawn) return;
    drawn = state;
    show(root, page.jobs.length ? [h("h2", {}, "Jobs that it made"), branch(page, id)] : null);
  }

  const branch = (page, parent) => [
    h("ul", { class: "tree" }, page.jobs.map(leaf)),
    page.next_after === null ? null : h("p", { class: "muted" }, `The first ${mostChildren} are shown. There may be more; GET /v1/jobs/${parent}/children lists them all.`),
  ];

  function leaf(child) {
    const below = h("div");
    let isAsked = false;

    async function grow() {
      if (isAsked) return;
      isAsked = true;
      show(below, h("p", { class: "muted" }, "Reading…"));
      try {
        const page = await childrenOf(child.job_id);
        show(below, page.jobs.length ? branch(page, child.job_id) : h("p", { class: "muted" }, "It made no jobs."));
      } catch (failure) {
        // Closed and opened again, it asks again.
        isAsked = false;
        show(below, h("p", { class: "problem", role: "alert" }, problemText(failure)));
      }
    }

    function toggle(event) {
      if (event.target.open) {
        opened.add(child.job_id);
        grow();
      } else opened.delete(child.job_id);
    }

    return h(
      "li",
      {},
      h(
        "details",
        { ontoggle: toggle, open: opened.has(child.job_id) },
        h("summary", { "data-key": `child-${child.job_id}` }, jobLink(child.job_id), ` ${child.pipeline}/${child.stage} `, badge(child.state), child.code ? ` ${child.code}` : ""),
        below,
      ),
    );
  }

  function clear() {
    drawn = "";
    show(root);
  }

  return { read, clear };
}
