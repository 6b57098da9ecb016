/** The server's time: ages are told by it, for the clock of this machine may be wrong. */

/** Of a slower answer it is not known when in that time the server looked at its clock. */
const longestAnswer = 2000;

let ahead = 0;

/** Follows the header Date, which has whole seconds, of an answer that took so many milliseconds. */
export function follow(date, took) {
  const told = Date.parse(date);
  if (Number.isNaN(told) || took > longestAnswer) return;
  const here = Date.now() - took / 2;
  // Less than the rounding is no difference.
  if (Math.abs(told + 500 - here - ahead) > 1500) ahead = told + 500 - here;
}

export const now = () => Date.now() + ahead;
