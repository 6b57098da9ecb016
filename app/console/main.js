/** The frame of the console: whose session it is, which page is open, how old the picture is, the keys. */

import * as api from "./lib/api.js";
import { announce, focusIn, focusKey, h, show } from "./lib/dom.js";
import { ask, closeDialogs, notify, problemText } from "./lib/dialog.js";
import { duration } from "./lib/format.js";
import { heldBy } from "./lib/hand.js";
import { EventFeed, Refresher } from "./lib/live.js";
import * as about from "./pages/about.js";
import * as actors from "./pages/actors.js";
import * as documents from "./pages/documents.js";
import * as document_ from "./pages/document.js";
import * as events from "./pages/events.js";
import * as job from "./pages/job.js";
import * as jobs from "./pages/jobs.js";
import * as overview from "./pages/overview.js";
import * as runtimes from "./pages/runtimes.js";
import * as schedules from "./pages/schedules.js";
import * as search from "./pages/search.js";
import * as services from "./pages/services.js";
import * as stages from "./pages/stages.js";
import * as tenants from "./pages/tenants.js";
import * as tokens from "./pages/tokens.js";

const pages = [
  ["overview", "Overview", overview],
  ["jobs", "Jobs", jobs],
  ["stages", "Stages", stages],
  ["events", "Events", events],
  ["schedules", "Schedules", schedules],
  ["tenants", "Tenants", tenants],
  ["services", "Services", services],
  ["actors", "Actors", actors],
  ["runtimes", "Runtimes", runtimes],
  ["documents", "Documents", documents],
  ["search", "Search", search],
  ["tokens", "Tokens", tokens, "admin"],
  ["about", "About", about],
];
/** Pages of one thing, by the list that they belong to. */
const details = { jobs: job, documents: document_ };

const header = document.getElementById("header");
const main = document.getElementById("main");
const freshness = h("span", { class: "freshness" });
let open = null;
/** What the page has read last; null where it reads nothing. `at` is by performance.now(). */
let seen = null;
const stillFresh = 8000;

/** "#/jobs/17?state=queued" as { name: "jobs", id: "17", parameters: { state: "queued" } }. */
function place() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [name, id = ""] = path.split("/").map(decoded);
  return { name: name || "overview", id, parameters: Object.fromEntries(new URLSearchParams(query)) };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    // An address that was typed may have a % that begins nothing.
    return text;
  }
}

const hash = (name, id, parameters) => `#${api.address(`/${name}${id ? `/${encodeURIComponent(id)}` : ""}`, parameters)}`;

/** What a page uses of the frame; all of it ends when another page opens. */
function toolsOf({ name, id, parameters }) {
  const running = [];
  let isOver = false;
  return {
    id,
    parameters,
    /** Reads again and again; the header says how old the picture is. */
    live(read) {
      seen = { at: performance.now(), isRead: false, failure: null };
      const refresher = new Refresher(read, (state) => {
        sayChange(state.failure);
        seen = state.ok ? { at: state.at, isRead: true, failure: null } : { ...seen, failure: state.failure };
        showFreshness();
      });
      running.push(refresher);
      return refresher;
    },
    feed(filter, handlers) {
      const feed = new EventFeed(filter, handlers);
      running.push(feed);
      return feed;
    },
    /** Puts parameters into the address: undefined or "" takes one out. */
    set(changes) {
      location.hash = hash(name, id, { ...parameters, ...changes });
    },
    /** Another page is open. */
    isOver: () => isOver,
    end() {
      isOver = true;
      for (const task of running) task.end();
    },
  };
}

let shownName = "";

function showPage() {
  const at = place();
  const found = pages.find(([name]) => name === at.name);
  const entry = found && (!found[3] || api.may(found[3])) ? found : null;
  const isDetail = Boolean(entry && at.id && details[at.name]);
  const page = isDetail ? details[at.name] : entry?.[2];
  const title = isDetail ? page.title(at.id) : (entry?.[1] ?? "There is no such page");
  const hadFocus = main.contains(document.activeElement);
  const focused = focusIn(main);
  const isSame = shownName === at.name;
  shownName = at.name;
  open?.end();
  open = toolsOf(at);
  seen = null;
  show(main);
  document.title = `${title} – millrace`;
  announce(title);
  for (const link of header.querySelectorAll("nav a")) {
    if (link.dataset.page === at.name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (page) page.open(main, open);
  else show(main, h("h1", {}, title), h("p", {}, h("a", { href: "#/overview" }, "Go to the overview.")));
  showFreshness();
  // A page may have given the focus to a field of its own.
  if (!hadFocus || (document.activeElement !== document.body && document.activeElement !== main)) return;
  if (isSame) focusKey(focused, main);
  if (document.activeElement === document.body) main.focus({ preventScroll: true });
}

const isStale = () => Boolean(seen) && (Boolean(seen.failure) || performance.now() - seen.at > stillFresh);

const failureText = (failure) => (failure instanceof api.Unreachable ? "The server does not answer" : problemText(failure));

/** A screen reader hears when it begins to fail and when it goes on, not each second how old the picture is. */
function sayChange(failure) {
  if (failure && (!seen.failure || failureText(failure) !== failureText(seen.failure))) announce(failureText(failure));
  if (!failure && seen.failure) announce("The server answers again.");
}

function freshnessText() {
  if (!seen) return "";
  const past = performance.now() - seen.at;
  const updated = past < 1000 ? "last updated just now" : `last updated ${duration(Math.floor(past / 1000) * 1e6)} ago`;
  const picture = seen.isRead ? updated : "nothing is read yet";
  if (seen.failure) return `${failureText(seen.failure)}: ${picture}`;
  if (!seen.isRead) return "loading";
  if (!isStale()) return "live";
  return heldBy() ? `${picture}, for ${heldBy()}` : picture;
}

function showFreshness() {
  main.classList.toggle("stale", isStale());
  const tone = !seen ? "" : seen.failure ? "bad" : isStale() ? "warns" : seen.isRead ? "well" : "waits";
  const text = freshnessText();
  freshness.className = `freshness ${tone}`;
  if (freshness.textContent !== text) freshness.textContent = text;
}

const themes = ["auto", "light", "dark"];
function setTheme(theme) {
  localStorage.setItem("theme", theme);
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

function showHeader() {
  const theme = h("button", {
    class: "quiet",
    onclick: () => {
      setTheme(themes[(themes.indexOf(localStorage.getItem("theme") ?? "auto") + 1) % themes.length]);
      theme.textContent = `Theme: ${localStorage.getItem("theme")}`;
    },
  }, `Theme: ${localStorage.getItem("theme") ?? "auto"}`);
  const bound = [api.session.owner && `owner ${api.session.owner}`, api.session.tenant && `tenant ${api.session.tenant}`, api.session.pipeline && `pipeline ${api.session.pipeline}`].filter(Boolean).join(", ");
  show(
    header,
    h("a", { class: "brand", href: "#/overview" }, "millrace"),
    h("nav", { "aria-label": "Pages" }, pages.filter((page) => !page[3] || api.may(page[3])).map(([name, title]) => h("a", { href: `#/${name}`, "data-page": name }, title))),
    freshness,
    h("span", { class: "person" }, `${api.session.name} (${api.session.role}${bound ? `; ${bound}` : ""})`),
    h("button", { class: "quiet", onclick: help, title: "Keys (?)" }, "Keys"),
    theme,
    h("button", { class: "quiet", onclick: signOut }, "Sign out"),
  );
}

async function signOut() {
  try {
    await api.remove("/v1/session");
  } catch (failure) {
    // A reload would be signed in again.
    if (failure.status !== 401) {
      notify(`You are still signed in: ${problemText(failure)}`);
      return;
    }
  }
  showSignIn("You are signed out.");
}

function showSignIn(text) {
  open?.end();
  open = null;
  seen = null;
  shownName = "";
  documents.forget();
  overview.forget();
  closeDialogs();
  showFreshness();
  show(header, h("span", { class: "brand" }, "millrace"));
  const problem = h("p", { class: "problem", role: "alert" }, text);
  const token = h("input", { id: "token", type: "password", required: true, autocomplete: "off" });
  show(
    main,
    h(
      "form",
      {
        class: "sign-in",
        onsubmit: async (event) => {
          event.preventDefault();
          try {
            await api.post("/v1/session", {}, { token: token.value.trim() });
            await begin();
          } catch (failure) {
            problem.textContent = problemText(failure);
            token.select();
          }
        },
      },
      h("h1", {}, "Sign in"),
      h("p", {}, "On the machine of the runtime, ", h("code", {}, "millrace console"), " opens this page signed in. From elsewhere, use a token that ", h("code", {}, "millrace token create"), " has made."),
      h("label", { for: "token" }, "Token"),
      token,
      problem,
      h("button", { type: "submit", class: "primary" }, "Sign in"),
    ),
  );
  token.focus();
}

function help() {
  const keys = [
    ["1 to 9", "the first nine pages, in their order"],
    ["↑ ↓ or k j", "move in a table"],
    ["Enter", "open what has the focus"],
    ["Space", "choose the row whose link has the focus"],
    ["/", "to the first filter"],
    ["p", "pause a stage, or resume it (on its page)"],
    ["r R m c", "retry, replay, move, cancel (on the page of a job)"],
    ["f", "freeze the picture, or go on"],
    ["Esc", "back"],
    ["?", "this help"],
  ];
  ask({ title: "Keys", text: h("dl", { class: "keys" }, keys.map(([key, text]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, text)])), yes: "Close", only: true });
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") || event.target.matches("input, select, textarea")) {
    if (event.key === "Escape" && event.target.matches("input, select, textarea")) event.target.blur();
    return;
  }
  const shown = pages.filter((page) => !page[3] || api.may(page[3]));
  if (/^[1-9]$/.test(event.key) && shown[event.key - 1]) location.hash = `#/${shown[event.key - 1][0]}`;
  else if (event.key === "?") help();
  else if (event.key === "/") main.querySelector("form.filters input, form.filters select, input[type=search]")?.focus();
  else if (event.key === "Escape" && place().id) history.back();
  else main.querySelector(`button[data-shortcut="${CSS.escape(event.key)}"]`)?.click();
  if (event.key === "/") event.preventDefault();
}

async function begin() {
  Object.assign(api.session, await api.get("/v1/session"));
  showHeader();
  showPage();
}

/** The secret of a link that `millrace console` made; the address keeps it no longer than it is needed. */
const signInLink = () => /^#link=(\w+)$/.exec(location.hash)?.[1];

async function start() {
  setTheme(localStorage.getItem("theme") ?? "auto");
  const link = signInLink();
  if (link) history.replaceState(null, "", "#/overview");
  let refused = "";
  try {
    if (link) refused = await useLink(link);
    await begin();
  } catch (failure) {
    if (failure.status === 401) showSignIn(refused);
    else
      show(
        main,
        h("h1", {}, "The console cannot start"),
        h("p", { class: "problem", role: "alert" }, problemText(failure)),
        h("button", { type: "button", onclick: start }, "Try again"),
      );
  }
}

/** Why it does not sign in; empty when it does. A session that is there already goes on. */
async function useLink(link) {
  try {
    await api.post("/v1/session", {}, { link });
    return "";
  } catch (failure) {
    if (failure.status !== 401) throw failure;
    return "This link was used, or is too old. Run `millrace console` again.";
  }
}

addEventListener("hashchange", () => {
  if (signInLink()) start();
  else if (open) showPage();
});
addEventListener("signed-out", () => open && showSignIn("The session has ended: sign in again."));
addEventListener("keydown", onKey);
// Its address would be taken for the one of a page.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
setInterval(showFreshness, 1000);
start();
