import { Logger, makeWorkerUtils, run } from "graphile-worker";

import { inBatches, oneByOne, openPool } from "./common.mjs";

export const name = "graphile-worker";

export const settings = [
  {
    name: "default",
    says: "concurrentJobs 1, no batching; addJob, one awaited call a job",
    worker: {},
    bulk: false,
    share: { jobs: 0.05, chains: 0.05 },
  },
  {
    name: "fast",
    says:
      "concurrentJobs 24, maxPoolSize 25, localQueue size 500, completeJobBatchDelay 0, " +
      "failJobBatchDelay 0; addJobs, 1,000 jobs a call",
    worker: {
      concurrentJobs: 24,
      maxPoolSize: 25,
      localQueue: { size: 500 },
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
    },
    bulk: true,
    pressure: true,
    share: { jobs: 1, chains: 0.25 },
  },
];

const identifier = "stage";

export async function open(setting, { database }) {
  const size = setting.worker.maxPoolSize ?? 10;
  const pgPool = await openPool({ connectionString: database, max: size });
  const logger = new Logger(() => () => {});
  const utils = await makeWorkerUtils({ pgPool, logger });
  await utils.migrate();
  let runner = null;

  const addOne = (payload) => utils.addJob(identifier, payload);
  const addMany = (batch) => utils.addJobs(batch.map((payload) => ({ identifier, payload })));

  return {
    add: (jobs) =>
      setting.bulk && jobs.length > 1 ? inBatches(jobs, addMany) : oneByOne(jobs, addOne),

    async prepare(handle) {
      const taskList = {
        [identifier]: async (payload, helpers) => {
          const next = handle(payload);
          if (next) await helpers.addJob(identifier, next);
        },
      };
      return async () => {
        runner = await run({
          preset: { worker: setting.worker },
          pgPool,
          logger,
          noHandleSignals: true,
          parsedCronItems: [],
          taskList,
        });
      };
    },

    // A completed job is deleted.
    async counts() {
      const { rows } = await pgPool.query("select count(*)::int as left from graphile_worker.jobs");
      return { left: rows[0].left, done: null };
    },

    async close() {
      await runner?.stop();
      await utils.release();
      await pgPool.end();
    },
  };
}
