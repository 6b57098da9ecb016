/** Documents as they came: a number of JavaScript has fewer digits than one of JSON may have. */

const isExact = typeof JSON.rawJSON === "function";

/** A number that would be written otherwise stays the text that it was, where the browser knows that text. */
const asItCame = (key, value, context) =>
  typeof value === "number" && context?.source !== undefined && String(value) !== context.source ? JSON.rawJSON(context.source) : value;

/** The members of a document as indented texts; null for null. */
export function textsOf(text, names) {
  const document = isExact ? JSON.parse(text, asItCame) : JSON.parse(text);
  return names.map((name) => (document[name] === null || document[name] === undefined ? null : JSON.stringify(document[name], null, 2)));
}
