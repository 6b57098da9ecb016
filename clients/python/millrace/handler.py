"""Handlers: a function as the work of a stage (`handler = exec:python3 FILE`, docs/handlers.md).

    from millrace.handler import Job, Reject, handler

    @handler
    def count_words(job: Job) -> object:
        if not job.payload["text"]:
            raise Reject("NO_TEXT", "it is empty")
        return {"words": len(job.payload["text"].split())}

    if __name__ == "__main__":
        count_words.run()

What the function returns is the stage's output; what it raises is the job's failure. It may print:
standard output and standard error both go to the log of the runtime, and so does `logging`.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import logging
import math
import os
import re
import sys
import traceback
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, Type, Union, overload

PROTOCOL = 1
MAX_OUTPUT = 1 << 20
MAX_ANSWER = 16 << 20


@dataclass(frozen=True)
class ChildResult:
    """What became of a job that this one made, at a stage that joins."""

    id: int
    state: str
    code: str = ""
    output: Any = None
    #: All outputs together were too large to be given.
    output_left_out: bool = False


@dataclass(frozen=True)
class Job:
    id: int = 0
    #: Another each time the job is handed out. What must not be done twice outside is keyed by `id` and `stage`.
    epoch: int = 0
    #: 1 for the first try in this stage.
    attempt: int = 1
    max_attempts: int = 1
    pipeline: str = ""
    stage: str = ""
    #: The earliest time at which the job may be timed out.
    deadline: Optional[datetime.datetime] = None
    correlation_id: str = ""
    tenant: str = ""
    priority: int = 0
    tags: Tuple[str, ...] = ()
    payload: Any = None
    #: What the last stage that returned something returned.
    input: Any = None
    #: Where the trace of the job goes on (W3C Trace Context).
    traceparent: Optional[str] = None
    #: The job that made this one.
    parent: Optional[int] = None
    children: Tuple[ChildResult, ...] = ()
    _report: Callable[[Optional[float], str], None] = field(default=lambda percent, message: None, repr=False)

    @property
    def is_last_attempt(self) -> bool:
        return self.attempt >= self.max_attempts

    def progress(self, percent: Optional[float] = None, message: str = "") -> None:
        """Says how far the job is, from 0 to 100; every inspector sees the message."""
        self._report(percent, message)


@dataclass(frozen=True)
class Child:
    """A job to make. Without a priority it has that of its parent."""

    pipeline: str
    payload: Any = None
    priority: Optional[int] = None


@dataclass(frozen=True)
class NewJob:
    """A job to make that nothing waits for. Without them it has the tenant and correlation id of the one that makes it.

    Where another job has its unique key none is made; with `on_conflict="replace"` that one gets the payload.
    """

    pipeline: str
    payload: Any = None
    priority: Optional[int] = None
    #: Not before: a time with a time zone, or what the command line takes ("+10m").
    at: Union[datetime.datetime, str, None] = None
    unique: Optional[str] = None
    unique_while: Optional[str] = None
    on_conflict: Optional[str] = None
    correlation: Optional[str] = None
    tenant: Optional[str] = None
    tags: Sequence[str] = ()
    #: Of the pipeline's jobs with the same one only so many are at work at once.
    concurrency_key: Optional[str] = None

    def __post_init__(self) -> None:
        if isinstance(self.at, datetime.datetime) and self.at.tzinfo is None:
            raise ValueError(f"`at` is {self.at}, which has no time zone")
        if self.on_conflict not in (None, "keep", "replace"):
            raise ValueError(f"`on_conflict` is {self.on_conflict!r}: keep or replace")


@dataclass(frozen=True)
class Advance:
    """The output of the stage with jobs to make, in one transaction with the job's own move."""

    output: Any = None
    children: Sequence[Child] = ()
    jobs: Sequence[NewJob] = ()


class Reject(Exception):
    """The job is dead. A code is 1 to 64 upper-case letters, digits and `_`."""

    def __init__(self, code: str = "", why: str = "") -> None:
        super().__init__(code, why)
        self.code, self.why = _checked(code), why


class Retry(Exception):
    """The job is tried again, after so many seconds or else the stage's backoff; the attempt is charged."""

    def __init__(self, code: str = "", why: str = "", after: Optional[float] = None) -> None:
        super().__init__(code, why, after)
        self.code, self.why, self.after = _checked(code), why, None if after is None else _length(after)


class Snooze(Exception):
    """The job is tried again after so many seconds; nothing is charged."""

    def __init__(self, seconds: float, why: str = "") -> None:
        super().__init__(seconds, why)
        self.seconds, self.why = _length(seconds), why


Work = Callable[[Job], Any]


class Handler:
    """A function as a handler. It can still be called, in tests for instance."""

    def __init__(
        self, work: Work, setup: Optional[Callable[[], object]], rejects: Tuple[Type[Exception], ...]
    ) -> None:
        self._work, self._setup, self._rejects = work, setup, rejects
        self.__name__ = getattr(work, "__name__", "handler")
        self.__doc__ = work.__doc__

    def __call__(self, job: Job) -> Any:
        return self._work(job)

    def run(self) -> None:
        """Works for the runtime that started this program, until that ends it."""
        logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.INFO)
        lines, answers = _take_standard_streams()
        try:
            self.serve(lines, answers)
        except BrokenPipeError:
            pass  # The runtime is gone.

    def serve(self, lines: BinaryIO, answers: BinaryIO) -> None:
        """The protocol, on any streams."""
        _read_greeting(lines.readline())
        if self._setup is not None:
            self._setup()
        _write(answers, {"ready": 1})
        for line in lines:
            answers.write(self._answer(line, answers))
            answers.flush()

    def _answer(self, line: bytes, answers: BinaryIO) -> bytes:
        try:
            said = json.loads(line)
        except ValueError as trouble:  # A number of more digits than Python reads.
            return _line({"id": _id_in(line), "reject": _said(code="PAYLOAD_INVALID", why=str(trouble))})

        def report(percent: Optional[float], message: str) -> None:
            _write(answers, {"id": said["id"], "progress": _percent(percent), "message": _whole(message)})

        try:
            return _advance_line(said["id"], self._work(_job_of(said, report)))
        except Exception as raised:
            return _line({"id": said["id"], **self._failure_of(raised)})

    def _failure_of(self, raised: Exception) -> Dict[str, Any]:
        if isinstance(raised, Reject):
            return {"reject": _said(code=raised.code, why=raised.why)}
        if isinstance(raised, Retry):
            return {"retry": _said(code=raised.code, why=raised.why, after=raised.after)}
        if isinstance(raised, Snooze):
            return {"snooze": {"for": raised.seconds, **_said(why=raised.why)}}
        why = "".join(traceback.format_exception_only(type(raised), raised)).strip()
        if isinstance(raised, self._rejects):
            return {"reject": _said(why=why)}
        traceback.print_exception(type(raised), raised, raised.__traceback__)
        sys.stderr.flush()
        return {"retry": _said(code="HANDLER_ERROR", why=why)}


@overload
def handler(work: Work) -> Handler: ...
@overload
def handler(
    *, setup: Optional[Callable[[], object]] = None, rejects: Tuple[Type[Exception], ...] = ()
) -> Callable[[Work], Handler]: ...
def handler(
    work: Optional[Work] = None,
    *,
    setup: Optional[Callable[[], object]] = None,
    rejects: Tuple[Type[Exception], ...] = (),
) -> Union[Handler, Callable[[Work], Handler]]:
    """Makes a function a handler: `@handler`, or `@handler(setup=load_model, rejects=(KeyError,))`.

    `setup` is called once, before the first job: within 30 seconds. An exception of `rejects` means that
    the job is bad, and never gets better; any other that the function raises, that it may be tried again.
    """
    if work is not None:
        return Handler(work, setup, rejects)
    return lambda named: Handler(named, setup, rejects)


def _take_standard_streams() -> Tuple[BinaryIO, BinaryIO]:
    """The streams of the protocol. What the function and its subprocesses read and print is kept apart."""
    lines = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(line_buffering=True)
    return lines, answers


def _read_greeting(line: bytes) -> None:
    try:
        greeting = json.loads(line)
    except ValueError:
        sys.exit("this is a handler: name it in a stage, `handler = exec:python3 FILE`, and start millrace")
    if greeting.get("millrace") != PROTOCOL:
        sys.exit(f"this handler speaks version {PROTOCOL} of the protocol, not {greeting.get('millrace')}")


def _job_of(said: Mapping[str, Any], report: Callable[[Optional[float], str], None]) -> Job:
    known = {one.name for one in dataclasses.fields(Job)}
    members: Dict[str, Any] = {name: value for name, value in said.items() if name in known}
    members["tags"] = tuple(said.get("tags") or ())
    members["children"] = tuple(_child_of(child) for child in said.get("children") or ())
    deadline = said.get("deadline")
    members["deadline"] = None if deadline is None else datetime.datetime.fromisoformat(deadline.replace("Z", "+00:00"))
    return Job(_report=report, **members)


def _child_of(said: Mapping[str, Any]) -> ChildResult:
    known = {one.name for one in dataclasses.fields(ChildResult)}
    return ChildResult(**{name: value for name, value in said.items() if name in known})


def _id_in(line: bytes) -> int:
    """Of a line that cannot be read: the id is its first member."""
    digits = re.match(rb'\s*{\s*"id"\s*:\s*(\d+)', line)
    if digits is None:
        sys.exit(f"this is no job: {line[:100]!r}")
    return int(digits[1])


def _advance_line(job: int, returned: Any) -> bytes:
    moved = returned if isinstance(returned, Advance) else Advance(returned)
    output = _line(moved.output)
    if len(output) - 1 > MAX_OUTPUT:
        return _too_large(job, f"the output has {len(output) - 1} bytes, {MAX_OUTPUT} are allowed")
    answer: Dict[str, Any] = {"id": job, "advance": moved.output}
    if moved.children:
        answer["children"] = [_child_members(child) for child in moved.children]
    if moved.jobs:
        answer["jobs"] = [_job_members(job) for job in moved.jobs]
    line = _line(answer)
    return line if len(line) <= MAX_ANSWER else _too_large(job, f"the answer has {len(line)} bytes")


def _child_members(child: Child) -> Dict[str, Any]:
    members: Dict[str, Any] = {"pipeline": child.pipeline, "payload": child.payload}
    return members if child.priority is None else {**members, "priority": child.priority}


def _job_members(job: NewJob) -> Dict[str, Any]:
    members = {name: value for name, value in vars(job).items() if value is not None and value != ()}
    if isinstance(job.at, datetime.datetime):
        members["at"] = job.at.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if "tags" in members:
        members["tags"] = list(job.tags)
    return members


def _too_large(job: int, why: str) -> bytes:
    # The runtime would end the program that writes such a line.
    return _line({"id": job, "reject": {"code": "HANDLER_OUTPUT_TOO_LARGE", "why": why}})


def _said(**members: Any) -> Dict[str, Any]:
    """Those that say something."""
    return {
        name: _whole(value) if isinstance(value, str) else value
        for name, value in members.items()
        if value is not None and value != ""
    }


def _checked(code: str) -> str:
    if code and not re.fullmatch("[A-Z0-9_]{1,64}", code):
        raise ValueError(f"the code `{code}` is not 1 to 64 upper-case letters, digits and `_`")
    return code


def _length(seconds: float) -> float:
    if not 0 <= seconds < math.inf:
        raise ValueError(f"{seconds} is no number of seconds")
    return seconds


def _percent(said: Optional[float]) -> Optional[float]:
    return None if said is None or math.isnan(said) else min(100.0, max(0.0, said))


def _whole(text: str) -> str:
    """Halves of characters are no JSON."""
    return text.encode("utf-8", "replace").decode()


def _line(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def _write(answers: BinaryIO, document: Any) -> None:
    answers.write(_line(document))
    answers.flush()
