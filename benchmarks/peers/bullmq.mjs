import { createPostgresBackend, Queue, runMigrations, Worker } from "bullmq";
import { Redis } from "ioredis";
import pg from "pg";

import { inBatches, oneByOne, warm } from "./common.mjs";

export const name = "BullMQ";

const usual = { says: "concurrency 1; add, one awaited call a job", concurrency: 1, bulk: false };
const fast = {
  says: "concurrency 50, removeOnComplete; addBulk, 1,000 jobs a call",
  concurrency: 50,
  bulk: true,
};

export const settings = [
  { ...usual, name: "default, appendfsync everysec", server: "everysec" },
  { ...fast, name: "fast, appendfsync everysec", server: "everysec" },
  { ...usual, name: "default, appendfsync always", server: "always" },
  { ...fast, name: "fast, appendfsync always", server: "always" },
  { ...usual, name: "default, on PostgreSQL", server: "postgres" },
  { ...fast, name: "fast, on PostgreSQL", server: "postgres" },
];

const queueName = "stage";

async function onRedis(url) {
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  await redis.flushall();
  return { connection: redis, backend: [], end: () => redis.quit() };
}

async function onPostgres(database, size) {
  const pool = new pg.Pool({
    connectionString: database,
    max: size,
    options: "-c search_path=bullmq,public",
  });
  const client = await pool.connect();
  try {
    await runMigrations(client);
  } finally {
    client.release();
  }
  await warm(pool, size);
  return { connection: pool, backend: [createPostgresBackend], end: () => pool.end() };
}

export async function open(setting, place) {
  const { connection, backend, end } =
    setting.server === "postgres"
      ? await onPostgres(place.database, Math.max(10, setting.concurrency))
      : await onRedis(place.redis[setting.server]);
  const options = setting.bulk ? { removeOnComplete: true } : {};
  const queue = new Queue(queueName, { connection, defaultJobOptions: options }, ...backend);
  await queue.waitUntilReady();
  let worker = null;
  let failure = null;

  const addOne = (data) => queue.add("job", data);
  const addMany = (batch) => queue.addBulk(batch.map((data) => ({ name: "job", data })));

  return {
    add: (jobs) => (setting.bulk && jobs.length > 1 ? inBatches(jobs, addMany) : oneByOne(jobs, addOne)),

    async work(handle) {
      const processor = async ({ data }) => {
        const next = handle(data);
        if (next) await addOne(next);
      };
      worker = new Worker(
        queueName,
        processor,
        { connection, concurrency: setting.concurrency },
        ...backend,
      );
      worker.on("error", (error) => {
        failure ??= error;
      });
      worker.on("failed", (job, error) => {
        failure ??= error;
      });
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
