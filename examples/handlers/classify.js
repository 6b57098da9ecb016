#!/usr/bin/env node
// A stage for Node: says whether a text is long, from what the stage before it returned.
const readline = require("node:readline");
let greeted = false;
readline.createInterface({ input: process.stdin }).on("line", (line) => {
  if (!greeted) return (greeted = true), console.log('{"ready": 1}');
  const job = JSON.parse(line);
  const output = { ...job.input, long: job.input.words > 100 };
  console.log(JSON.stringify({ id: job.id, advance: output }));
});
