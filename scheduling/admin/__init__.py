"""The calendar in the clinic's admin: states are read, steps are taken by their services."""

from scheduling.admin import (
    appointments,
    assistance,
    availability,
    branches,
    closings,
    feeds,
    outbox,
    series,
    types,
    waiting,
)

__all__ = [
    "appointments",
    "assistance",
    "availability",
    "branches",
    "closings",
    "feeds",
    "outbox",
    "series",
    "types",
    "waiting",
]
