/** Documents by pages, and files to be taken in. */

import * as api from "../lib/api.js";
import { announce, h, show } from "../lib/dom.js";
import { problemText } from "../lib/dialog.js";
import { bytes, count } from "../lib/format.js";
import { filterForm } from "../lib/filters.js";
import { table } from "../lib/table.js";
import { badge, jobLink } from "../lib/words.js";

export const title = "Documents";

const columns = [
  { title: "Document", cell: (document) => document.name },
  { title: "Status", cell: (document) => badge(document.status) },
  { title: "Owner", cell: (document) => document.owner },
  { title: "Type", cell: (document) => document.media_type },
  { title: "Size", cell: (document) => bytes(document.size_bytes), number: true },
  { title: "Chunks", cell: (document) => count(document.chunk_count), number: true },
  { title: "Warnings", cell: (document) => (document.warnings.length ? count(document.warnings.length) : ""), number: true },
  { title: "Job", cell: (document) => jobLink(document.job_id) },
];

/** The files that were given, the newest first, one after the other. They stay while a filter opens the page again. */
const uploads = h("ul", { class: "troubles", "aria-label": "Files that were given" });
let queue = Promise.resolve();
/** Ends what is under way. */
let given = new AbortController();

/** At sign-out: the next person sees no names of files, and sends none of another one. */
export function forget() {
  given.abort();
  given = new AbortController();
  uploads.replaceChildren();
}

export function open(main, tools) {
  const list = h("div");
  const pageButtons = h("div", { class: "buttons" });
  show(
    main,
    h("h1", {}, title),
    api.may("submitter") ? dropZone(tools.parameters.owner, () => refresher.poke()) : null,
    api.session.owner ? null : filterForm({ fields: [["owner", "Owner"]], tools, reset: { after: "" }, clear: "#/documents" }),
    list,
    pageButtons,
  );
  const refresher = tools.live(async (signal) => {
    const { owner, after } = tools.parameters;
    try {
      const page = await api.get("/v1/documents", { owner, after, limit: 50 }, signal);
      show(list, documentTable(page.documents, tools.parameters));
      show(pageButtons, cursors(page, tools));
    } catch (failure) {
      if (![400, 403].includes(failure.status)) throw failure;
      show(list, h("p", { class: "problem" }, problemText(failure)));
      show(pageButtons);
    }
  });
}

function documentTable(documents, { owner, after }) {
  return table({
    caption: "Documents, in the order of their ids",
    columns,
    rows: documents,
    key: (document) => document.document_id,
    href: (document) => `#/documents/${encodeURIComponent(document.document_id)}`,
    empty: after
      ? "There are no further documents."
      : owner
        ? "This owner has no documents."
        : [h("p", {}, "There are no documents yet. Drop files on this page, or submit them on the machine of the runtime:"), h("pre", {}, "millrace submit FILE")],
  });
}

function cursors(page, tools) {
  const button = (text, after) => h("button", { type: "button", "data-key": text, onclick: () => tools.set({ after }) }, text);
  return [tools.parameters.after ? button("First page", "") : null, page.next_after === null ? null : button("Next page", page.next_after)];
}

function dropZone(ownerShown, poke) {
  const owner = h("input", { value: ownerShown ?? "", placeholder: "the configured one", spellcheck: "false", autocomplete: "off" });
  const take = (files) => {
    for (const file of files) addUpload(file, owner.value.trim(), poke);
  };
  const input = h("input", {
    type: "file",
    multiple: true,
    onchange: () => {
      take(input.files);
      input.value = "";
    },
  });
  const zone = h(
    "div",
    {
      class: "drop",
      ondragover: (event) => {
        event.preventDefault();
        zone.classList.add("over");
      },
      ondragleave: (event) => zone.contains(event.relatedTarget) || zone.classList.remove("over"),
      ondrop: (event) => {
        event.preventDefault();
        zone.classList.remove("over");
        take(event.dataTransfer.files);
      },
    },
    h("p", {}, "Drop files here. Each becomes a document and gets a job that ingests it."),
    h("p", {}, h("label", {}, "Or choose files: ", input)),
    api.session.owner ? null : h("p", {}, h("label", {}, "Owner of the documents: ", owner)),
  );
  return h("section", { "aria-label": "Upload" }, zone, uploads);
}

function addUpload(file, owner, poke) {
  const progress = h("progress", { max: 1, value: 0, "aria-label": `Upload of ${file.name}` });
  const state = h("span", {}, "waits");
  const row = h("li", { class: "banner waits" }, `${file.name} (${bytes(file.size)}) `, progress, " ", state);
  const onProgress = (share) => {
    progress.value = share;
    state.textContent = share < 1 ? `${Math.floor(share * 100)} %` : "all is sent; the server checks the file";
  };
  const end = (tone, ...content) => {
    row.className = `banner ${tone}`;
    show(row, `${file.name}: `, content, " ", h("button", { type: "button", class: "quiet", onclick: () => row.remove() }, "Remove from this list"));
  };
  const { signal } = given;
  uploads.prepend(row);
  // One file a request: a file that is refused does not hold back the others.
  queue = queue.then(async () => {
    if (signal.aborted) return;
    try {
      const { jobs: [made] } = await send(file, owner, onProgress, signal);
      end("well", h("a", { href: `#/documents/${encodeURIComponent(made.document_id)}`, "data-key": `upload-${made.document_id}` }, "document"), ", ", jobLink(made.job_id), made.message ? ` (${made.message})` : "", ".");
      announce(`${file.name} is uploaded.`);
      poke();
    } catch (failure) {
      if (signal.aborted) return;
      end("bad", problemText(failure), failure.code ? ` (${failure.code})` : "");
      announce(`${file.name} is refused.`);
    }
  });
}

/** Only XMLHttpRequest tells how much of a request is sent. */
function send(file, owner, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    form.append("file", file);
    const request = new XMLHttpRequest();
    request.open("POST", api.address("/v1/documents", { owner }));
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onerror = () => reject(new api.Unreachable("the upload broke off: the server does not answer, the file cannot be read, or it is larger than ingest.max_file_size"));
    request.onabort = () => reject(signal.reason);
    signal.addEventListener("abort", () => request.abort());
    request.onload = () => {
      if (request.status === 201) {
        resolve(request.response);
        return;
      }
      if (request.status === 401) dispatchEvent(new CustomEvent("signed-out"));
      reject(new api.Problem(request.status, request.response ?? {}));
    };
    request.send(form);
  });
}
