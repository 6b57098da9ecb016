import pg from "pg";
import { PgBoss } from "pg-boss";

import { inBatches, oneByOne } from "./common.mjs";

export const name = "pg-boss";

const batches = { batchSize: 500, burstWhenBatchFull: true };

export const settings = [
  {
    name: "default",
    says: "batchSize 1, polls every 2 s; send, one awaited call a job",
    work: {},
    notify: false,
    bulk: false,
    pollMs: 2000,
    share: { jobs: 1, chains: 1 },
    most: { jobs: 5, chains: 1, enqueue: 1000, latency: 5, tenStages: 1, runs: 3 },
  },
  {
    name: "fast",
    says:
      "batchSize 500, burstWhenBatchFull, LISTEN/NOTIFY; insert, 1,000 jobs a call; " +
      "a batch's next stage in one insert",
    work: batches,
    notify: true,
    bulk: true,
    pressure: true,
    share: { jobs: 1, chains: 1 },
  },
  {
    name: "fast, transactional",
    says: "as fast, and what a handler inserts commits with the completion of its batch",
    work: { ...batches, transactional: true },
    notify: true,
    bulk: true,
    share: { jobs: 1, chains: 1 },
  },
];

const queue = "stage";

export async function open(setting, { database }) {
  const boss = new PgBoss({ connectionString: database, useListenNotify: setting.notify });
  let failure = null;
  boss.on("error", (error) => {
    failure ??= error;
  });
  await boss.start();
  await boss.createQueue(queue, { notify: setting.notify });
  const checker = new pg.Client({ connectionString: database });
  await checker.connect();

  const addOne = (data) => boss.send(queue, data);
  const insert = (batch, options) =>
    boss.insert(
      queue,
      batch.map((data) => ({ data })),
      options,
    );

  return {
    add: (jobs) =>
      setting.bulk && jobs.length > 1
        ? inBatches(jobs, (batch) => insert(batch))
        : oneByOne(jobs, addOne),

    async prepare(handle) {
      const handler = async (jobs, tx) => {
        const next = jobs.map(({ data }) => handle(data)).filter((data) => data !== null);
        if (next.length === 0) return;
        if (setting.bulk) await insert(next, tx ? { db: tx } : {});
        else await oneByOne(next, addOne);
      };
      return () => boss.work(queue, setting.work, handler);
    },

    // A completed job stays in the table.
    async counts() {
      if (failure) throw failure;
      const { rows } = await checker.query(
        "select count(*) filter (where state <> 'completed')::int as left, " +
          "count(*) filter (where state = 'completed')::int as done " +
          "from pgboss.job where name = $1",
        [queue],
      );
      return rows[0];
    },

    async close() {
      await boss.stop({ graceful: true, timeout: 5000 });
      await checker.end();
    },
  };
}
