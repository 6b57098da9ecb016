/** Drawings, each with a text that says the same. */

import { duration } from "./format.js";
import { h, svg } from "./dom.js";

/** Bars of shares: [{ label, value, tone }]. */
export function shares(parts, label) {
  const whole = parts.reduce((sum, part) => sum + part.value, 0);
  return h(
    "div",
    { class: "shares", role: "img", "aria-label": label },
    parts.filter((part) => part.value > 0).map((part) => h("span", { class: part.tone, title: `${part.label}: ${part.value}`, style: { flexGrow: String(Math.max(part.value / whole, 0.01)) } })),
  );
}

/** How full something is: a bar, and "3 of 10". */
export function meter(value, most, text) {
  return h("span", { class: "meter" }, h("meter", { min: 0, max: Math.max(most, 1), value: Math.min(value, Math.max(most, 1)), "aria-label": text }), ` ${text}`);
}

/** A line of figures over time. */
export function sparkline(values, label) {
  const most = Math.max(...values, 1);
  const points = values.map((value, i) => `${(i / Math.max(values.length - 1, 1)) * 100},${24 - (value / most) * 22}`).join(" ");
  return svg("svg", { class: "sparkline", viewBox: "0 0 100 25", preserveAspectRatio: "none", role: "img", "aria-label": label }, svg("polyline", { points, "vector-effect": "non-scaling-stroke" }));
}

/**
 * Spans of time under each other: rows of { label, spans: [{ from, until, tone, text }] }, in microseconds. A span
 * that is still open has no `until` and ends at `now`. None ends before it begins, whatever clock told the times.
 */
export function gantt(rows, now) {
  const all = rows.flatMap((row) => row.spans);
  if (all.length === 0) return null;
  const endOf = (span) => Math.max(span.until ?? now, span.from);
  const begin = Math.min(...all.map((span) => span.from));
  const end = Math.max(...all.map(endOf), begin + 1);
  const share = (at) => ((at - begin) / (end - begin)) * 100;
  return h(
    "div",
    { class: "gantt" },
    rows.map((row) =>
      h(
        "div",
        { class: "gantt-row" },
        h("span", { class: "gantt-label" }, row.label),
        h(
          "span",
          { class: "gantt-track" },
          row.spans.map((span) => {
            const until = endOf(span);
            const text = `${span.text}: ${duration(until - span.from)}${span.until ? "" : " so far"}`;
            return h("span", {
              class: `gantt-span ${span.tone}`,
              role: "img",
              title: text,
              "aria-label": `${row.label}, ${text}`,
              style: { left: `${share(span.from)}%`, width: `max(2px, ${share(until) - share(span.from)}%)` },
            });
          }),
        ),
      ),
    ),
    h("div", { class: "gantt-row" }, h("span", { class: "gantt-label" }), h("span", { class: "gantt-axis" }, h("span", {}, "0"), h("span", {}, duration((end - begin) / 2)), h("span", {}, duration(end - begin)))),
  );
}
