// Runs every setting of every peer, and millrace, and prints one table. Started by ./run.

import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";

import { Redis } from "ioredis";
import pg from "pg";

import { quantile, STAGES, units } from "./cases.mjs";
import { peers } from "./peers.mjs";
import { table } from "./table.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, "../..");
const exec = promisify(execFile);

const options = parse();

function parse() {
  try {
    return parseArgs({
      options: {
        jobs: { type: "string", default: "20000" },
        runs: { type: "string", default: "5" },
        json: { type: "string" },
        only: { type: "string", default: "" },
        from: { type: "string", default: process.cwd() },
        check: { type: "boolean", default: false },
        pressure: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    console.error(`benchmarks/peers/run: ${error.message}`);
    process.exit(2);
  }
}

const jobs = wholeNumber("jobs");
const runs = wholeNumber("runs");
if (options.check) process.exit(0); // before any server is started
const postgres = process.env.TEST_POSTGRES_URL;
const redis = {
  everysec: process.env.PEERS_REDIS_EVERYSEC,
  always: process.env.PEERS_REDIS_ALWAYS,
};

function wholeNumber(name) {
  const value = Number(options[name]);
  if (Number.isInteger(value) && value > 0) return value;
  const message = `--${name} wants a whole number above 0, not '${options[name]}'`;
  console.error(`benchmarks/peers/run: ${message}`);
  process.exit(2);
}

const between = (low, value, high) => Math.max(low, Math.min(value, high));

// The latency of one stage and of ten is measured on this many jobs, 200 and 20 by default.
const latencyCounts = {
  latency: between(20, Math.round(jobs / 100), 200),
  tenStages: between(5, Math.round(jobs / 1000), 20),
};

// A slow setting gets fewer jobs, so that a run takes seconds and not an hour.
function countsOf({ share, most = {} }) {
  const counts = {
    jobs: Math.max(1, Math.round(jobs * share.jobs)),
    chains: Math.max(1, Math.round((jobs / STAGES) * share.chains)),
    enqueue: Math.max(1, Math.round(jobs * share.jobs)),
    ...latencyCounts,
    runs,
  };
  for (const [name, limit] of Object.entries(most)) counts[name] = Math.min(counts[name], limit);
  return counts;
}

async function measurePeer(peer, setting, counts) {
  const { pressure } = options;
  const request = { peer: peer.name, setting: setting.name, counts, postgres, redis, pressure };
  const { stdout } = await exec(
    process.execPath,
    [path.join(here, "measure.mjs"), JSON.stringify(request)],
    { maxBuffer: 1 << 26 },
  );
  return Object.entries(JSON.parse(stdout)).map(([name, values]) => ({
    name,
    unit: units[name],
    median: quantile(values, 0.5),
    min: Math.min(...values),
    max: Math.max(...values),
    runs: values.length,
  }));
}

// A figure that millrace-bench does not give is left out, and '-' in the table.
async function measureMillrace(words, count) {
  const bench = path.join(root, "build/release/millrace-bench");
  const given = ["--database", postgres, "--jobs", count, "--runs", runs, "--json"];
  const args = [...words.split(" "), ...given].map(String);
  try {
    const { stdout } = await exec(bench, args, { maxBuffer: 1 << 26 });
    return JSON.parse(stdout).figures ?? [];
  } catch (error) {
    console.error(`millrace ${words}: ${error.stderr?.trim() || error.message}`);
    return [];
  }
}

async function versions() {
  const found = {};
  const { stdout } = await exec("git", ["-C", root, "describe", "--always", "--dirty"]).catch(
    () => ({ stdout: "unknown" }),
  );
  found.millrace = stdout.trim();
  for (const name of ["graphile-worker", "pg-boss", "bullmq", "ioredis", "pg"]) {
    const file = path.join(here, "node_modules", name, "package.json");
    found[name] = JSON.parse(readFileSync(file, "utf8")).version;
  }
  found.node = process.versions.node;
  const client = new pg.Client({ connectionString: postgres });
  await client.connect();
  found.PostgreSQL = (await client.query("show server_version")).rows[0].server_version;
  await client.end();
  const server = new Redis(redis.everysec);
  found.Redis = /redis_version:(\S+)/.exec(await server.info("server"))[1];
  await server.quit();
  return found;
}

const machine = [
  `${os.cpus().length} cores`,
  os.cpus()[0]?.model ?? "",
  `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
  `${os.type()} ${os.release()}`,
]
  .filter(Boolean)
  .join(", ");

const wanted = (system) => system.toLowerCase().includes(options.only.toLowerCase());
const report = {
  title: `Peers: ${jobs} jobs, ${STAGES} stages, ${runs} runs`,
  machine,
  versions: await versions(),
  settings: [],
  figures: [],
};

function note(system, figures) {
  for (const figure of figures) {
    report.figures.push({ ...figure, name: `${system}: ${figure.name}` });
  }
}

if (wanted("millrace")) {
  const counts = options.pressure
    ? { "pressure backlog": jobs, "pressure pinned": jobs }
    : {
        transitions: jobs, // a rate: 2,000 chains would be over in a tenth of a second
        drain: jobs,
        enqueue: jobs,
        latency: latencyCounts.latency,
      };
  report.settings.push({ system: "millrace", says: "millrace-bench with its defaults", counts });
  for (const [name, count] of Object.entries(counts)) {
    console.error(`millrace, ${name} ...`);
    note("millrace", await measureMillrace(name, count));
  }
}
for (const peer of peers) {
  for (const setting of peer.settings) {
    const system = `${peer.name} ${setting.name}`;
    if (!wanted(system) || (options.pressure && !setting.pressure)) continue;
    console.error(`${system} ...`);
    const counts = options.pressure ? { jobs, runs } : countsOf(setting);
    report.settings.push({ system, says: setting.says, counts });
    try {
      note(system, await measurePeer(peer, setting, counts));
    } catch (error) {
      console.error(error.stderr?.trim() || error.message);
      console.error(`The measurement of ${system} failed, so there is no table.`);
      process.exit(1);
    }
  }
}

console.log(table(report, options.pressure));
if (options.json) {
  const file = path.resolve(options.from, options.json);
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}
