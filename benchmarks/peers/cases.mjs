// The work that every system is given: no-op jobs, counted one by one.

import { setTimeout as sleep } from "node:timers/promises";

import pg from "pg";

export const STAGES = 10;

const STALLED_MS = 60_000;

// Counts what the handlers are called with, and says what a handler has to enqueue next.
class Ledger {
  constructor(jobs, stages) {
    this.jobs = jobs;
    this.stages = stages;
    this.calls = new Uint8Array(jobs * stages);
    this.handled = 0;
    this.waiters = [];
  }

  // Called at the begin of a handler with the job's data; returns the data of the next stage's job,
  // or null after the last one.
  handle({ job, stage }) {
    this.calls[job * this.stages + stage] += 1;
    this.handled += 1;
    const next = stage + 1 < this.stages ? { job, stage: stage + 1 } : null;
    const now = performance.now();
    this.waiters = this.waiters.filter((waiter) => !waiter(now));
    return next;
  }

  // The time at which the handled jobs reached `count`.
  async reached(count) {
    if (this.handled >= count) return performance.now();
    const stalled = new AbortController();
    try {
      return await Promise.race([
        new Promise((resolve) => {
          this.waiters.push((now) => {
            if (this.handled < count) return false;
            resolve(now);
            return true;
          });
        }),
        this.watch(count, stalled.signal),
      ]);
    } finally {
      stalled.abort();
    }
  }

  async watch(count, signal) {
    for (;;) {
      const before = this.handled;
      await sleep(STALLED_MS, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      if (this.handled === before) {
        throw new Error(`stalled: ${this.handled} of ${count} jobs were handled`);
      }
    }
  }

  check() {
    const wrong = this.calls.findIndex((calls) => calls !== 1);
    if (wrong < 0) return;
    const job = Math.floor(wrong / this.stages);
    const stage = wrong % this.stages;
    throw new Error(
      `stage ${stage} of job ${job} was handled ${this.calls[wrong]} times, not once`,
    );
  }
}

const firsts = (from, count) =>
  Array.from({ length: count }, (_, i) => ({ job: from + i, stage: 0 }));

// Waits until the database itself says that nothing waits and nothing is in hand.
async function untilEmpty(system, total) {
  const deadline = performance.now() + STALLED_MS;
  for (;;) {
    const { left, done } = await system.counts();
    const now = performance.now();
    if (left === 0) {
      if (done !== null && done !== total) {
        throw new Error(`the database holds ${done} completed jobs, not ${total}`);
      }
      return now;
    }
    if (now > deadline)
      throw new Error(`${left} of ${total} jobs are not completed in the database`);
    await sleep(2);
  }
}

// Works through jobs that are there beforehand, with connections that are open: when it began, with
// the call that starts the worker, when each of so many equal parts was handled, and when the
// database says that all are completed. `beside` is open meanwhile.
async function workThrough(system, jobs, stages, parts, beside = async () => null) {
  await system.add(firsts(0, jobs));
  const all = jobs * stages;
  const ledger = new Ledger(jobs, stages);
  const start = await system.prepare((data) => ledger.handle(data));
  const other = await beside();
  try {
    const begin = performance.now();
    const reached = Array.from({ length: parts }, (_, i) =>
      ledger.reached(Math.round((all * (i + 1)) / parts)),
    );
    await start();
    const handled = await Promise.all(reached);
    const end = await untilEmpty(system, all);
    ledger.check();
    return { begin, handled, end };
  } finally {
    await other?.end();
  }
}

const rate = (count, from, to) => (count * 1000) / (to - from);

// Completions a second.
async function throughput(system, jobs, stages) {
  const { begin, end } = await workThrough(system, jobs, stages, 1);
  return rate(jobs * stages, begin, end);
}

// Milliseconds from just before the call that adds a job to the begin of its last stage's handler,
// on an idle system, one job at a time. A worker that polls is met at a random moment of its
// interval; others are warmed up with one job.
async function latencies(system, jobs, stages, pollMs) {
  const warmUps = pollMs ? 0 : 1;
  const ledger = new Ledger(warmUps + jobs, stages);
  const start = await system.prepare((data) => ledger.handle(data));
  await start();
  const times = [];
  for (let job = 0; job < warmUps + jobs; job += 1) {
    await sleep(pollMs ? Math.random() * pollMs : 2);
    const begun = ledger.reached((job + 1) * stages);
    const begin = performance.now();
    await system.add(firsts(job, 1));
    times.push((await begun) - begin);
    await untilEmpty(system, (job + 1) * stages);
  }
  ledger.check();
  return times.slice(warmUps);
}

async function enqueue(system, jobs) {
  const begin = performance.now();
  await system.add(firsts(0, jobs));
  const end = performance.now();
  const { left } = await system.counts();
  if (left !== jobs) throw new Error(`the database holds ${left} jobs, not ${jobs}`);
  return (jobs * 1000) / (end - begin);
}

export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = Math.floor(at);
  const high = Math.ceil(at);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}

// The rates of a backlog's tenths, and of all of it.
async function tenths(system, jobs, beside) {
  const { begin, handled } = await workThrough(system, jobs, 1, 10, beside);
  return {
    all: rate(jobs, begin, handled[9]),
    of: handled.map((at, i) => rate(jobs / 10, i > 0 ? handled[i - 1] : begin, at)),
  };
}

// A session whose transaction keeps the database from removing what has died.
async function openTransaction(database) {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  await client.query("begin isolation level repeatable read");
  await client.query("select txid_current()");
  return client;
}

// As `cases`, for settings that say so: a large backlog, alone and beside an old transaction.
export const pressure = {
  backlog: async (system, counts) => {
    const rates = await tenths(system, counts.jobs);
    return {
      "pinned, clean": rates.all,
      "backlog, last tenth, ratio to the second": rates.of[9] / rates.of[1],
    };
  },
  pinned: async (system, counts, pollMs, database) => {
    const rates = await tenths(system, counts.jobs, () => openTransaction(database));
    return { pinned: rates.all, "pinned, tenth 10": rates.of[9] };
  },
};

// Each case returns the figures of one run, by name.
export const cases = {
  transitions: async (system, counts) => ({
    transitions: await throughput(system, counts.chains, STAGES),
  }),
  drain: async (system, counts) => ({ drain: await throughput(system, counts.jobs, 1) }),
  enqueue: async (system, counts) => ({ enqueue: await enqueue(system, counts.enqueue) }),
  latency: async (system, counts, pollMs) => {
    const times = await latencies(system, counts.latency, 1, pollMs);
    return {
      "first handler p50": quantile(times, 0.5),
      "first handler p99": quantile(times, 0.99),
    };
  },
  "ten stages": async (system, counts, pollMs) => ({
    "ten stages p50": quantile(await latencies(system, counts.tenStages, STAGES, pollMs), 0.5),
  }),
};

export const units = {
  transitions: "1/s",
  drain: "jobs/s",
  enqueue: "jobs/s",
  "first handler p50": "ms",
  "first handler p99": "ms",
  "ten stages p50": "ms",
  "pinned, clean": "jobs/s",
  pinned: "jobs/s",
  "pinned, tenth 10": "jobs/s",
  "backlog, last tenth, ratio to the second": "",
};
