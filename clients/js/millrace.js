/** A client of millrace's HTTP API, for Node 18 or later and browsers. The types stand in millrace.d.ts. */

import { ApiError, EventsMissed, MillraceError, Unreachable } from "./lib/errors.js";
import { EventStream } from "./lib/events.js";
import { ownerToken } from "./lib/owner_token.js";
import { encodeForm } from "./lib/form.js";
import { NewJob, batches, randomKey, toLine, toMoment } from "./lib/submission.js";
import { Transport, sleep } from "./lib/transport.js";

export { ApiError, EventsMissed, MillraceError, NewJob, Unreachable };

const ended = new Set(["done", "deadletter", "cancelled"]);
/** How long one request waits for the end of a job; proxies cut off what is silent for a minute. */
const longestPollMs = 30_000;
/** An order about many jobs takes as long as they do. */
const bulkWaitMs = 300_000;

export class Client {
  #transport;

  constructor({ url = defaultUrl(), token, dataDir, timeout = 30_000, fetch = globalThis.fetch.bind(globalThis) } = {}) {
    const findToken = token === undefined ? () => ownerToken(url, dataDir) : async () => token;
    this.#transport = new Transport(url, findToken, timeout, fetch);
  }

  // Jobs

  async submit(payload, { pipeline, uniqueWhile, onConflict, idempotencyKey = randomKey(), ...said } = {}) {
    const query = { pipeline, unique_while: uniqueWhile, on_conflict: onConflict };
    return this.#submit(toLine(new NewJob(payload, said)), "application/json", query, idempotencyKey);
  }

  async submitMany(jobs, options = {}) {
    const { pipeline, uniqueWhile, onConflict, idempotencyKey = randomKey() } = options;
    const { batchSize = 2000, batchBytes = 8 * 2 ** 20 } = options;
    const query = { pipeline, unique_while: uniqueWhile, on_conflict: onConflict };
    const allMade = [];
    let number = 0;
    for await (const batch of batches(jobs, batchSize, batchBytes)) {
      const key = `${idempotencyKey}-${++number}`;
      const { jobs: made } = await this.#submit(batch, "application/x-ndjson", query, key).catch((failure) => {
        if (failure instanceof ApiError) failure.submitted = allMade;
        throw failure;
      });
      for (const job of made) allMade.push(job);
    }
    return allMade;
  }

  #submit(body, type, query, key) {
    const headers = { "Content-Type": type, "Idempotency-Key": key };
    return this.#transport.json({ method: "POST", path: "/v1/jobs", query, headers, body, isIdempotent: true });
  }

  job(id) {
    return this.#get(`/v1/jobs/${id}`);
  }

  async wait(id, { timeout = Infinity, signal } = {}) {
    const due = Date.now() + timeout;
    for (;;) {
      const begin = Date.now();
      const length = Math.max(0, Math.min(longestPollMs, due - begin));
      const query = { wait: `${Math.floor(length)}ms` };
      const wanted = { method: "GET", path: `/v1/jobs/${id}`, query, isIdempotent: true, wait: length, signal };
      const job = await this.#transport.json(wanted);
      if (ended.has(job.state)) return job;
      if (Date.now() >= due) throw new DOMException(`job ${id} is ${job.state} after ${timeout} ms`, "TimeoutError");
      // A server that ends answers at once.
      await sleep(Math.max(0, Math.min(1000, length / 2 - (Date.now() - begin))), signal);
    }
  }

  jobs({ pageSize = 100, since, until, ...filter } = {}) {
    const query = { ...filter, since: toMoment(since), until: toMoment(until), limit: pageSize };
    return this.#pages("/v1/jobs", "jobs", "before", query);
  }

  explain(id) {
    return this.#get(`/v1/jobs/${id}/explain`);
  }

  jobEvents(id, { after = 0, pageSize = 1000 } = {}) {
    return this.#pages(`/v1/jobs/${id}/events`, "events", "after", { after, limit: pageSize });
  }

  children(id, { after = 0, pageSize = 100 } = {}) {
    return this.#pages(`/v1/jobs/${id}/children`, "jobs", "after", { after, limit: pageSize });
  }

  output(id) {
    return this.#get(`/v1/jobs/${id}/output`);
  }

  // Orders

  cancel(id) {
    return this.#post(`/v1/jobs/${id}/cancel`);
  }

  retry(id) {
    return this.#post(`/v1/jobs/${id}/retry`);
  }

  replay(id, { fromStage }) {
    return this.#post(`/v1/jobs/${id}/replay`, { query: { from: fromStage } });
  }

  move(id, { to, toPipeline }) {
    return this.#post(`/v1/jobs/${id}/move`, { query: { to, to_pipeline: toPipeline } });
  }

  replayMany({ fromStage, ...filter } = {}) {
    return this.#bulk("replay", { ...filter, from: fromStage });
  }

  moveMany({ toPipeline, ...filter }) {
    return this.#bulk("move", { ...filter, to_pipeline: toPipeline });
  }

  cancelMany(filter) {
    return this.#bulk("cancel", filter);
  }

  deleteMany(filter) {
    return this.#bulk("delete", filter);
  }

  #bulk(order, { dryRun = false, ...filter }) {
    const query = { ...filter, dry_run: dryRun };
    return this.#post(`/v1/jobs/${order}`, { query, wait: bulkWaitMs, isIdempotent: dryRun });
  }

  pause(pipeline, stage) {
    return this.#post("/v1/stages/pause", { query: { pipeline, stage }, isIdempotent: true });
  }

  resume(pipeline, stage) {
    return this.#post("/v1/stages/resume", { query: { pipeline, stage }, isIdempotent: true });
  }

  pauseSchedule(name) {
    return this.#post(`/v1/schedules/${encodeURIComponent(name)}/pause`, { isIdempotent: true });
  }

  resumeSchedule(name) {
    return this.#post(`/v1/schedules/${encodeURIComponent(name)}/resume`, { isIdempotent: true });
  }

  runSchedule(name) {
    return this.#post(`/v1/schedules/${encodeURIComponent(name)}/run`);
  }

  drain() {
    return this.#post("/v1/runtime/drain");
  }

  stop() {
    return this.#post("/v1/runtime/stop");
  }

  // Views

  events({ after, code, pipeline, patience = 60_000, signal } = {}) {
    const query = { code, pipeline };
    // The stream itself names no place before its first event.
    const start =
      after === undefined
        ? this.#get("/v1/events", { ...query, limit: 1 }).then((page) => page.next_after ?? 0)
        : Promise.resolve(after);
    return new EventStream(this.#transport, { query, start, patience, signal });
  }

  pastEvents({ after = 0, pageSize = 1000, code, pipeline } = {}) {
    return this.#pages("/v1/events", "events", "after", { after, limit: pageSize, code, pipeline });
  }

  stages() {
    return this.#get("/v1/stages");
  }

  runtime() {
    return this.#get("/v1/runtime");
  }

  async actors() {
    return (await this.#get("/v1/runtime/actors")).actors;
  }

  async services() {
    return (await this.#get("/v1/runtime/services")).services;
  }

  health() {
    return this.#get("/v1/runtime/health");
  }

  async runtimes() {
    return (await this.#get("/v1/runtimes")).runtimes;
  }

  async schedules() {
    return (await this.#get("/v1/schedules")).schedules;
  }

  async tenants() {
    return (await this.#get("/v1/tenants")).tenants;
  }

  async search(query, top = 5) {
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify({ query, top });
    return (await this.#post("/v1/search", { headers, body, isIdempotent: true })).hits;
  }

  async upload(files, { owner, priority } = {}) {
    const { type, body } = encodeForm(files);
    const query = { owner, priority };
    const headers = { "Content-Type": type };
    return (await this.#post("/v1/documents", { query, headers, body, isIdempotent: true })).jobs;
  }

  documents({ owner, after, pageSize = 100 } = {}) {
    return this.#pages("/v1/documents", "documents", "after", { owner, after, limit: pageSize });
  }

  document(id) {
    return this.#get(`/v1/documents/${encodeURIComponent(id)}`);
  }

  documentText(id) {
    return this.#getText(`/v1/documents/${encodeURIComponent(id)}/text`);
  }

  documentChunks(id, { after, pageSize = 100 } = {}) {
    const query = { after, limit: pageSize };
    return this.#pages(`/v1/documents/${encodeURIComponent(id)}/chunks`, "chunks", "after", query);
  }

  // The server

  async tokens() {
    return (await this.#get("/v1/tokens")).tokens;
  }

  createToken(name, role, { owner, tenant, pipeline, expires } = {}) {
    return this.#post("/v1/tokens", { query: { name, role, owner, tenant, pipeline, expires } });
  }

  async revokeToken(name) {
    await this.#transport.request({ method: "DELETE", path: `/v1/tokens/${encodeURIComponent(name)}` });
  }

  metrics() {
    return this.#getText("/metrics", "application/openmetrics-text");
  }

  openapi() {
    return this.#get("/v1/openapi.json");
  }

  #get(path, query) {
    return this.#transport.json({ method: "GET", path, query, isIdempotent: true });
  }

  #post(path, rest = {}) {
    return this.#transport.json({ method: "POST", path, ...rest });
  }

  #getText(path, type = "text/plain") {
    return this.#transport.request({ method: "GET", path, headers: { Accept: type }, isIdempotent: true });
  }

  /** What is in a list, page by page, as it is read. `nextPage` is the parameter that names the next one. */
  async *#pages(path, member, nextPage, query) {
    for (;;) {
      const page = await this.#get(path, query);
      yield* page[member];
      const following = page[`next_${nextPage}`];
      // Behind the newest event there is no page yet.
      if (following === null || following === query[nextPage]) return;
      query = { ...query, [nextPage]: following };
    }
  }
}

/** Pages that the server itself shows talk to it; elsewhere it is on this machine. */
function defaultUrl() {
  const origin = globalThis.location?.origin;
  return origin?.startsWith("http") ? origin : "http://127.0.0.1:7117";
}
