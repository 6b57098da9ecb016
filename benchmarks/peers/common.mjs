// What the peers' modules share.

const BATCH = 1000;

export async function oneByOne(jobs, add) {
  for (const job of jobs) await add(job);
}

export async function inBatches(jobs, add) {
  for (let at = 0; at < jobs.length; at += BATCH) await add(jobs.slice(at, at + BATCH));
}

// Opens all connections of a pool, since connecting is no part of what is measured.
export async function warm(pool, size) {
  const clients = await Promise.all(Array.from({ length: size }, () => pool.connect()));
  for (const client of clients) client.release();
}
