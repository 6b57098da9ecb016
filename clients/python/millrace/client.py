"""A client of the HTTP API."""

from __future__ import annotations

import ipaddress
import os
import ssl
from pathlib import Path
from typing import Optional, Union
from urllib.parse import urlsplit

from .fleet import FleetCalls
from .jobs import JobCalls
from .orders import OrderCalls
from .transport import Transport

DEFAULT_URL = "http://127.0.0.1:7117"


class Client(JobCalls, OrderCalls, FleetCalls):
    """Talks to one server. For many threads: each has a connection of its own, which is kept.

    Without a token, a server on this machine is shown the owner's, from `data_dir`; without that,
    from the data directory that `millrace run` uses by default. Every call may raise ApiError and
    Unreachable. What can be sent again without harm is, a few times, when the connection fails or
    the server is busy (503 with Retry-After).
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        token: Optional[str] = None,
        data_dir: Union[str, "os.PathLike[str]", None] = None,
        timeout: float = 30.0,
        context: Optional[ssl.SSLContext] = None,
    ) -> None:
        if token is None:
            token = _owner_token(url, data_dir)
        super().__init__(Transport(url, token, timeout, context))

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection of this thread; those of others close when their threads end."""
        self._transport.close()


def _owner_token(url: str, data_dir: Union[str, "os.PathLike[str]", None]) -> Optional[str]:
    """The owner's token, for a server on this machine only: it opens everything."""
    if not _is_on_this_machine(urlsplit(url).hostname or ""):
        if data_dir is not None:
            raise ValueError(f"the owner's token is not sent to {url}: create a token, and give it as `token`")
        return None
    if data_dir is not None:
        return (Path(data_dir) / "owner.token").read_text().strip()
    try:
        return (_default_data_dir() / "owner.token").read_text().strip()
    except OSError:
        return None


def _is_on_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _default_data_dir() -> Path:
    chosen = os.environ.get("MILLRACE_RUNTIME__DATA_DIR")
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "millrace"
