"""Which clinic lives at which host, remembered by each process for a minute.

The lookup costs no statement on most requests. What is remembered is the directory only (public schema),
never a clinic's data; unknown hosts are remembered too, so that guessing them costs the database nothing.
"""

import copy
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from django.apps import apps
from django.conf import settings
from django.http.request import split_domain_port

if TYPE_CHECKING:
    from tenants.models import Organization

SECONDS = 60.0
# A bound against made-up hosts; the oldest entry goes first.
LARGEST = 10_000


class Entry(NamedTuple):
    """What is known of a host until `expires` (monotonic clock)."""

    expires: float
    organization: "Organization | None"


_entries: dict[str, Entry] = {}
_generation = [0]
_lock = threading.Lock()


def normalised(host: str) -> str:
    """`host` without port and trailing dot, in small letters; empty when it is not a host."""
    domain, _port = split_domain_port(host)
    return domain


def is_platform(host: str) -> bool:
    """Whether the (normalised) host is the platform's own."""
    return host == settings.PLATFORM_DOMAIN


def clinic_at(host: str) -> "Organization | None":
    """The clinic that the (normalised) host belongs to; the caller may change its copy."""
    entry = _entries.get(host)
    if entry is None or entry.expires < time.monotonic():
        generation = _generation[0]
        found = _look_up(host)
        # Whoever waits for a clinic to be set up looks again every other moment.
        lasts = 0.0 if found is not None and found.status == found.Status.PROVISIONING else SECONDS
        entry = Entry(time.monotonic() + lasts, found)
        # What was read before a change must not be remembered after it.
        if generation == _generation[0]:
            _remember(host, entry)
    return copy.copy(entry.organization)


def looked_up_anew(host: str) -> "Organization | None":
    """The clinic as it is now, not as it was remembered: asked before somebody is led away from `host`."""
    found = _look_up(host)
    _remember(host, Entry(time.monotonic() + SECONDS, found))
    return copy.copy(found)


def forget() -> None:
    """Forget everything: a clinic or a host was changed in this process."""
    _generation[0] += 1
    _entries.clear()


def _remember(host: str, entry: Entry) -> None:
    with _lock:
        _entries.pop(host, None)
        while len(_entries) >= LARGEST:
            _entries.pop(next(iter(_entries)))
        _entries[host] = entry


def _look_up(host: str) -> "Organization | None":
    return apps.get_model("tenants", "Organization").objects.with_host().filter(domains__domain=host).first()
