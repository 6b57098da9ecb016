"""Orders: what changes jobs, stages, schedules and the runtime."""

from __future__ import annotations

from typing import Any, Dict, Optional, cast

from . import views
from .calls import Calls, segment
from .transport import Request
from .views import State, Submitted

#: Seconds that an order about many jobs may take.
BULK_WAIT = 300.0


class OrderCalls(Calls):
    def cancel(self, job_id: int) -> views.JobPlace:
        """Cancels a job, or asks the runtime that works on it to end it."""
        return cast(views.JobPlace, self._post(f"/v1/jobs/{job_id}/cancel"))

    def retry(self, job_id: int) -> views.JobPlace:
        """Lets a job run that waits for its time, or is dead or cancelled."""
        return cast(views.JobPlace, self._post(f"/v1/jobs/{job_id}/retry"))

    def replay(self, job_id: int, *, from_stage: str) -> views.JobPlace:
        """Sends an ended job back to a stage."""
        return cast(views.JobPlace, self._post(f"/v1/jobs/{job_id}/replay", {"from": from_stage}))

    def move(self, job_id: int, *, to: str, to_pipeline: Optional[str] = None) -> views.JobPlace:
        """Moves a job that waits or has died to another stage."""
        query = {"to": to, "to_pipeline": to_pipeline}
        return cast(views.JobPlace, self._post(f"/v1/jobs/{job_id}/move", query))

    # With `dry_run` these only say how many jobs they would change, and where.

    def replay_many(
        self,
        *,
        state: Optional[State] = None,
        pipeline: Optional[str] = None,
        stage: Optional[str] = None,
        code: Optional[str] = None,
        from_stage: Optional[str] = None,
        limit: Optional[int] = None,
        dry_run: bool = False,
    ) -> views.BulkResult:
        """Sends ended jobs back, each to where it ended or all to one stage; dead ones if no state is given."""
        which = {"state": state, "pipeline": pipeline, "stage": stage, "code": code, "from": from_stage}
        return self._bulk("replay", {**which, "limit": limit}, dry_run)

    def move_many(
        self,
        *,
        to: str,
        to_pipeline: Optional[str] = None,
        state: Optional[State] = None,
        pipeline: Optional[str] = None,
        stage: Optional[str] = None,
        code: Optional[str] = None,
        limit: Optional[int] = None,
        dry_run: bool = False,
    ) -> views.BulkResult:
        """Moves jobs that wait or have died to another stage."""
        which = {"state": state, "pipeline": pipeline, "stage": stage, "code": code, "limit": limit}
        return self._bulk("move", {**which, "to": to, "to_pipeline": to_pipeline}, dry_run)

    def cancel_many(
        self,
        *,
        pipeline: str,
        state: Optional[State] = None,
        stage: Optional[str] = None,
        code: Optional[str] = None,
        limit: Optional[int] = None,
        dry_run: bool = False,
    ) -> views.BulkResult:
        """Cancels unfinished jobs of a pipeline."""
        which = {"state": state, "pipeline": pipeline, "stage": stage, "code": code, "limit": limit}
        return self._bulk("cancel", which, dry_run)

    def delete_many(
        self,
        *,
        state: State,
        pipeline: Optional[str] = None,
        stage: Optional[str] = None,
        code: Optional[str] = None,
        limit: Optional[int] = None,
        dry_run: bool = False,
    ) -> views.BulkResult:
        """Deletes jobs that have ended, without an archive."""
        which = {"state": state, "pipeline": pipeline, "stage": stage, "code": code, "limit": limit}
        return self._bulk("delete", which, dry_run)

    def _bulk(self, order: str, query: Dict[str, Any], dry_run: bool) -> views.BulkResult:
        query = {**query, "dry_run": dry_run}
        request = Request("POST", f"/v1/jobs/{order}", query, is_idempotent=dry_run, wait=BULK_WAIT)
        return cast(views.BulkResult, self._json(request))

    def pause(self, pipeline: str, stage: Optional[str] = None) -> views.StagePause:
        """Pauses a stage, or a whole pipeline."""
        return cast(views.StagePause, self._again("/v1/stages/pause", pipeline=pipeline, stage=stage))

    def resume(self, pipeline: str, stage: Optional[str] = None) -> views.StagePause:
        """Resumes a stage, or a whole pipeline."""
        return cast(views.StagePause, self._again("/v1/stages/resume", pipeline=pipeline, stage=stage))

    def pause_schedule(self, name: str) -> views.Schedule:
        """Pauses a schedule: it makes no jobs until it is resumed."""
        return cast(views.Schedule, self._again(f"/v1/schedules/{segment(name)}/pause"))

    def resume_schedule(self, name: str) -> views.Schedule:
        """Resumes a schedule, which goes on with its next time."""
        return cast(views.Schedule, self._again(f"/v1/schedules/{segment(name)}/resume"))

    def run_schedule(self, name: str) -> Submitted:
        """Makes a job of a schedule now."""
        made = self._post(f"/v1/schedules/{segment(name)}/run")
        return Submitted(made["job_id"], made["result"])

    def drain(self) -> views.Order:
        """Tells the runtime to end what is in progress and begin nothing."""
        return cast(views.Order, self._post("/v1/runtime/drain"))

    def stop(self) -> views.Order:
        """Tells the runtime to give back what is in progress and end."""
        return cast(views.Order, self._post("/v1/runtime/stop"))

    def _again(self, path: str, **query: Any) -> Any:
        """An order that may be given twice."""
        return self._json(Request("POST", path, query, is_idempotent=True))
