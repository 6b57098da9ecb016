"""What all calls are made of."""

from __future__ import annotations

import json
from typing import Any, Dict, Iterator, Optional
from urllib.parse import quote

from .transport import Request, Transport


class Calls:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def _get(self, path: str, **query: Any) -> Any:
        return self._json(Request("GET", path, query, is_idempotent=True))

    def _get_text(self, path: str, media_type: str = "text/plain") -> str:
        request = Request("GET", path, headers={"Accept": media_type}, is_idempotent=True)
        return self._transport.request(request).body.decode()

    def _post(self, path: str, query: Optional[Dict[str, Any]] = None) -> Any:
        return self._json(Request("POST", path, query or {}))

    def _json(self, request: Request) -> Any:
        return json.loads(self._transport.request(request).body)

    def _pages(self, path: str, member: str, next_page: str, query: Dict[str, Any]) -> Iterator[Any]:
        """What is in a list, page by page, as it is read. `next_page` is the parameter that names the next one."""
        while True:
            page = self._get(path, **query)
            yield from page[member]
            following = page[f"next_{next_page}"]
            # Behind the newest event there is no page yet.
            if following is None or following == query.get(next_page):
                return
            query = {**query, next_page: following}


def segment(name: str) -> str:
    """A name in a path."""
    return quote(name, safe="")
