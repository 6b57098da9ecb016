"""The server's answers, with the names of its documents (GET /v1/openapi.json)."""

from __future__ import annotations

from typing import Any, Dict, List, Literal, NamedTuple, Optional, TypedDict

State = Literal["queued", "working", "retryable", "done", "deadletter", "cancelled"]
Role = Literal["viewer", "submitter", "operator", "admin"]
UniqueWhile = Literal["queued", "unfinished", "done", "any"]
OnConflict = Literal["keep", "replace", "reject"]

#: States in which a job stays unless an order changes it.
ENDED = frozenset({"done", "deadletter", "cancelled"})


class Submitted(NamedTuple):
    job_id: int
    #: "made", or "kept" or "replaced" where another job holds the unique key.
    result: str


class Job(TypedDict):
    job_id: int
    pipeline: str
    stage: str
    state: State
    epoch: int
    attempt: int
    crashes: int
    priority: int
    run_at: str
    created_at: str
    updated_at: str
    #: The runtime that has it.
    claimed_by: Optional[int]
    #: False where no handler has begun it yet; None unless it is working.
    has_begun: Optional[bool]
    cancel_requested: bool
    correlation_id: str
    unique_key: str
    tenant: str
    tags: Optional[List[str]]
    parent: Optional[int]
    concurrency_key: str
    traceparent: str
    #: How many there are in each state.
    children: Optional[Dict[str, int]]
    code: str
    message: str
    payload: Any
    output: Any


class Event(TypedDict):
    event_id: int
    job_id: int
    pipeline: str
    stage: str
    type: str
    severity: str
    code: str
    message: str
    epoch: int
    attempt: int
    at: str
    correlation_id: str


class Explanation(TypedDict):
    job_id: int
    reason: str
    text: str
    next: str


class JobPlace(TypedDict):
    job_id: int
    pipeline: str
    stage: str
    state: State
    cancel_requested: bool


class Refused(TypedDict):
    why: str
    count: int


class Reached(TypedDict):
    pipeline: str
    stage: str
    #: The code of jobs that are dead, the state of others.
    of: str
    count: int


class BulkResult(TypedDict):
    dry_run: bool
    matched: int
    changed: int
    #: Jobs that changed between the search and the order.
    passed_over: int
    refused: List[Refused]
    reached: List[Reached]


class StagePause(TypedDict):
    pipeline: str
    stage: Optional[str]
    paused: bool


class JobCounts(TypedDict):
    queued: int
    working: int
    retryable: int
    done: int
    deadletter: int
    cancelled: int


class Stage(TypedDict):
    pipeline: str
    stage: str
    jobs: Optional[JobCounts]
    paused_at: Optional[str]
    paused_by: str
    waiting_here: int
    at_work_here: int
    concurrency: int
    handled: int
    handled_in_10_s: int
    p50_us: int
    p99_us: int
    call_age_us: int


class StageList(TypedDict):
    counted_at: Optional[str]
    trouble: str
    stages: List[Stage]


class Runtime(TypedDict):
    runtime_id: int
    state: str
    health: str
    version: str
    host: str
    pid: int
    started_at: Optional[str]
    database: str
    data_dir: str
    in_hand: int
    in_flight_limit: int
    handled_in_10_s: int


class Actor(TypedDict):
    actor: str
    state: str
    depth: int
    peak: int
    handled: int
    busy_us: int
    restarts: int
    last_crash: str
    message_age_us: int
    call_age_us: int


class Endpoint(TypedDict):
    url: str
    breaker: str
    is_well: bool
    since: Optional[str]
    why: str


class Service(TypedDict):
    service: str
    state: str
    since: Optional[str]
    endpoints: List[Endpoint]


class Health(TypedDict):
    state: str
    reasons: List[str]


class RuntimeRow(TypedDict):
    runtime_id: int
    alive: bool
    ended: bool
    host: str
    pid: int
    version: str
    started_at: Optional[str]
    lease_until: Optional[str]
    self: bool


class Schedule(TypedDict):
    schedule: str
    pipeline: str
    cron: str
    next_at: str
    last_at: Optional[str]
    last_job: Optional[int]
    paused_at: Optional[str]
    paused_by: str
    #: No runtime keeps it any more.
    left: bool


class Tenant(TypedDict):
    tenant: str
    weight: int
    concurrency_limit: int
    rate_limit: str


class Hit(TypedDict):
    score: float
    document_id: str
    document_name: str
    source_path: str
    chunk_id: str
    ord: int
    byte_begin: int
    byte_end: int
    heading_path: str
    text: str


class Uploaded(TypedDict):
    job_id: int
    document_id: str
    #: The name of the file.
    path: str
    #: UPLOAD_DEDUP_HIT where another job has the same bytes; else empty.
    code: str
    message: str


class Document(TypedDict):
    document_id: str
    owner: str
    job_id: int
    name: str
    source_path: str
    media_type: str
    size_bytes: int
    sha256: str
    #: "registered", "parsed", "chunked" or "embedded".
    status: str
    parser: str
    chunk_count: int
    embedder: str


class Chunk(TypedDict):
    chunk_id: str
    ord: int
    byte_begin: int
    byte_end: int
    heading_path: str
    text: str


class Token(TypedDict):
    name: str
    role: Role
    owner: str
    tenant: str
    pipeline: str
    created_at: str
    created_by: str
    expires_at: Optional[str]


class NewToken(TypedDict):
    token: Token
    #: The server shows it this once.
    secret: str


class Order(TypedDict):
    done: bool
    text: str
