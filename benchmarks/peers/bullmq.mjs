import { createPostgresBackend, Queue, runMigrations, Worker } from "bullmq";
import { Redis } from "ioredis";

import { inBatches, oneByOne, openPool } from "./common.mjs";

export const name = "BullMQ";

const byDefault = {
  says: "concurrency 1; add, one awaited call a job",
  concurrency: 1,
  bulk: false,
};

const fast = (concurrency) => ({
  says: `concurrency ${concurrency}, removeOnComplete; addBulk, 1,000 jobs a call`,
  concurrency,
  bulk: true,
});

const onRedisServer = (appendfsync, shareByDefault) => [
  {
    ...byDefault,
    name: `default, Redis appendfsync ${appendfsync}`,
    server: appendfsync,
    share: { jobs: shareByDefault, chains: shareByDefault },
  },
  {
    ...fast(50),
    name: `fast, Redis appendfsync ${appendfsync}`,
    server: appendfsync,
    share: { jobs: 1, chains: 1 },
  },
];

export const settings = [
  ...onRedisServer("everysec", 0.5),
  ...onRedisServer("always", 0.1),
  {
    ...byDefault,
    name: "default, PostgreSQL",
    server: "postgres",
    share: { jobs: 0.1, chains: 0.1 },
  },
  {
    ...fast(8),
    name: "fast, PostgreSQL",
    server: "postgres",
    share: { jobs: 0.25, chains: 0.25 },
  },
];

const queueName = "stage";

async function onRedis(url) {
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  await redis.flushall();
  return { connection: redis, backend: [], end: () => redis.quit() };
}

async function onPostgres(database) {
  const pool = await openPool({
    connectionString: database,
    max: 10,
    options: "-c search_path=bullmq,public",
  });
  const client = await pool.connect();
  try {
    await runMigrations(client);
  } finally {
    client.release();
  }
  return { connection: pool, backend: [createPostgresBackend], end: () => pool.end() };
}

export async function open(setting, place) {
  const { connection, backend, end } =
    setting.server === "postgres"
      ? await onPostgres(place.database)
      : await onRedis(place.redis[setting.server]);
  const options = setting.bulk ? { removeOnComplete: true } : {};
  const queue = new Queue(queueName, { connection, defaultJobOptions: options }, ...backend);
  await queue.waitUntilReady();
  let worker = null;
  let failure = null;

  const addOne = (data) => queue.add("job", data);
  const addMany = (batch) => queue.addBulk(batch.map((data) => ({ name: "job", data })));

  return {
    add: (jobs) =>
      setting.bulk && jobs.length > 1 ? inBatches(jobs, addMany) : oneByOne(jobs, addOne),

    async prepare(handle) {
      const processor = async ({ data }) => {
        const next = handle(data);
        if (next) await addOne(next);
      };
      worker = new Worker(
        queueName,
        processor,
        { connection, concurrency: setting.concurrency, autorun: false },
        ...backend,
      );
      worker.on("error", (error) => {
        failure ??= error;
      });
      worker.on("failed", (_job, error) => {
        failure ??= error;
      });
      await worker.waitUntilReady();
      return async () => {
        worker.run().catch((error) => {
          failure ??= error;
        });
      };
    },

    // The default keeps completed jobs, removeOnComplete does not.
    async counts() {
      if (failure) throw failure;
      const { completed, ...others } = await queue.getJobCounts();
      const left = Object.values(others).reduce((sum, count) => sum + count, 0);
      return { left, done: setting.bulk ? null : completed };
    },

    async close() {
      await worker?.close();
      await queue.close();
      await end();
    },
  };
}
