/** The server's answers, with the names of its documents (GET /v1/openapi.json). */

export type State = "queued" | "working" | "retryable" | "done" | "deadletter" | "cancelled";
export type Role = "viewer" | "submitter" | "operator" | "admin";
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export interface Submitted {
  job_id: number;
  /** "kept" and "replaced" where another job holds the unique key. */
  result: "made" | "kept" | "replaced";
}

export interface Job {
  job_id: number;
  pipeline: string;
  stage: string;
  state: State;
  epoch: number;
  attempt: number;
  crashes: number;
  priority: number;
  run_at: string;
  created_at: string;
  updated_at: string;
  /** The runtime that has it. */
  claimed_by: number | null;
  /** False where no handler has begun it yet; null unless it is working. */
  has_begun: boolean | null;
  cancel_requested: boolean;
  correlation_id: string;
  unique_key: string;
  tenant: string;
  tags: string[] | null;
  parent: number | null;
  concurrency_key: string;
  traceparent: string;
  /** How many there are in each state. */
  children: Record<string, number> | null;
  code: string;
  message: string;
  payload: Json;
  output: Json;
  /** Of one job: how far its handler says it is; null where it says nothing. */
  progress?: { percent: number | null; message: string; age_us: number } | null;
}

export interface JobEvent {
  event_id: number;
  job_id: number;
  pipeline: string;
  stage: string;
  type: string;
  severity: string;
  code: string;
  message: string;
  epoch: number;
  attempt: number;
  at: string;
  correlation_id: string;
}

export interface Explanation {
  job_id: number;
  reason: string;
  text: string;
  next: string;
}

export interface JobPlace {
  job_id: number;
  pipeline: string;
  stage: string;
  state: State;
  cancel_requested: boolean;
}

export interface BulkResult {
  dry_run: boolean;
  matched: number;
  changed: number;
  /** Jobs that changed between the search and the order. */
  passed_over: number;
  refused: { why: string; count: number }[];
  /** `of` is the code of jobs that are dead, the state of others. */
  reached: { pipeline: string; stage: string; of: string; count: number }[];
}

export interface StagePause {
  pipeline: string;
  stage: string | null;
  paused: boolean;
}

export interface Stage {
  pipeline: string;
  stage: string;
  jobs: Record<State, number> | null;
  paused_at: string | null;
  paused_by: string;
  waiting_here: number;
  at_work_here: number;
  concurrency: number;
  handled: number;
  handled_in_10_s: number;
  p50_us: number;
  p99_us: number;
  call_age_us: number;
}

export interface StageList {
  counted_at: string | null;
  trouble: string;
  stages: Stage[];
}

export interface Runtime {
  runtime_id: number;
  state: string;
  health: string;
  version: string;
  host: string;
  pid: number;
  started_at: string | null;
  database: string;
  data_dir: string;
  in_hand: number;
  in_flight_limit: number;
  handled_in_10_s: number;
}

export interface Actor {
  actor: string;
  state: string;
  depth: number;
  peak: number;
  handled: number;
  busy_us: number;
  restarts: number;
  last_crash: string;
  message_age_us: number;
  call_age_us: number;
}

export interface Service {
  service: string;
  state: string;
  since: string | null;
  endpoints: { url: string; breaker: string; is_well: boolean; since: string | null; why: string }[];
}

export interface Health {
  state: string;
  reasons: string[];
}

export interface RuntimeRow {
  runtime_id: number;
  alive: boolean;
  /** It ended in order, or another one has taken over its jobs. */
  ended: boolean;
  host: string;
  pid: number;
  version: string;
  started_at: string | null;
  lease_until: string | null;
  self: boolean;
}

export interface Schedule {
  schedule: string;
  pipeline: string;
  cron: string;
  next_at: string;
  last_at: string | null;
  last_job: number | null;
  paused_at: string | null;
  paused_by: string;
  /** No runtime keeps it any more. */
  left: boolean;
}

export interface Tenant {
  tenant: string;
  weight: number;
  concurrency_limit: number;
  rate_limit: string;
}

export interface Hit {
  score: number;
  document_id: string;
  document_name: string;
  source_path: string;
  chunk_id: string;
  ord: number;
  byte_begin: number;
  byte_end: number;
  heading_path: string;
  text: string;
}

export interface Uploaded {
  job_id: number;
  document_id: string;
  /** The name of the file. */
  path: string;
  /** UPLOAD_DEDUP_HIT where another job has the same bytes; else empty. */
  code: string;
  message: string;
}

export interface Document {
  document_id: string;
  owner: string;
  job_id: number;
  name: string;
  source_path: string;
  media_type: string;
  size_bytes: number;
  sha256: string;
  status: "registered" | "parsed" | "chunked" | "embedded";
  parser: string;
  chunk_count: number;
  embedder: string;
}

export interface Chunk {
  chunk_id: string;
  ord: number;
  byte_begin: number;
  byte_end: number;
  heading_path: string;
  text: string;
}

export interface Token {
  name: string;
  role: Role;
  owner: string;
  tenant: string;
  pipeline: string;
  created_at: string;
  created_by: string;
  expires_at: string | null;
}

export interface NewToken {
  token: Token;
  /** The server shows it this once. */
  secret: string;
}

export interface Order {
  done: boolean;
  text: string;
}
