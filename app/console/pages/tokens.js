/** Tokens for the API, and what each may do. */

import * as api from "../lib/api.js";
import { now } from "../lib/clock.js";
import { h, show } from "../lib/dom.js";
import { ask, problemText } from "../lib/dialog.js";
import { table } from "../lib/table.js";
import { badge, when } from "../lib/words.js";

export const title = "Tokens";

const roles = [
  ["viewer", "sees jobs, events, runtimes and figures"],
  ["submitter", "also makes jobs"],
  ["operator", "also changes jobs, stages and runtimes"],
  ["admin", "also makes and revokes tokens"],
];

export function open(main, tools) {
  const list = h("div");
  const make = h("button", { type: "button", class: "primary", onclick: () => create(() => refresher.poke()) }, "Make a token");
  show(main, h("div", { class: "row" }, h("h1", {}, title), api.may("admin") ? make : null), list);
  const refresher = tools.live(async (signal) => {
    try {
      const { tokens } = await api.get("/v1/tokens", {}, signal);
      show(list, tokenTable(tokens, () => refresher.poke()));
    } catch (failure) {
      if (failure.status !== 403) throw failure;
      show(list, h("p", { class: "problem" }, problemText(failure)));
    }
  });
}

function tokenTable(tokens, poke) {
  const columns = [
    { title: "Name", cell: (token) => token.name },
    { title: "Role", cell: (token) => h("span", { title: `It ${roleText(token.role)}.` }, token.role) },
    { title: "Bound to", cell: boundTo },
    { title: "Made", cell: (token) => when(token.created_at) },
    { title: "Made by", cell: (token) => token.created_by, wide: true },
    { title: "Ends", cell: endOf },
  ];
  if (api.may("admin")) columns.push({ title: "Order", cell: (token) => revokeButton(token, poke) });
  return table({
    caption: "Tokens",
    columns,
    rows: tokens,
    key: (token) => token.name,
    empty: "There are no tokens yet. Make one for each program and each person that uses the API, with the lowest role that suffices.",
  });
}

const roleText = (role) => roles.find(([name]) => name === role)?.[1] ?? "";

function endOf(token) {
  if (!token.expires_at) return "never";
  const isOver = Date.parse(token.expires_at) <= now();
  return [when(token.expires_at), " ", isOver ? badge("expired") : null];
}

function revokeButton(token, poke) {
  return h(
    "button",
    {
      type: "button",
      class: "danger",
      "data-key": `revoke-${token.name}`,
      "aria-label": `Revoke ${token.name}`,
      onclick: () => revoke(token, poke),
    },
    "Revoke",
  );
}

function boundTo(token) {
  const parts = ["owner", "tenant", "pipeline"].filter((name) => token[name]).map((name) => `${name} ${token[name]}`);
  return parts.join(", ") || "nothing";
}

async function create(poke) {
  let made = null;
  await ask({
    title: "Make a token",
    text: h("ul", {}, roles.map(([role, text]) => h("li", {}, h("strong", {}, role), ` ${text}`))),
    fields: [
      { name: "name", label: "Name", required: true, help: "Of the program or person that uses it. Events of its orders show it." },
      { name: "role", label: "Role", choices: roles.map(([role]) => role), value: "viewer" },
      { name: "owner", label: "Bound to the owner", help: "Reaches the documents of this owner only. Empty: of all." },
      { name: "tenant", label: "Bound to the tenant", help: "Empty: not bound." },
      { name: "pipeline", label: "Bound to the pipeline", help: "Empty: not bound." },
      { name: "expires", label: "Valid for", help: "Such as 30d or 12h. Empty: until it is revoked." },
    ],
    yes: "Make the token",
    order: async (values) => {
      made = await api.post("/v1/tokens", values);
      poke();
    },
  });
  if (made) await showSecret(made);
}

function showSecret({ token, secret }) {
  const field = h("input", { type: "text", readonly: true, value: secret, "aria-label": "Secret", onfocus: () => field.select() });
  const said = h("span", { role: "status" });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(secret);
      said.textContent = "Copied.";
    } catch {
      // A page that came over plain HTTP from elsewhere has no clipboard.
      field.select();
      said.textContent = "The browser does not let this page copy. Copy the selected text with the keyboard.";
    }
  };
  return ask({
    title: `The secret of ${token.name}`,
    text: h(
      "div",
      {},
      h("p", {}, "Copy it now: the server keeps only its digest and does not show it again."),
      h("div", { class: "field" }, field),
      h("div", { class: "row" }, h("button", { type: "button", onclick: copy }, "Copy"), said),
    ),
    yes: "Close",
    only: true,
  });
}

function revoke(token, poke) {
  const own = token.name === api.session.name ? " You are signed in with it: your session ends, too." : "";
  return ask({
    title: `Revoke the token ${token.name}?`,
    text: `All servers on the database refuse it from then on, and this cannot be undone. Programs that use it need another one.${own}`,
    yes: "Revoke the token",
    danger: true,
    order: async () => {
      await api.remove(`/v1/tokens/${encodeURIComponent(token.name)}`);
      poke();
      return `The token ${token.name} is revoked.`;
    },
  });
}
