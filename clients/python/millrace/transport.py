"""HTTP requests: a kept connection for each thread, and what is sent again when it fails."""

from __future__ import annotations

import http.client
import os
import random
import selectors
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Dict, Mapping, Optional, Tuple
from urllib.parse import urlencode, urlsplit

from .errors import ApiError, Unreachable, api_error

ATTEMPTS = 4
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 10.0
#: A server that asks for more is left to the caller.
LONGEST_RETRY_AFTER = 30.0


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Optional[bytes] = None
    #: Sending it twice does no more than sending it once.
    is_idempotent: bool = False
    #: Seconds that the server may take beyond the client's timeout.
    wait: float = 0.0


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    """Sends requests to one server. For many threads."""

    def __init__(
        self, url: str, token: Optional[str], timeout: float, context: Optional[ssl.SSLContext]
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"`{url}` is no URL of a server: write http://127.0.0.1:7117")
        self._is_secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._prefix = parts.path.rstrip("/")
        self._token = token
        self._timeout = timeout
        self._context = context
        self._local = threading.local()

    def request(self, wanted: Request) -> Answer:
        """The answer, if it is a success. Raises ApiError and Unreachable."""
        attempt = 0
        while True:
            attempt += 1
            try:
                return self._once(wanted)
            except (ApiError, _Failed) as failure:
                pause = _pause_after(failure, wanted, attempt)
                if pause is None:
                    raise failure if isinstance(failure, ApiError) else failure.to_user() from failure.__cause__
            time.sleep(pause)

    def open_stream(self, wanted: Request, silence: float) -> Tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        """A connection of its own, whose body the caller reads; it may pause so many seconds.

        Raises ApiError, OSError and http.client.HTTPException.
        """
        connection = self._new_connection()
        try:
            connection.connect()
            _limit_silence(connection, silence)
            self._send(connection, wanted)
            response = connection.getresponse()
            if response.status != 200:
                raise api_error(response.status, response.reason, dict(response.headers), response.read())
        except BaseException:
            connection.close()
            raise
        return connection, response

    def close(self) -> None:
        """Closes the connection of this thread."""
        kept = getattr(self._local, "connection", None)
        if kept is not None:
            kept.close()

    def _once(self, wanted: Request) -> Answer:
        connection = self._connection()
        was_sent = False
        try:
            if connection.sock is None:
                connection.connect()
            was_sent = True
            _limit_silence(connection, self._timeout + wanted.wait)
            self._send(connection, wanted)
            response = connection.getresponse()
            answer = Answer(response.status, dict(response.headers), response.read())
        except (OSError, http.client.HTTPException) as trouble:
            connection.close()
            raise _Failed(trouble, was_sent, self._address()) from trouble
        except BaseException:
            # The rest of the answer must not be taken for the next one.
            connection.close()
            raise
        if answer.status >= 300:
            raise api_error(answer.status, response.reason, answer.headers, answer.body)
        return answer

    def _send(self, connection: http.client.HTTPConnection, wanted: Request) -> None:
        query = {name: _query_value(value) for name, value in wanted.query.items() if value is not None}
        target = self._prefix + wanted.path + ("?" + urlencode(query) if query else "")
        headers: Dict[str, str] = dict(wanted.headers)
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        connection.request(wanted.method, target, wanted.body, headers)

    def _connection(self) -> http.client.HTTPConnection:
        """That of this thread. A process that was forked must not share the socket of its parent."""
        kept: Optional[http.client.HTTPConnection] = getattr(self._local, "connection", None)
        if kept is None or self._local.process != os.getpid():
            kept = self._local.connection = self._new_connection()
            self._local.process = os.getpid()
        elif kept.sock is not None and _has_input(kept.sock):
            # An idle server has nothing to say: it has closed the connection.
            kept.close()
        return kept

    def _new_connection(self) -> http.client.HTTPConnection:
        if self._is_secure:
            return http.client.HTTPSConnection(
                self._host, self._port, timeout=self._timeout, context=self._context
            )
        return http.client.HTTPConnection(self._host, self._port, timeout=self._timeout)

    def _address(self) -> str:
        return self._host if self._port is None else f"{self._host}:{self._port}"


class _Failed(Exception):
    """No answer came."""

    def __init__(self, trouble: Exception, was_sent: bool, address: str) -> None:
        super().__init__(str(trouble))
        self.was_sent = was_sent
        self.has_timed_out = isinstance(trouble, socket.timeout)
        self._address = address

    def to_user(self) -> Unreachable:
        what = "sends no answer" if self.was_sent else "cannot be reached"
        why = "it took too long" if self.has_timed_out else str(self) or type(self.__cause__).__name__
        return Unreachable(f"the server at {self._address} {what}: {why}")


def _pause_after(failure: Exception, wanted: Request, attempt: int) -> Optional[float]:
    """Seconds until the request is sent again; None when it is not."""
    if attempt >= ATTEMPTS:
        return None
    if isinstance(failure, _Failed):
        if failure.was_sent and (failure.has_timed_out or not wanted.is_idempotent):
            return None
        return backoff(attempt)
    assert isinstance(failure, ApiError)
    if failure.code == "REQUEST_IN_PROGRESS":
        return backoff(attempt)
    after = failure.retry_after
    if failure.status != 503 or not wanted.is_idempotent or after is None or after > LONGEST_RETRY_AFTER:
        return None
    return after + backoff(attempt)


def backoff(attempt: int) -> float:
    """Between nothing and a bound that doubles: clients that failed together do not return together."""
    return random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(attempt, 10)))


def _query_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _limit_silence(connection: http.client.HTTPConnection, seconds: float) -> None:
    if connection.sock is not None:
        connection.sock.settimeout(seconds)


def _has_input(connected: socket.socket) -> bool:
    with selectors.DefaultSelector() as waiting:
        waiting.register(connected, selectors.EVENT_READ)
        return bool(waiting.select(0))
