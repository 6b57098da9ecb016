#!/usr/bin/env python3
"""A proxy with faults. Usage: faults.py SERVER_PORT; prints its URLs by their faults, and runs until it is ended.

Every connection carries one request.
"""

from __future__ import annotations

import json
import re
import socket
import socketserver
import sys
import threading
from typing import Dict, Optional, Set, Tuple, Type

SERVER = ("127.0.0.1", int(sys.argv[1]))
#: Of a stream of events; the end falls within an event or behind one.
CUT_AFTER_BYTES = 1000
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
MISSED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
    b'retry: 1000\n\nid: 50\nevent: missed\ndata: {"after":10,"until":50}\n\n'
)


class Proxy(socketserver.BaseRequestHandler):
    request: socket.socket
    lock = threading.Lock()

    def handle(self) -> None:
        asked = self.read_request()
        if asked is not None:
            self.answer(*asked)

    def answer(self, head: bytes, body: bytes) -> None:
        self.relay(head, body)

    def read_request(self) -> Optional[Tuple[bytes, bytes]]:
        whole = b""
        while b"\r\n\r\n" not in whole:
            piece = self.request.recv(65536)
            if not piece:
                return None
            whole += piece
        head, body = whole.split(b"\r\n\r\n", 1)
        length = int(header(head, b"content-length") or 0)
        while len(body) < length:
            body += self.request.recv(65536)
        return head, body

    def relay(self, head: bytes, body: bytes, most: Optional[int] = None) -> None:
        """Gives the request to the server, and so many bytes of the response back."""
        kept = re.sub(rb"(?i)\r\nconnection:[^\r]*", b"", head)
        with socket.create_connection(SERVER) as server:
            server.sendall(kept + b"\r\nConnection: close\r\n\r\n" + body)
            while most is None or most > 0:
                piece = server.recv(65536 if most is None else most)
                if not piece:
                    return
                self.request.sendall(piece)
                most = None if most is None else most - len(piece)

    def lose_answer(self, head: bytes, body: bytes) -> None:
        """The server has carried the request out; nothing of its response comes back."""
        kept = re.sub(rb"(?i)\r\nconnection:[^\r]*", b"", head)
        with socket.create_connection(SERVER) as server:
            server.sendall(kept + b"\r\nConnection: close\r\n\r\n" + body)
            while server.recv(65536):
                pass


class Cutting(Proxy):
    """Cuts streams of events."""

    def answer(self, head: bytes, body: bytes) -> None:
        is_stream = b"text/event-stream" in head
        self.relay(head, body, CUT_AFTER_BYTES if is_stream else None)


class Lossy(Proxy):
    """Loses the first answer to each request with an Idempotency-Key, and all answers to other POSTs."""

    known: Set[bytes] = set()

    def answer(self, head: bytes, body: bytes) -> None:
        key = header(head, b"idempotency-key")
        with self.lock:
            is_lost = head.startswith(b"POST") and key not in self.known
            if key is not None:
                self.known.add(key)
        if is_lost:
            self.lose_answer(head, body)
        else:
            self.relay(head, body)


class Busy(Proxy):
    """Answers every second request only."""

    count = 0

    def answer(self, head: bytes, body: bytes) -> None:
        with self.lock:
            Busy.count += 1
            is_busy = Busy.count % 2 == 1
        if is_busy:
            self.request.sendall(BUSY)
        else:
            self.relay(head, body)


class Missed(Proxy):
    """Sends no events."""

    def answer(self, head: bytes, body: bytes) -> None:
        self.request.sendall(MISSED)


class Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves is no error."""


def header(head: bytes, name: bytes) -> Optional[bytes]:
    found = re.search(rb"(?im)^" + name + rb":[ \t]*([^\r\n]*)", head)
    return None if found is None else found[1]


def start(fault: Type[Proxy]) -> str:
    listener = Listener(("127.0.0.1", 0), fault)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{listener.server_address[1]}"


def main() -> None:
    # Bound and not listening: connections are refused.
    closed = socket.socket()
    closed.bind(("127.0.0.1", 0))
    urls: Dict[str, str] = {"closed": f"http://127.0.0.1:{closed.getsockname()[1]}"}
    for fault in (Cutting, Lossy, Busy, Missed):
        urls[fault.__name__.lower()] = start(fault)
    print(json.dumps(urls), flush=True)
    threading.Event().wait()


main()
