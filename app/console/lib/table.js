/** A table whose rows the keyboard walks: arrows or j and k move, Enter opens, Space chooses. */

import { h } from "./dom.js";

/**
 * columns: [{ title, cell(row), number, wide }]; key(row) names a row for good; href(row) is where Enter leads.
 * chosen: a Set of keys, for rows that can be chosen; onChoose() is called when it changes.
 */
export function table({ caption, columns, rows, key, href, chosen, onChoose, empty, tone }) {
  if (rows.length === 0 && empty) return h("div", { class: "empty" }, empty);
  const heads = columns.map((column) => h("th", { scope: "col", class: column.number ? "number" : undefined }, column.title));
  if (chosen) heads.unshift(h("th", { scope: "col" }, h("span", { class: "unseen" }, "Chosen")));
  return h(
    "div",
    { class: "scroll", role: "region", "aria-label": caption, tabindex: "0" },
    h(
      "table",
      { onkeydown: walk },
      h("caption", { class: "unseen" }, caption),
      h("thead", {}, h("tr", {}, heads)),
      h("tbody", {}, rows.map((row) => line(row, { columns, key, href, chosen, onChoose, tone }))),
    ),
  );
}

function line(row, { columns, key, href, chosen, onChoose, tone }) {
  const name = String(key(row));
  const target = href?.(row);
  const cells = columns.map((column, i) =>
    h(
      i === 0 ? "th" : "td",
      { scope: i === 0 ? "row" : undefined, class: [column.number && "number", column.wide && "wide"].filter(Boolean).join(" ") || undefined },
      i === 0 && target ? h("a", { href: target, "data-key": `row-${name}` }, column.cell(row)) : column.cell(row),
    ),
  );
  if (chosen)
    cells.unshift(
      h(
        "td",
        {},
        h("input", {
          type: "checkbox",
          checked: chosen.has(name),
          "aria-label": `choose ${name}`,
          "data-key": `choose-${name}`,
          onchange: (event) => {
            if (event.target.checked) chosen.add(name);
            else chosen.delete(name);
            onChoose();
          },
        }),
      ),
    );
  return h("tr", { class: tone?.(row) }, cells);
}

function walk(event) {
  if (event.key === " ") {
    choose(event);
    return;
  }
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
  if (step === undefined || event.target.matches("select, textarea") || event.altKey || event.ctrlKey || event.metaKey) return;
  const links = [...event.currentTarget.querySelectorAll("tbody th a")];
  const at = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
  const next = links[Math.min(Math.max(at + step, 0), links.length - 1)];
  if (!next) return;
  next.focus();
  event.preventDefault();
}

/** Only on the link of the row: elsewhere the key has its own meaning. */
function choose(event) {
  const box = event.target.matches("tbody th a") && event.target.closest("tr").querySelector("input[type=checkbox]");
  if (!box) return;
  event.preventDefault();
  box.click();
}
