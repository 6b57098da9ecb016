#!/usr/bin/env node
// Runs cases.json with the JavaScript client, as run_python.py does. Usage: run_js.mjs SUITE.json [WORD]

import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

import { Client, NewJob } from "../../clients/js/millrace.js";

const types = {
  integer: Number.isInteger,
  number: (seen) => typeof seen === "number",
  string: (seen) => typeof seen === "string",
};
const forms = {
  $is: (form, seen) => types[form](seen),
  $has: (form, seen) => typeof seen === "string" && seen.includes(form),
  $length: (form, seen) => seen.length === form,
  $at_least: (form, seen) => seen >= form,
  $each: (form, seen) => seen.every((one) => matches(form, one)),
  $some: (form, seen) => seen.some((one) => matches(form, one)),
  $ascending: (form, seen) => seen.every((one, i) => i === 0 || seen[i - 1][form] < one[form]),
};

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

function matches(wanted, seen) {
  if (isObject(wanted))
    return Object.entries(wanted).every(([name, form]) =>
      name in forms ? forms[name](form, seen) : isObject(seen) && name in seen && matches(form, seen[name]),
    );
  if (Array.isArray(wanted))
    return Array.isArray(seen) && wanted.length === seen.length && wanted.every((one, i) => matches(one, seen[i]));
  return isDeepStrictEqual(wanted, seen);
}

/** With the saved results in place of their names. */
function filledIn(value, saved) {
  if (typeof value === "string" && value.startsWith("$"))
    return value.slice(1).split(".").reduce((found, part) => found[part], saved);
  if (Array.isArray(value)) return value.map((one) => filledIn(one, saved));
  if (!isObject(value)) return value;
  const made = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, filledIn(one, saved)]));
  if (!("$job" in made)) return made;
  const { payload, ...said } = made.$job;
  return new NewJob(payload, said);
}

const camel = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());

/** The options of a method in JavaScript: its names, and milliseconds for seconds. */
function optionsOf(step, saved) {
  const inMs = (name, value) => (name === "timeout" || name === "patience" ? value * 1000 : value);
  const said = Object.entries(filledIn(step.options ?? {}, saved));
  return Object.fromEntries(said.map(([name, value]) => [camel(name), inMs(name, value)]));
}

function described(raised) {
  const { name: error, status, code, title, detail, next, retryAfter: retry_after, submitted, after, until } = raised;
  return { error, status, code, title, detail, next, retry_after, submitted, after, until };
}

async function take(iterator, most) {
  const taken = [];
  while (most === "all" || taken.length < most) {
    const { done, value } = await iterator.next();
    if (done) break;
    taken.push(value);
  }
  await iterator.return?.();
  return taken;
}

class Case {
  constructor(suite, { through = "server", steps }) {
    this.url = suite.urls[through];
    this.client = new Client({ url: this.url, dataDir: suite.data_dir });
    this.steps = steps;
    this.saved = { env: suite.env };
    this.opened = {};
  }

  async run() {
    for (const step of this.steps) {
      let wanted = "error" in step ? { error: { $is: "string" } } : (step.see ?? {});
      const seen = await this.perform(step).catch((raised) => {
        wanted = step.error ?? step.or_error;
        if (wanted === undefined) throw raised;
        return described(raised);
      });
      if (!matches(filledIn(wanted, this.saved), seen))
        throw new Error(`${JSON.stringify(step)}\n  saw ${JSON.stringify(seen)}`);
      if ("save" in step) this.saved[step.save] = seen;
    }
  }

  async perform(step) {
    if ("next" in step) return take(this.opened[step.next], step.take);
    const client =
      "token" in step ? new Client({ url: this.url, token: filledIn(step.token, this.saved) }) : this.client;
    const positional = filledIn(step.with ?? [], this.saved);
    // Payloads and the like may be left out before the options.
    if (step.call === "submit" && positional.length === 0) positional.push(undefined);
    const result = client[camel(step.call)](...positional, ...(step.options ? [optionsOf(step, this.saved)] : []));
    if ("open" in step) {
      await result.started;
      this.opened[step.open] = result[Symbol.asyncIterator]();
      return null;
    }
    return "take" in step ? take(result[Symbol.asyncIterator](), step.take) : result;
  }
}

const read = (file) => JSON.parse(readFileSync(file, "utf8"));
const suite = read(process.argv[2]);
const { cases } = read(new URL("cases.json", import.meta.url));
const word = process.argv[3] ?? "";
let passed = 0;
let failed = 0;
for (const one of cases.filter(({ name }) => name.includes(word))) {
  const failure = await new Case(suite, one).run().then(
    () => null,
    (raised) => raised,
  );
  console.log(`js: ${failure === null ? "ok" : "failed"}: ${one.name}`);
  if (failure !== null) console.log(`  ${failure}`);
  failure === null ? ++passed : ++failed;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
