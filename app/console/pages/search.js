/** Passages of documents that answer a question. */

import * as api from "../lib/api.js";
import { h, show } from "../lib/dom.js";
import { problemText } from "../lib/dialog.js";
import { counted } from "../lib/format.js";

export const title = "Search";

const tops = ["5", "10", "20", "50"];

export function open(main, tools) {
  const { query = "", top = tops[1] } = tools.parameters;
  const answers = h("section", { "aria-label": "Answers", "aria-live": "polite" });
  let answered = !query.trim();
  const again = () => {
    answered = false;
    refresher.poke();
  };
  const input = h("input", { name: "query", type: "search", value: query, required: true, autocomplete: "off" });
  show(main, h("h1", {}, title), searchForm(input, top, tools, again), answers);
  show(answers, query.trim() ? h("p", { class: "muted" }, "Searching…") : firstSteps());
  if (!query) input.focus();
  // A search is made once; after that only whether the server and its database answer is looked at.
  const refresher = tools.live(async (signal) => {
    if (answered) {
      await api.get("/readyz", {}, signal);
      return;
    }
    try {
      const { hits } = await api.post("/v1/search", {}, { query, top: Number(top) });
      show(answers, hitList(hits, wordsOf(query)));
    } catch (failure) {
      if (!(failure instanceof api.Problem)) throw failure;
      show(answers, h("p", { class: "problem" }, problemText(failure)));
    }
    answered = true;
  });
}

function searchForm(input, top, tools, again) {
  const choice = h("select", { name: "top", onchange: () => input.value.trim() && input.form.requestSubmit() }, tops.map((value) => h("option", { value, selected: value === top }, value)));
  return h(
    "form",
    {
      class: "filters",
      role: "search",
      onsubmit: (event) => {
        event.preventDefault();
        const wanted = Object.fromEntries(new FormData(event.target));
        if (wanted.query === tools.parameters.query && wanted.top === top) again();
        else tools.set(wanted);
      },
    },
    h("label", {}, h("span", {}, "Question"), input),
    h("label", {}, h("span", {}, "Passages at most"), choice),
    h("button", { type: "submit", class: "primary" }, "Search"),
  );
}

const firstSteps = () =>
  h(
    "div",
    { class: "empty" },
    h("p", {}, "Ask in your own words: the passages that are nearest in meaning come first, whether they have the same words or not."),
    h("p", {}, "A document is found when its status is embedded. ", h("a", { href: "#/documents" }, "Look at the documents, or upload one.")),
  );

function hitList(hits, words) {
  if (hits.length === 0)
    return h("div", { class: "empty" }, "There is nothing to search in yet: no document is embedded. ", h("a", { href: "#/documents" }, "Upload one, or look at how far they are."));
  return [
    h("p", { class: "muted" }, `${counted(hits.length, "passage")}, the nearest first. The score is 1 for the same meaning, and near 0 for an unrelated one.`),
    h("ol", { class: "troubles" }, hits.map((hit) => h("li", {}, card(hit, words)))),
  ];
}

function card(hit, words) {
  const href = `#/documents/${encodeURIComponent(hit.document_id)}?chunk=${encodeURIComponent(hit.chunk_id)}&from=${hit.ord}`;
  return h(
    "article",
    { class: "card" },
    h("h2", {}, h("a", { href, "data-key": hit.chunk_id }, hit.document_name || hit.source_path || hit.document_id)),
    h("p", { class: "muted" }, `score ${hit.score.toFixed(3)}`, hit.heading_path ? ` · ${hit.heading_path}` : "", ` · chunk ${hit.ord + 1}`),
    h("pre", { tabindex: "0", "aria-label": "Passage" }, marked(hit.text, words)),
  );
}

const wordsOf = (query) => [...new Set(query.match(/[\p{L}\p{M}\p{N}]{2,}/gu) ?? [])];

/** The text, with each whole word of the question in a mark. */
function marked(text, words) {
  if (words.length === 0) return text;
  const pattern = new RegExp(`(?<![\\p{L}\\p{M}\\p{N}])(${words.join("|")})(?![\\p{L}\\p{M}\\p{N}])`, "giu");
  // With a group in the pattern, every second part is what it matched.
  return text.split(pattern).map((part, i) => (i % 2 ? h("mark", {}, part) : part));
}
