"""Jobs as lines of JSON, and how many lines one request has."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence, Union

#: A moment, a wait from now on, or either as the server reads it: "2026-12-01T08:00Z", "+10m".
When = Union[str, datetime.datetime, datetime.timedelta]
Moment = Union[str, datetime.datetime]


@dataclass(frozen=True)
class NewJob:
    """A job to submit, where a payload alone does not say enough."""

    payload: Any = None
    priority: Optional[int] = None
    at: Optional[When] = None
    unique: Optional[str] = None
    correlation: Optional[str] = None
    tenant: Optional[str] = None
    tags: Optional[Sequence[str]] = None
    #: Of the pipeline's jobs with the same one only so many are at work at once.
    concurrency_key: Optional[str] = None
    #: Where the trace goes on that the job is a part of (W3C Trace Context).
    traceparent: Optional[str] = None

    def to_json(self) -> bytes:
        # Always with the member `payload`: a payload may have a member of that name itself.
        said: Dict[str, Any] = {"payload": self.payload}
        for name in ("priority", "unique", "correlation", "tenant", "concurrency_key", "traceparent"):
            if getattr(self, name) is not None:
                said[name] = getattr(self, name)
        if self.at is not None:
            said["at"] = when_text(self.at)
        if self.tags is not None:
            said["tags"] = list(self.tags)
        return to_json(said)


def to_json(document: Any) -> bytes:
    """In one line. Raises ValueError for NaN, infinity and halves of characters, which no server takes."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def when_text(at: When) -> str:
    if isinstance(at, datetime.timedelta):
        return f"+{max(0, at // datetime.timedelta(microseconds=1))}us"
    return moment_text(at) or ""


def moment_text(at: Optional[Moment]) -> Optional[str]:
    if at is None or isinstance(at, str):
        return at
    if at.tzinfo is None:
        raise ValueError(f"`{at}` has no time zone: write datetime.now(timezone.utc)")
    return at.isoformat()


def batches(jobs: Iterable[Any], most_jobs: int, most_bytes: int) -> Iterator[bytes]:
    """NDJSON of so many lines and bytes at most; a line that is longer stands alone."""
    lines: List[bytes] = []
    size = 0
    for job in jobs:
        line = (job if isinstance(job, NewJob) else NewJob(job)).to_json()
        if lines and (len(lines) == most_jobs or size + len(line) + 1 > most_bytes):
            yield b"\n".join(lines)
            lines, size = [], 0
        lines.append(line)
        size += len(line) + 1
    if lines:
        yield b"\n".join(lines)
