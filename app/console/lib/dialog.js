/** Questions before an order, and what became of it. */

import { announce, focusKey, h, keyOf } from "./dom.js";

/** A problem as a paragraph: what happened, why, what next. */
export function problemText(failure) {
  const detail = failure.detail ? ` ${sentence(failure.detail)}` : "";
  const next = failure.next ? ` Next: ${sentence(failure.next)}` : "";
  return `${sentence(failure.message)}${detail}${next}`;
}

/** What the API says begins in lower case and has no full stop. */
export const sentence = (text) => {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
};

/**
 * Asks, and gives the order when the answer is yes. `fields`: [{ name, label, value, choices, type, required, help }].
 * `order(values)` may throw, which the dialog shows; what it answers, if that is a text, is announced. While it runs
 * the button says `meanwhile`. True when the order was given; the answer comes when dialog and order have both ended.
 * With `only` there is nothing to refuse: the one button closes.
 */
export function ask({ title, text, fields = [], yes, meanwhile = yes, danger = false, only = false, order = () => {} }) {
  const before = keyOf(document.activeElement);
  return new Promise((resolve) => {
    const problem = h("p", { class: "problem", role: "alert" });
    const inputs = fields.map(input);
    const submit = h("button", { type: "submit", class: danger ? "danger" : "primary" }, yes);
    const cancel = h("button", { type: "button", onclick: () => dialog.close() }, "Cancel");
    let done = false;
    let busy = false;
    const setBusy = (value) => {
      busy = value;
      submit.disabled = value;
      cancel.disabled = value;
      submit.textContent = value ? meanwhile : yes;
    };
    const give = async (event) => {
      event.preventDefault();
      // One click, one order.
      if (busy) return;
      const values = Object.fromEntries(inputs.map(({ name, control }) => [name, control.type === "checkbox" ? control.checked : control.value.trim()]));
      const focused = document.activeElement;
      problem.textContent = "";
      setBusy(true);
      let said = "";
      try {
        said = await order(values);
        done = true;
      } catch (failure) {
        // A browser may close a dialog whatever the page says, and the session may have ended.
        if (dialog.open) problem.textContent = problemText(failure);
        else said = problemText(failure);
      }
      setBusy(false);
      if (done) dialog.close();
      else if (dialog.open) focused.focus();
      // What is behind an open dialog is not read out.
      if (said && typeof said === "string") notify(said);
      if (!dialog.isConnected) resolve(done);
    };
    const dialog = h(
      "dialog",
      { "aria-labelledby": "dialog-title", oncancel: (event) => busy && event.preventDefault() },
      h(
        "form",
        { onsubmit: give },
        h("h2", { id: "dialog-title" }, title),
        text ? h(typeof text === "string" ? "p" : "div", {}, text) : null,
        inputs.map(({ label }) => label),
        problem,
        h("div", { class: "buttons" }, only ? null : cancel, submit),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      // What asked may have been drawn again meanwhile.
      if (document.activeElement === document.body) focusKey(before);
      if (!busy) resolve(done);
    });
    document.body.append(dialog);
    dialog.showModal();
    (inputs[0]?.control ?? (danger ? cancel : submit)).focus();
  });
}

/** Closes what is open without an answer: it belongs to a session that has ended. */
export function closeDialogs() {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
}

/** What must be read before one goes on: it stays until it is closed. */
export const tell = (title, text) => ask({ title, text, yes: "Close", only: true });

function input({ name, label, value = "", choices, type = "text", required = false, help }) {
  const id = `field-${name}`;
  const common = { id, required, "aria-describedby": help ? `${id}-help` : undefined };
  const control = choices
    ? h("select", common, choices.map((choice) => h("option", { value: choice, selected: choice === value }, choice || "–")))
    : type === "checkbox"
      ? h("input", { ...common, type, checked: Boolean(value) })
      : h("input", { ...common, type, value, autocomplete: "off", spellcheck: "false" });
  return {
    name,
    control,
    label: h("div", { class: "field" }, h("label", { for: id }, label), control, help ? h("small", { id: `${id}-help` }, help) : null),
  };
}

const notes = h("div", { class: "notes" });

/** Says for some seconds what became of an order. */
export function notify(text) {
  announce(text);
  const note = h("div", { class: "note" }, text);
  if (!notes.isConnected) document.body.append(notes);
  notes.append(note);
  setTimeout(() => note.remove(), 6000);
}
