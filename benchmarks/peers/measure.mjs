// Measures one setting of one peer in a process of its own: node measure.mjs REQUEST, where REQUEST
// is a JSON object. The answer is one line of JSON.

import pg from "pg";

import { cases, pressure } from "./cases.mjs";
import { peers } from "./peers.mjs";

const request = JSON.parse(process.argv[2]);
const peer = peers.find(({ name }) => name === request.peer);
const setting = peer.settings.find(({ name }) => name === request.setting);

async function withServer(statement) {
  const client = new pg.Client({ connectionString: request.postgres });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

// Every run has a database of its own: none inherits dead rows or statistics of an earlier one.
async function freshly(body) {
  const database = new URL(request.postgres);
  database.pathname = "/peers";
  await withServer("drop database if exists peers with (force)");
  await withServer("create database peers");
  const system = await peer.open(setting, { database: database.href, redis: request.redis });
  try {
    return await body(system, database.href);
  } finally {
    await system.close();
  }
}

const values = {};
for (let run = 0; run < request.counts.runs; run += 1) {
  for (const [name, measure] of Object.entries(request.pressure ? pressure : cases)) {
    let figures;
    try {
      figures = await freshly((system, database) =>
        measure(system, request.counts, setting.pollMs, database),
      );
    } catch (error) {
      console.error(`${request.peer} ${request.setting}, ${name}: ${error.stack}`);
      process.exit(1);
    }
    for (const [figure, value] of Object.entries(figures)) (values[figure] ??= []).push(value);
  }
}
console.log(JSON.stringify(values));
process.exit(0);
