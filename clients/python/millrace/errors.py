"""What goes wrong: the server's answers that are errors, and a server that does not answer."""

from __future__ import annotations

import json
from typing import Any, List, Mapping, Optional

from .views import Submitted


class MillraceError(Exception):
    """Any error of this package."""


class ApiError(MillraceError):
    """The server answered with a problem document (RFC 9457)."""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str = "",
        next: str = "",
        retry_after: Optional[float] = None,
    ) -> None:
        super().__init__(status, code, title, detail, next, retry_after)
        self.status = status
        #: For programs: "NOT_FOUND", "QUEUE_FULL".
        self.code = code
        #: What happened.
        self.title = title
        #: Why.
        self.detail = detail
        #: What to do.
        self.next = next
        #: Seconds after which the request may be sent again.
        self.retry_after = retry_after
        #: Of submit_many(): the jobs of the batches before the one that was refused.
        self.submitted: List[Submitted] = []

    def __str__(self) -> str:
        why = f": {self.detail}" if self.detail else ""
        return f"{self.status} {self.code}: {self.title}{why}" + (f" ({self.next})" if self.next else "")


class Unreachable(MillraceError, ConnectionError):
    """The server cannot be reached, or the connection broke before the answer was whole.

    Whether the server has carried the request out is not known.
    """


class EventsMissed(MillraceError):
    """The reader is too far behind: the events after `after`, up to `until`, are not sent.

    `client.events(after=missed.until)` goes on behind them.
    """

    def __init__(self, after: int, until: int) -> None:
        super().__init__(after, until)
        self.after = after
        self.until = until

    def __str__(self) -> str:
        return f"the events after {self.after}, up to {self.until}, were not sent: the reader is too far behind"


def api_error(status: int, reason: str, headers: Mapping[str, str], body: bytes) -> ApiError:
    """The error of an answer, also of one that a proxy wrote and that is no problem document."""
    problem = _problem_in(body)

    def text(name: str, otherwise: str) -> str:
        value = problem.get(name)
        return value if isinstance(value, str) else otherwise

    return ApiError(
        status,
        text("code", f"HTTP_{status}"),
        text("title", reason),
        text("detail", "" if problem else body[:300].decode("utf-8", "replace")),
        text("next", ""),
        _seconds(headers.get("Retry-After")),
    )


def _problem_in(body: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _seconds(header: Optional[str]) -> Optional[float]:
    return float(header) if header is not None and header.isascii() and header.isdigit() else None
