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

/** Gives the focus to what carries that data-key, if it is there. */
export function focusKey(key, within = document) {
  if (key !== undefined) within.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

/** Replaces the content; the focus stays where it was by its data-key, and tables as far to the side as they were. */
export function show(parent, ...children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  const aside = [...parent.querySelectorAll(".scroll")].map((area) => area.scrollLeft);
  parent.replaceChildren(...children.flat(Infinity).filter(Boolean));
  parent.querySelectorAll(".scroll").forEach((area, i) => aside[i] && (area.scrollLeft = aside[i]));
  focusKey(focused, parent);
}

/** Tells a screen reader. */
export function announce(text) {
  document.getElementById("announcements").textContent = text;
}
