"""Calls about runtimes, documents and the server itself."""

from __future__ import annotations

import json
from typing import Any, Dict, Iterator, List, Optional, cast

from . import form, views
from .calls import Calls, segment
from .transport import Request


class FleetCalls(Calls):
    def stages(self) -> views.StageList:
        """The stages of all pipelines, how many jobs are where, and what is paused."""
        return cast(views.StageList, self._get("/v1/stages"))

    def runtime(self) -> views.Runtime:
        """The runtime that uses the data directory of the server."""
        return cast(views.Runtime, self._get("/v1/runtime"))

    def actors(self) -> List[views.Actor]:
        return cast(List[views.Actor], self._get("/v1/runtime/actors")["actors"])

    def services(self) -> List[views.Service]:
        return cast(List[views.Service], self._get("/v1/runtime/services")["services"])

    def health(self) -> views.Health:
        """Whether the runtime is healthy, and what is wrong."""
        return cast(views.Health, self._get("/v1/runtime/health"))

    def runtimes(self) -> List[views.RuntimeRow]:
        """The runtimes of the database."""
        return cast(List[views.RuntimeRow], self._get("/v1/runtimes")["runtimes"])

    def schedules(self) -> List[views.Schedule]:
        return cast(List[views.Schedule], self._get("/v1/schedules")["schedules"])

    def tenants(self) -> List[views.Tenant]:
        """Weights and limits; the tenant `*` stands for all others."""
        return cast(List[views.Tenant], self._get("/v1/tenants")["tenants"])

    def search(self, query: str, top: int = 5) -> List[views.Hit]:
        """The chunks of documents that answer a question best."""
        body = json.dumps({"query": query, "top": top}).encode()
        headers = {"Content-Type": "application/json"}
        request = Request("POST", "/v1/search", {}, headers, body, is_idempotent=True)
        return cast(List[views.Hit], self._json(request)["hits"])

    def upload(
        self, files: form.Files, *, owner: Optional[str] = None, priority: Optional[int] = None
    ) -> List[views.Uploaded]:
        """Uploads files, by name, and submits a job for each, all of them or none.

        Bytes that this owner has uploaded before become no second document.
        """
        media_type, body = form.encode(files)
        query = {"owner": owner, "priority": priority}
        headers = {"Content-Type": media_type}
        request = Request("POST", "/v1/documents", query, headers, body, is_idempotent=True)
        return cast(List[views.Uploaded], self._json(request)["jobs"])

    def documents(
        self, *, owner: Optional[str] = None, after: Optional[str] = None, page_size: int = 100
    ) -> Iterator[views.Document]:
        """Documents, in the order of their ids."""
        query = {"owner": owner, "after": after, "limit": page_size}
        return cast(Iterator[views.Document], self._pages("/v1/documents", "documents", "after", query))

    def document(self, document_id: str) -> views.Document:
        return cast(views.Document, self._get(f"/v1/documents/{segment(document_id)}"))

    def document_text(self, document_id: str) -> str:
        """The text as it was parsed: the bytes of hits and chunks count in its UTF-8."""
        return self._get_text(f"/v1/documents/{segment(document_id)}/text")

    def document_chunks(
        self, document_id: str, *, after: Optional[int] = None, page_size: int = 100
    ) -> Iterator[views.Chunk]:
        """The chunks of a document, in order; those behind the position `after`."""
        path = f"/v1/documents/{segment(document_id)}/chunks"
        query = {"after": after, "limit": page_size}
        return cast(Iterator[views.Chunk], self._pages(path, "chunks", "after", query))

    def tokens(self) -> List[views.Token]:
        """The tokens, without their secrets."""
        return cast(List[views.Token], self._get("/v1/tokens")["tokens"])

    def create_token(
        self,
        name: str,
        role: views.Role,
        *,
        owner: Optional[str] = None,
        tenant: Optional[str] = None,
        pipeline: Optional[str] = None,
        expires: Optional[str] = None,
    ) -> views.NewToken:
        """Makes a token, valid for as long as `expires` says ("30d"), or for ever."""
        query = {"name": name, "role": role, "owner": owner, "tenant": tenant, "pipeline": pipeline}
        return cast(views.NewToken, self._post("/v1/tokens", {**query, "expires": expires}))

    def revoke_token(self, name: str) -> None:
        self._transport.request(Request("DELETE", f"/v1/tokens/{segment(name)}"))

    def metrics(self) -> str:
        """Figures for Prometheus, in OpenMetrics text."""
        return self._get_text("/metrics", "application/openmetrics-text")

    def openapi(self) -> Dict[str, Any]:
        """The description of the API."""
        return cast(Dict[str, Any], self._get("/v1/openapi.json"))
