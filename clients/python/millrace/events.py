"""Events as they happen: server-sent events, each yielded once, whatever breaks in between."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass
from typing import Any, Dict, Generator, Iterable, Iterator, Mapping, Optional, cast

from .errors import ApiError, EventsMissed, Unreachable
from .transport import LONGEST_RETRY_AFTER, Request, Transport, backoff
from .views import Event

#: The server says something every 15 seconds.
LONGEST_SILENCE = 45.0
#: A stream that lasted for so many seconds was no failure.
LONG_ENOUGH = 1.0


@dataclass(frozen=True)
class Message:
    """A block of the stream. Without data it only moves the id."""

    event: str
    data: str
    id: Optional[str]


def read_messages(lines: Iterable[bytes]) -> Iterator[Message]:
    """The messages of https://html.spec.whatwg.org/multipage/server-sent-events.html."""
    fields: Dict[str, str] = {}
    for line in lines:
        if not line.endswith(b"\n"):
            return  # The stream was cut off within a message.
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if not text:
            if "data" in fields or "id" in fields:
                yield Message(fields.get("event", "message"), fields.get("data", ""), fields.get("id"))
            fields = {}
            continue
        name, _, value = text.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if name == "data" and "data" in fields:
            value = fields["data"] + "\n" + value
        fields[name] = value


class _Follower:
    def __init__(self, transport: Transport, query: Mapping[str, Any], after: int, patience: float) -> None:
        self._transport = transport
        self._query = query
        self._last = after
        self._patience = patience
        self._failing_since: Optional[float] = None
        self._failures = 0

    def follow(self) -> Generator[Event, None, None]:
        while True:
            begin = time.monotonic()
            trouble: Optional[Exception] = None
            try:
                yield from self._stream()
            except (OSError, http.client.HTTPException) as failure:
                trouble = failure
            except ApiError as refusal:
                if refusal.status != 503 or (refusal.retry_after or 0.0) > LONGEST_RETRY_AFTER:
                    raise
                trouble = refusal
            if time.monotonic() - begin >= LONG_ENOUGH:
                self._failures = 0
            self._pause(trouble)

    def _stream(self) -> Generator[Event, None, None]:
        connection, response = self._transport.open_stream(
            Request(
                "GET",
                "/v1/events",
                {**self._query, "after": self._last},
                {"Accept": "text/event-stream", "Last-Event-ID": str(self._last)},
            ),
            LONGEST_SILENCE,
        )
        try:
            self._failing_since = None
            for message in read_messages(response):
                self._failures = 0
                yield from self._take(message)
        finally:
            connection.close()

    def _take(self, message: Message) -> Iterator[Event]:
        if message.event == "missed":
            gap = json.loads(message.data)
            raise EventsMissed(gap["after"], gap["until"])
        if message.event == "message" and message.data:
            event = cast(Event, json.loads(message.data))
            if event["event_id"] > self._last:
                self._last = event["event_id"]
                yield event
        elif message.id is not None and message.id.isdigit():
            self._last = max(self._last, int(message.id))

    def _pause(self, trouble: Optional[Exception]) -> None:
        now = time.monotonic()
        self._failing_since = now if self._failing_since is None else self._failing_since
        if now - self._failing_since > self._patience:
            raise Unreachable(f"no events came for {self._patience:g} s: {trouble or 'the stream ended'}") from trouble
        self._failures += 1
        asked = trouble.retry_after if isinstance(trouble, ApiError) else None
        time.sleep((asked or 0.0) + backoff(self._failures))


def follow(
    transport: Transport, query: Mapping[str, Any], after: int, patience: float
) -> Generator[Event, None, None]:
    return _Follower(transport, query, after, patience).follow()
