// What the peers' modules share.

import pg from "pg";

const BATCH = 1000;

export async function oneByOne(jobs, add) {
  for (const job of jobs) await add(job);
}

export async function inBatches(jobs, add) {
  for (let at = 0; at < jobs.length; at += BATCH) await add(jobs.slice(at, at + BATCH));
}

// A pool with all its connections open, since connecting is no part of what is measured.
export async function openPool(options) {
  const pool = new pg.Pool(options);
  const lost = (error) => console.error(`a connection was lost: ${error.message}`);
  pool.on("error", lost);
  pool.on("connect", (client) => client.on("error", lost));
  const clients = await Promise.all(Array.from({ length: options.max }, () => pool.connect()));
  for (const client of clients) client.release();
  return pool;
}
