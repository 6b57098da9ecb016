/** Elements of the page. Text is always set as text: nothing that a job says becomes markup. */

const SVG = "http://www.w3.org/2000/svg";

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    // The policy of the page refuses style attributes.
    else if (name === "style") Object.assign(element.style, value);
    else if (name === "value" || name === "checked") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** An element: h("a", { href: "#/jobs", class: "quiet", onclick: f }, "Jobs", h("b", {}, 3)). */
export function h(tag, properties, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** The same, of a drawing. */
export function svg(tag, properties, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

/** What names an element after it is drawn again: its data-key, or its tag with its label, name or text. */
export function keyOf(element) {
  if (!element || element === document.body) return undefined;
  if (element.dataset.key !== undefined) return `key ${element.dataset.key}`;
  return `${element.localName} ${element.getAttribute("aria-label") ?? (element.name || element.textContent.trim())}`;
}

/** Gives the focus to what has that key, if it is there. */
export function focusKey(key, within = document) {
  if (key === undefined) return;
  const all = [...within.querySelectorAll("a, button, input, select, textarea, summary, [tabindex]")];
  all.find((element) => keyOf(element) === key)?.focus({ preventScroll: true });
}

/** The key of what has the focus in there. */
export const focusIn = (parent) =>
  parent !== document.activeElement && parent.contains(document.activeElement) ? keyOf(document.activeElement) : undefined;

/** Replaces the content; the focus stays where it was by its key, and tables as far to the side as they were. */
export function show(parent, ...children) {
  const focused = focusIn(parent);
  const aside = [...parent.querySelectorAll(".scroll")].map((area) => area.scrollLeft);
  parent.replaceChildren(...children.flat(Infinity).filter(Boolean));
  parent.querySelectorAll(".scroll").forEach((area, i) => aside[i] && (area.scrollLeft = aside[i]));
  focusKey(focused, parent);
}

/** Names with their values: [[name, value]]. */
export const facts = (list) => h("dl", { class: "facts" }, list.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));

/** Tells a screen reader. */
export function announce(text) {
  document.getElementById("announcements").textContent = text;
}
