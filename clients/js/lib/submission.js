/** A job to submit, where a payload alone does not say enough. */
export class NewJob {
  constructor(payload = null, said = {}) {
    Object.assign(this, { payload, ...said });
  }
}

export function toMoment(at) {
  return at instanceof Date ? at.toISOString() : at;
}

const members = ["priority", "unique", "correlation", "tenant", "tags", "traceparent"];

export function toLine(job) {
  const { payload, at, ...said } = job instanceof NewJob ? job : { payload: job };
  // Always with the member `payload`: a payload may have a member of that name itself.
  const line = { payload: payload ?? null };
  for (const name of members) if (said[name] !== undefined && said[name] !== null) line[name] = said[name];
  if (said.concurrencyKey) line.concurrency_key = said.concurrencyKey;
  if (at !== undefined && at !== null) line.at = toMoment(at);
  return JSON.stringify(line);
}

/** NDJSON of so many lines and bytes at most; a line that is longer stands alone. */
export async function* batches(jobs, mostJobs, mostBytes) {
  const encoder = new TextEncoder();
  let lines = [];
  let size = 0;
  for await (const job of jobs) {
    const line = toLine(job);
    const length = encoder.encode(line).length + 1;
    if (lines.length > 0 && (lines.length === mostJobs || size + length > mostBytes)) {
      yield lines.join("\n");
      [lines, size] = [[], 0];
    }
    lines.push(line);
    size += length;
  }
  if (lines.length > 0) yield lines.join("\n");
}

/** 128 random bits. Browsers have randomUUID() on secure pages only, Node 18 no global crypto. */
export function randomKey() {
  const numbers = new Uint32Array(4);
  if (globalThis.crypto) globalThis.crypto.getRandomValues(numbers);
  else numbers.forEach((_, i) => (numbers[i] = Math.random() * 2 ** 32));
  return Array.from(numbers, (number) => number.toString(16).padStart(8, "0")).join("");
}
