"""A client of millrace, and (millrace.handler) handlers for it."""

from .client import Client
from .errors import ApiError, EventsMissed, MillraceError, Unreachable
from .submission import NewJob
from .views import Event, Hit, Job, Submitted

__all__ = [
    "ApiError",
    "Client",
    "Event",
    "EventsMissed",
    "Hit",
    "Job",
    "MillraceError",
    "NewJob",
    "Submitted",
    "Unreachable",
]
