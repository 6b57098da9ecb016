/** Whether the pointer is down, or text is selected: what is drawn again then takes both away. */

/** A press that no event ends, as on a scroll bar. */
const longestPress = 10000;
const betweenLooks = 100;

let pressedAt = null;
const press = () => (pressedAt = performance.now());
const release = () => (pressedAt = null);

addEventListener("pointerdown", press, true);
addEventListener("pointerup", release, true);
addEventListener("pointercancel", release, true);
addEventListener("pointermove", (event) => event.buttons === 0 && release(), true);
addEventListener("blur", release);

function isSelected() {
  const selection = document.getSelection();
  return Boolean(selection?.rangeCount) && !selection.isCollapsed && selection.getRangeAt(0).intersectsNode(document.getElementById("main"));
}

/** "text is selected", "the pointer is down", or empty. */
export function heldBy() {
  if (isSelected()) return "text is selected";
  return pressedAt !== null && performance.now() - pressedAt < longestPress ? "the pointer is down" : "";
}

/** Until the page may be drawn again; throws where the signal says that it is not wanted now. */
export async function handIsFree(signal) {
  while (heldBy() && !signal?.aborted) await new Promise((resolve) => setTimeout(resolve, betweenLooks));
  signal?.throwIfAborted();
}
