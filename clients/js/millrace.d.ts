/** A client of millrace's HTTP API, for Node 18 or later and browsers. */

import type {
  Actor,
  BulkResult,
  Chunk,
  Document,
  Explanation,
  Health,
  Hit,
  Job,
  JobEvent,
  JobPlace,
  Json,
  NewToken,
  Order,
  Role,
  Runtime,
  RuntimeRow,
  Schedule,
  Service,
  StageList,
  StagePause,
  State,
  Submitted,
  Tenant,
  Token,
  Uploaded,
} from "./lib/views.js";

export * from "./lib/views.js";

/** Any error of this package. */
export class MillraceError extends Error {}

/** The server answered with a problem document (RFC 9457). */
export class ApiError extends MillraceError {
  readonly status: number;
  /** For programs: "NOT_FOUND", "QUEUE_FULL". */
  readonly code: string;
  /** What happened. */
  readonly title: string;
  /** Why. */
  readonly detail: string;
  /** What to do. */
  readonly next: string;
  /** Seconds after which the request may be sent again. */
  readonly retryAfter: number | null;
  /** Of submitMany(): the jobs of the batches before the one that was refused. */
  readonly submitted: Submitted[];
}

/** No answer came, or not the whole. Whether the server has carried the request out is not known. */
export class Unreachable extends MillraceError {}

/** The events after `after`, up to `until`, are not sent; `events({ after: until })` goes on behind them. */
export class EventsMissed extends MillraceError {
  readonly after: number;
  readonly until: number;
}

export interface JobFields {
  priority?: number;
  /** A moment, or as the server reads it: "2026-12-01T08:00Z", "+10m". */
  at?: string | Date;
  unique?: string;
  correlation?: string;
  tenant?: string;
  tags?: string[];
  /** Of the pipeline's jobs with the same one only so many are at work at once. */
  concurrencyKey?: string;
  /** Where the trace goes on that the job is a part of (W3C Trace Context). */
  traceparent?: string;
}

/** A job to submit, where a payload alone does not say enough. */
export class NewJob {
  constructor(payload?: unknown, said?: JobFields);
}

export interface SubmitOptions {
  pipeline?: string;
  uniqueWhile?: "queued" | "unfinished" | "done" | "any";
  onConflict?: "keep" | "replace" | "reject";
  /** What is sent again with the same key, within a day, makes nothing new. */
  idempotencyKey?: string;
}

export interface PageOptions {
  after?: number;
  pageSize?: number;
}

export interface JobFilter {
  state?: State;
  pipeline?: string;
  stage?: string;
}

export interface BulkFilter extends JobFilter {
  code?: string;
  limit?: number;
  /** Only count them. */
  dryRun?: boolean;
}

/** Events, each once and in the order of their ids; a stream that breaks is opened again where it was. */
export interface EventStream extends AsyncIterable<JobEvent> {
  /** Resolved when the place is known from which on no event is left out. */
  readonly started: Promise<void>;
}

export interface ClientOptions {
  /** By default the page's own server in a browser, else http://127.0.0.1:7117. */
  url?: string;
  /** Without one, Node shows a server on this machine the owner's, from the data directory. */
  token?: string | null;
  dataDir?: string;
  /** Of a request, in milliseconds. */
  timeout?: number;
  fetch?: typeof fetch;
}

/**
 * Talks to one server. Every call may throw ApiError and Unreachable. What can be sent again without harm
 * is, a few times, when the connection fails or the server is busy (503 with Retry-After).
 */
export class Client {
  constructor(options?: ClientOptions);

  /** Submits one job. A full queue is an ApiError with the code QUEUE_FULL and `retryAfter`. */
  submit(payload?: unknown, options?: SubmitOptions & JobFields): Promise<Submitted>;
  /** Submits payloads and NewJobs, each batch in one transaction and with a key of its own: KEY-1, KEY-2 ... */
  submitMany(
    jobs: Iterable<unknown> | AsyncIterable<unknown>,
    options?: SubmitOptions & { batchSize?: number; batchBytes?: number },
  ): Promise<Submitted[]>;
  job(id: number): Promise<Job>;
  /** The job, when it has ended. Throws a DOMException named TimeoutError when it has not in so many milliseconds. */
  wait(id: number, options?: { timeout?: number; signal?: AbortSignal }): Promise<Job>;
  /** Jobs, the newest first, without outputs and long payloads. */
  jobs(
    filter?: JobFilter & {
      tenant?: string;
      tag?: string;
      code?: string;
      unique?: string;
      correlation?: string;
      /** When they were made. */
      since?: string | Date;
      until?: string | Date;
      before?: number;
      pageSize?: number;
    },
  ): AsyncGenerator<Job, void, undefined>;
  /** Why the job waits, works or has ended, and what to do. */
  explain(id: number): Promise<Explanation>;
  jobEvents(id: number, options?: PageOptions): AsyncGenerator<JobEvent, void, undefined>;
  children(id: number, options?: PageOptions): AsyncGenerator<Job, void, undefined>;
  /** One that has none is an ApiError with the code NOT_FOUND. */
  output(id: number): Promise<Json>;

  cancel(id: number): Promise<JobPlace>;
  /** Lets a job run that waits for its time, or is dead or cancelled. */
  retry(id: number): Promise<JobPlace>;
  /** Sends an ended job back to a stage. */
  replay(id: number, options: { fromStage: string }): Promise<JobPlace>;
  /** Moves a job that waits or has died to another stage. */
  move(id: number, options: { to: string; toPipeline?: string }): Promise<JobPlace>;
  /** Sends ended jobs back, dead ones if no state is given. */
  replayMany(options?: BulkFilter & { fromStage?: string }): Promise<BulkResult>;
  /** Moves jobs that wait or have died to another stage. */
  moveMany(options: BulkFilter & { to: string; toPipeline?: string }): Promise<BulkResult>;
  /** Cancels unfinished jobs of a pipeline. */
  cancelMany(filter: BulkFilter & { pipeline: string }): Promise<BulkResult>;
  /** Deletes jobs that have ended, without an archive. */
  deleteMany(filter: BulkFilter & { state: State }): Promise<BulkResult>;
  /** Pauses a stage, or a whole pipeline. */
  pause(pipeline: string, stage?: string): Promise<StagePause>;
  resume(pipeline: string, stage?: string): Promise<StagePause>;
  /** Pauses a schedule: it makes no jobs until it is resumed. */
  pauseSchedule(name: string): Promise<Schedule>;
  /** Resumes a schedule, which goes on with its next time. */
  resumeSchedule(name: string): Promise<Schedule>;
  /** Makes a job of a schedule now. */
  runSchedule(name: string): Promise<Submitted>;
  /** Tells the runtime to end what is in progress and begin nothing. */
  drain(): Promise<Order>;
  /** Tells the runtime to give back what is in progress and end. */
  stop(): Promise<Order>;

  /**
   * Events from now on (`started` says when that is), or after that id. Unreachable is thrown when the
   * stream cannot be opened for `patience` milliseconds.
   */
  events(options?: {
    after?: number;
    code?: string;
    pipeline?: string;
    patience?: number;
    signal?: AbortSignal;
  }): EventStream;
  /** The events after that id up to the newest, the oldest first. */
  pastEvents(options?: PageOptions & { code?: string; pipeline?: string }): AsyncGenerator<JobEvent, void, undefined>;
  stages(): Promise<StageList>;
  runtime(): Promise<Runtime>;
  actors(): Promise<Actor[]>;
  services(): Promise<Service[]>;
  health(): Promise<Health>;
  runtimes(): Promise<RuntimeRow[]>;
  schedules(): Promise<Schedule[]>;
  /** Weights and limits; the tenant `*` stands for all others. */
  tenants(): Promise<Tenant[]>;
  /** The chunks of documents that answer a question best. */
  search(query: string, top?: number): Promise<Hit[]>;

  /**
   * Uploads files, by name, and submits a job for each, all of them or none. Bytes that this owner has uploaded
   * before become no second document.
   */
  upload(
    files: Record<string, BlobPart> | Iterable<[string, BlobPart]>,
    options?: { owner?: string; priority?: number },
  ): Promise<Uploaded[]>;
  /** Documents, in the order of their ids. */
  documents(options?: {
    owner?: string;
    after?: string;
    pageSize?: number;
  }): AsyncGenerator<Document, void, undefined>;
  document(id: string): Promise<Document>;
  /** The text as it was parsed: the bytes of hits and chunks count in its UTF-8. */
  documentText(id: string): Promise<string>;
  /** The chunks of a document, in order; those behind the position `after`. */
  documentChunks(id: string, options?: PageOptions): AsyncGenerator<Chunk, void, undefined>;

  tokens(): Promise<Token[]>;
  /** Makes a token, valid for as long as `expires` says ("30d"), or for ever. */
  createToken(
    name: string,
    role: Role,
    options?: { owner?: string; tenant?: string; pipeline?: string; expires?: string },
  ): Promise<NewToken>;
  revokeToken(name: string): Promise<void>;
  /** Figures for Prometheus, in OpenMetrics text. */
  metrics(): Promise<string>;
  /** The description of the API. */
  openapi(): Promise<{ [name: string]: Json }>;
}
