#!/usr/bin/env python3
"""A handler whose jobs say what it is to do: the stages of the suite that are in Python."""

from __future__ import annotations

import datetime
import logging
import os
import sys

from millrace.handler import Advance, Child, Job, NewJob, Reject, Retry, Snooze, handler

log = logging.getLogger("handled")
slept = set()


@handler(rejects=(KeyError,))
def handled(job: Job) -> object:
    if job.stage == "joined":
        return {"words": [child.output["words"] for child in job.children], "states": [child.state for child in job.children]}
    if job.stage == "parts":
        children = [Child("handled", {"do": "count", "text": part}) for part in job.payload["parts"]]
        return Advance(children=children)
    return work(job, job.payload["do"])


def work(job: Job, what: str) -> object:
    if what == "make":
        at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(milliseconds=10)
        made = NewJob("plain", {"n": 1}, unique=job.payload["key"], at=at, correlation="made", tags=["made"])
        return Advance({"made": 2}, jobs=[made, NewJob("plain", {"n": 2}, priority=2, tags=["made"])])
    if what == "count":
        print("this goes to the log,")
        sys.stdout.flush()
        os.system("echo and this too")
        log.info("at job %s", job.id)
        job.progress(50, "half of it")
        words = len(job.payload["text"].split())
        return {"words": words, "tags": list(job.tags), "attempt": job.attempt, "stage": job.stage}
    if what == "reject":
        raise Reject("NO_TEXT", "it is empty")
    if what == "retry":
        raise Retry("BUSY", "no seat", after=0.01)
    if what == "snooze" and job.id not in slept:
        slept.add(job.id)
        raise Snooze(0.01, "not yet")
    if what == "snooze":
        return {"slept": True}
    if what == "raise":
        return 1 / 0
    if what == "large":
        return "x" * (2 << 20)
    if what == "half":
        return "\ud83e"
    raise KeyError(what)


if __name__ == "__main__":
    handled.run()
