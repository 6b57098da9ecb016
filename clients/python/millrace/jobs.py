"""Calls about jobs and their events."""

from __future__ import annotations

import time
import uuid
from typing import Any, Dict, Generator, Iterable, Iterator, List, Optional, Sequence, cast

from . import views
from .calls import Calls
from .errors import ApiError
from .events import follow
from .submission import Moment, NewJob, When, batches, moment_text
from .transport import Request
from .views import ENDED, Event, Job, State, Submitted

#: How long one request waits for the end of a job; proxies cut off what is silent for a minute.
LONGEST_POLL = 30.0


class JobCalls(Calls):
    def submit(
        self,
        payload: Any = None,
        *,
        pipeline: Optional[str] = None,
        priority: Optional[int] = None,
        at: Optional[When] = None,
        unique: Optional[str] = None,
        unique_while: Optional[views.UniqueWhile] = None,
        on_conflict: Optional[views.OnConflict] = None,
        correlation: Optional[str] = None,
        tenant: Optional[str] = None,
        tags: Optional[Sequence[str]] = None,
        concurrency_key: Optional[str] = None,
        traceparent: Optional[str] = None,
        idempotency_key: Optional[str] = None,
    ) -> Submitted:
        """Submits one job. With the same idempotency key, within a day, it is made once.

        A full queue is an ApiError with the code QUEUE_FULL and `retry_after`.
        """
        job = NewJob(payload, priority, at, unique, correlation, tenant, tags, concurrency_key, traceparent)
        query = {"pipeline": pipeline, "unique_while": unique_while, "on_conflict": on_conflict}
        made = self._submit(job.to_json(), "application/json", query, idempotency_key or str(uuid.uuid4()))
        return Submitted(made["job_id"], made["result"])

    def submit_many(
        self,
        jobs: Iterable[Any],
        *,
        pipeline: Optional[str] = None,
        unique_while: Optional[views.UniqueWhile] = None,
        on_conflict: Optional[views.OnConflict] = None,
        idempotency_key: Optional[str] = None,
        batch_size: int = 2000,
        batch_bytes: int = 8 << 20,
    ) -> List[Submitted]:
        """Submits payloads and NewJobs, each batch in one transaction.

        The batches have the idempotency keys KEY-1, KEY-2 ...: the same call with the same jobs, within
        a day, makes only those that are not in yet. Where a batch is refused, `submitted` of the
        ApiError has the jobs of the batches before it.
        """
        query = {"pipeline": pipeline, "unique_while": unique_while, "on_conflict": on_conflict}
        name = idempotency_key or str(uuid.uuid4())
        all_made: List[Submitted] = []
        for number, batch in enumerate(batches(jobs, batch_size, batch_bytes), 1):
            try:
                made = self._submit(batch, "application/x-ndjson", query, f"{name}-{number}")
            except ApiError as refusal:
                refusal.submitted = all_made
                raise
            all_made += [Submitted(job["job_id"], job["result"]) for job in made["jobs"]]
        return all_made

    def _submit(self, body: bytes, media_type: str, query: Dict[str, Any], key: str) -> Any:
        headers = {"Content-Type": media_type, "Idempotency-Key": key}
        return self._json(Request("POST", "/v1/jobs", query, headers, body, is_idempotent=True))

    def job(self, job_id: int) -> Job:
        """The job with its payload and output."""
        return cast(Job, self._get(f"/v1/jobs/{job_id}"))

    def wait(self, job_id: int, timeout: Optional[float] = None) -> Job:
        """The job, when it has ended. Raises TimeoutError when it has not in so many seconds."""
        due = None if timeout is None else time.monotonic() + timeout
        while True:
            begin = time.monotonic()
            length = LONGEST_POLL if due is None else max(0.0, min(LONGEST_POLL, due - begin))
            query = {"wait": f"{int(length * 1000)}ms"}
            request = Request("GET", f"/v1/jobs/{job_id}", query, is_idempotent=True, wait=length)
            job = cast(Job, self._json(request))
            if job["state"] in ENDED:
                return job
            if due is not None and time.monotonic() >= due:
                raise TimeoutError(f"job {job_id} is {job['state']} after {timeout:g} s")
            # A server that ends answers at once.
            time.sleep(max(0.0, min(1.0, length / 2 - (time.monotonic() - begin))))

    def jobs(
        self,
        *,
        state: Optional[State] = None,
        pipeline: Optional[str] = None,
        stage: Optional[str] = None,
        tenant: Optional[str] = None,
        tag: Optional[str] = None,
        code: Optional[str] = None,
        unique: Optional[str] = None,
        correlation: Optional[str] = None,
        since: Optional[Moment] = None,
        until: Optional[Moment] = None,
        before: Optional[int] = None,
        page_size: int = 100,
    ) -> Iterator[Job]:
        """Jobs, the newest first, without outputs and long payloads; `since` and `until` are when they were made."""
        query = {
            "state": state,
            "pipeline": pipeline,
            "stage": stage,
            "tenant": tenant,
            "tag": tag,
            "code": code,
            "unique": unique,
            "correlation": correlation,
            "since": moment_text(since),
            "until": moment_text(until),
            "before": before,
            "limit": page_size,
        }
        return cast(Iterator[Job], self._pages("/v1/jobs", "jobs", "before", query))

    def explain(self, job_id: int) -> views.Explanation:
        """Why the job waits, works or has ended, and what to do."""
        return cast(views.Explanation, self._get(f"/v1/jobs/{job_id}/explain"))

    def job_events(self, job_id: int, *, after: int = 0, page_size: int = 1000) -> Iterator[Event]:
        """The events of a job, the oldest first."""
        query = {"after": after, "limit": page_size}
        return cast(Iterator[Event], self._pages(f"/v1/jobs/{job_id}/events", "events", "after", query))

    def children(self, job_id: int, *, after: int = 0, page_size: int = 100) -> Iterator[Job]:
        """The jobs that a job has made, the oldest first."""
        query = {"after": after, "limit": page_size}
        return cast(Iterator[Job], self._pages(f"/v1/jobs/{job_id}/children", "jobs", "after", query))

    def output(self, job_id: int) -> Any:
        """The output of a job. One that has none is an ApiError with the code NOT_FOUND."""
        return self._get(f"/v1/jobs/{job_id}/output")

    def events(
        self,
        *,
        after: Optional[int] = None,
        code: Optional[str] = None,
        pipeline: Optional[str] = None,
        patience: float = 60.0,
    ) -> Generator[Event, None, None]:
        """Events from this call on, or after that id, as they happen: each once, in the order of their ids.

        A stream that breaks is opened again where it was; Unreachable is raised when that has failed for
        `patience` seconds, EventsMissed when the server does not send events that are too far back.
        """
        query = {"code": code, "pipeline": pipeline}
        if after is None:
            # The stream itself names no place before its first event.
            after = int(self._get("/v1/events", **query, limit=1)["next_after"] or 0)
        return follow(self._transport, query, after, patience)

    def past_events(
        self,
        *,
        after: int = 0,
        code: Optional[str] = None,
        pipeline: Optional[str] = None,
        page_size: int = 1000,
    ) -> Iterator[Event]:
        """The events after that id up to the newest, the oldest first."""
        query = {"after": after, "code": code, "pipeline": pipeline, "limit": page_size}
        return cast(Iterator[Event], self._pages("/v1/events", "events", "after", query))
