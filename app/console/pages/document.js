/** One document: what is known of it, and its text beside its chunks. */

import * as api from "../lib/api.js";
import { facts, h, show } from "../lib/dom.js";
import { problemText } from "../lib/dialog.js";
import { bytes as bytesText, count } from "../lib/format.js";
import { badge, jobLink } from "../lib/words.js";

export const title = (id) => `Document ${id}`;

const chunksShown = 50;
const chunksLookedThrough = 1000;
/** Bytes of the text on the page at once: layout of much more makes the page slow. */
const bytesShown = 200000;
const mostExcerpt = 400;

export function open(main, tools) {
  const head = h("div");
  const body = h("div");
  show(main, head, body);
  show(head, h("h1", {}, title(tools.id)));
  let seen = "";
  tools.live(async (signal) => {
    let document;
    try {
      document = await api.get(`/v1/documents/${encodeURIComponent(tools.id)}`, {}, signal);
    } catch (failure) {
      if (![403, 404].includes(failure.status)) throw failure;
      show(head, h("h1", {}, title(tools.id)), h("p", { class: "problem" }, problemText(failure)), h("p", {}, h("a", { href: "#/documents" }, "Go to the documents.")));
      show(body);
      seen = "";
      return;
    }
    const state = JSON.stringify(document);
    if (state === seen) return;
    show(head, headOf(document));
    await showBody(body, document, tools.parameters, signal);
    seen = state;
  });
}

function headOf(document) {
  const known = [
    ["Title", document.title],
    ["Author", document.author],
    ["Date", document.date],
    ["Language", document.language],
    ["Owner", document.owner],
    ["Ingested by", jobLink(document.job_id)],
    ["Type", document.media_type],
    ["Size", bytesText(document.size_bytes)],
    ["Chunks", count(document.chunk_count)],
    ["Parser", document.parser],
    ["Embedder", document.embedder],
    ["Came from", document.source_path],
    ["SHA-256", h("code", {}, document.sha256)],
    ["Id", h("code", {}, document.document_id)],
  ].filter(([, value]) => value);
  return [
    h("h1", {}, document.name || title(document.document_id), " ", badge(document.status)),
    facts(known),
    document.warnings.length ? warningList(document.warnings) : null,
  ];
}

/** What its parser had to guess or leave out. */
function warningList(warnings) {
  const text = ({ code, message, count: times }) => [h("code", {}, code), ` ${message}`, times > 1 ? ` (${count(times)} times)` : ""];
  return h("section", { "aria-label": "Warnings" }, h("h2", {}, "Warnings"), h("ul", { class: "troubles" }, warnings.map((one) => h("li", { class: "banner warns" }, text(one)))));
}

async function showBody(body, document, parameters, signal) {
  const path = `/v1/documents/${encodeURIComponent(document.document_id)}`;
  let text;
  try {
    text = await api.text(`${path}/text`, signal);
  } catch (failure) {
    if (failure.status !== 404) throw failure;
    show(body, h("div", { class: "empty" }, "It has no text yet. ", jobLink(document.job_id), " says how far it is, and why it waits."));
    return;
  }
  const view = textView(new TextEncoder().encode(text));
  const list = chunkList(document, path, view);
  show(
    body,
    h("p", {}, h("a", { href: `${path}/text` }, "The whole text"), h("span", { class: "muted" }, " opens as plain text.")),
    h("div", { class: "split" }, view.element, list.element),
  );
  await list.begin(parameters, signal);
}

/** Some of the text, around the place that was wanted last. Places are bytes of its UTF-8, as those of chunks. */
function textView(whole) {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const box = h("pre", { class: "text", tabindex: "0", "aria-label": "Text of the document" });
  const said = h("span", { class: "muted" });
  const move = (text, by) => h("button", { type: "button", onclick: () => moveTo(from + by, by < 0) }, text);
  const before = move("Text before", -bytesShown);
  const after = move("Text after", bytesShown);
  let from = 0;
  let until = 0;
  let place = { begin: 0, end: 0 };

  /** The begin of the character at that byte. */
  function characterAt(at) {
    let begin = Math.min(Math.max(at, 0), whole.length);
    while (begin > 0 && begin < whole.length && (whole[begin] & 0xc0) === 0x80) begin -= 1;
    return begin;
  }

  function draw() {
    const begin = Math.min(Math.max(place.begin, from), until);
    const end = Math.min(Math.max(place.end, begin), until);
    const mark = end > begin ? h("mark", {}, part(begin, end)) : null;
    show(box, part(from, begin), mark, part(end, until));
    before.disabled = from === 0;
    after.disabled = until === whole.length;
    said.textContent = `Bytes ${count(from)} to ${count(until)} of ${count(whole.length)}`;
    return mark;
  }

  const part = (begin, end) => decoder.decode(whole.subarray(begin, end));

  function setWindow(begin) {
    from = characterAt(Math.min(begin, whole.length - bytesShown));
    until = characterAt(from + bytesShown);
  }

  function moveTo(begin, toEnd) {
    setWindow(begin);
    draw();
    box.scrollTop = toEnd ? box.scrollHeight : 0;
  }

  /** Marks bytes [begin, end), and brings them into view. */
  function mark(begin, end) {
    place = { begin: characterAt(begin), end: characterAt(end) };
    if (place.begin < from || place.end > until) setWindow(place.begin - bytesShown / 2);
    const top = box.scrollTop;
    const marked = draw();
    box.scrollTop = top;
    const at = marked?.getBoundingClientRect();
    const frame = box.getBoundingClientRect();
    if (at && (at.top < frame.top || at.bottom > frame.bottom)) box.scrollTop += at.top - frame.top - frame.height / 4;
  }

  setWindow(0);
  draw();
  const buttons = whole.length > bytesShown ? h("div", { class: "buttons" }, before, after, said) : null;
  return { element: h("section", { "aria-label": "Text" }, h("h2", {}, "Text"), buttons, box), mark };
}

function pagesText({ first_page: first, last_page: last }) {
  if (!first) return "";
  return last > first ? `, pages ${count(first)} to ${count(last)}` : `, page ${count(first)}`;
}

/** The chunks of the document, a page at a time; the one that is hovered or has the focus is marked in the text. */
function chunkList(document, path, view) {
  const items = h("div", { class: "text", style: { overflow: "auto" } });
  const buttons = h("div", { class: "buttons" });
  const problem = h("p", { class: "problem", role: "status" });
  let marked = null;

  function mark(item, chunk) {
    if (marked === item) return;
    marked?.removeAttribute("aria-current");
    marked = item;
    item.setAttribute("aria-current", "true");
    view.mark(chunk.byte_begin, chunk.byte_end);
  }

  function itemOf(chunk) {
    const href = `#/documents/${encodeURIComponent(document.document_id)}?chunk=${encodeURIComponent(chunk.chunk_id)}&from=${chunk.ord}`;
    const item = h(
      "article",
      { class: "card", "data-chunk": chunk.chunk_id, onpointerenter: () => mark(item, chunk), onfocusin: () => mark(item, chunk) },
      h("h3", {}, h("a", { href, "data-key": chunk.chunk_id }, `Chunk ${chunk.ord + 1} of ${count(document.chunk_count)}`)),
      chunk.heading_path ? h("p", { class: "muted" }, chunk.heading_path) : null,
      h("p", {}, chunk.text.length > mostExcerpt ? `${chunk.text.slice(0, mostExcerpt)} …` : chunk.text),
      h("p", { class: "muted" }, `bytes ${count(chunk.byte_begin)} to ${count(chunk.byte_end)}${pagesText(chunk)}`),
    );
    return { item, chunk };
  }

  /** Shows the page with the chunk at that position. */
  async function showPage(ord, signal) {
    const first = Math.floor(Math.max(ord, 0) / chunksShown) * chunksShown;
    const page = await api.get(`${path}/chunks`, { after: first > 0 ? first - 1 : undefined, limit: chunksShown }, signal);
    const made = page.chunks.map(itemOf);
    marked = null;
    show(items, made.length ? made.map(({ item }) => item) : h("div", { class: "empty" }, "It has no chunks yet. ", jobLink(document.job_id), " says how far it is."));
    items.scrollTop = 0;
    show(buttons, first > 0 ? turn("Chunks before", first - chunksShown) : null, page.next_after === null ? null : turn("Chunks after", first + chunksShown));
    return made;
  }

  const turn = (text, ord) => h("button", { type: "button", "data-key": text, onclick: () => showPage(ord).catch((failure) => { problem.textContent = problemText(failure); }) }, text);

  /** Where a chunk stands, which no call says of its id alone. */
  async function find(id, signal) {
    for (let after; after !== null; ) {
      const page = await api.get(`${path}/chunks`, { after, limit: chunksLookedThrough }, signal);
      const found = page.chunks.find((chunk) => chunk.chunk_id === id);
      if (found) return found.ord;
      after = page.next_after;
    }
    return null;
  }

  async function begin({ chunk: id, from }, signal) {
    const wantedOf = (made) => made.find(({ chunk }) => chunk.chunk_id === id);
    let wanted = wantedOf(await showPage(Number(from) || 0, signal));
    if (!id) return;
    if (!wanted) {
      const ord = await find(id, signal);
      wanted = ord === null ? undefined : wantedOf(await showPage(ord, signal));
    }
    if (!wanted) {
      problem.textContent = "The chunk of this link is gone: the document has other chunks now.";
      return;
    }
    wanted.item.scrollIntoView({ block: "nearest" });
    mark(wanted.item, wanted.chunk);
  }

  return { element: h("section", { "aria-label": "Chunks" }, h("h2", {}, "Chunks"), problem, buttons, items), begin };
}
