/** The server's time: ages are told by it, for the clock of this machine may be wrong. */

let ahead = 0;

/** Follows the header Date of an answer, which has whole seconds. */
export function follow(date, asked) {
  const told = Date.parse(date);
  if (Number.isNaN(told)) return;
  const here = (asked + Date.now()) / 2;
  // Less than the rounding is no difference.
  if (Math.abs(told + 500 - here - ahead) > 1500) ahead = told + 500 - here;
}

export const now = () => Date.now() + ahead;
