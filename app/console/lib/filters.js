/** The filters of a page, which stand in its address. */

import { h } from "./dom.js";

/**
 * fields: [[name, label, type]] of inputs; `first` stands before them. What is set is put into the address together
 * with `reset`, the parameters of a place in the list; `clear` is the address without filters.
 */
export function filterForm({ fields, tools, reset = {}, clear, first = null }) {
  const input = ([name, label, type = "search"]) =>
    h("label", {}, h("span", {}, label), h("input", { name, type, value: tools.parameters[name] ?? "", spellcheck: "false", autocomplete: "off" }));
  return h(
    "form",
    {
      class: "filters",
      onsubmit: (event) => {
        event.preventDefault();
        tools.set({ ...reset, ...Object.fromEntries(new FormData(event.target)) });
      },
    },
    first,
    fields.map(input),
    h("button", { type: "submit" }, "Show"),
    h("a", { href: clear }, "Clear"),
  );
}
