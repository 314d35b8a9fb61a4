"""How long a session may be left alone: after that it opens nothing until its person signs in again.

The server decides, by when the session's person was last heard of; static/js/idle.js warns in time and
covers what is on the screen. A session that is over keeps what is in it (the role one was in), for the same
person only: Django empties it when another one signs in.
"""

from dataclasses import dataclass

from django.contrib.sessions.backends.base import UpdateError

from accounts.members.roles import Role
from clinic.db.sessions import SEEN, seconds_now
from clinic.http import ClinicRequest, is_prefetched

PLATFORM_MINUTES = 30
SUPPORT_MINUTES = 15
# In seconds; the session is written no oftener.
MINUTE = 60
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# What our script says of a fragment that somebody asked for, and of somebody who types: "1"; of its own
# questions: "0".
BY_HAND = "X-By-Hand"


@dataclass(frozen=True)
class Rest:
    """How many minutes a session may be left alone, and how many seconds of them are left."""

    minutes: int
    left: int

    @property
    def is_over(self) -> bool:
        """Whether the session opens nothing any more."""
        return self.left <= 0


def may_go_on(request: ClinicRequest) -> bool:
    """Whether the request's session was used lately; if so, note that its person is there."""
    minutes = minutes_of(request)
    passed = max(0, seconds_now() - request.session.get(SEEN, 0))
    request.rest = Rest(minutes, minutes * MINUTE - passed)
    if request.rest.is_over:
        return False
    if passed >= MINUTE and is_by_hand(request):
        return _noted(request)
    return True


def minutes_of(request: ClinicRequest) -> int:
    """How long this session may be left alone: as the clinic chose, for whoever works there the staff's."""
    if request.organization is None:
        return PLATFORM_MINUTES
    if request.support_session:
        return SUPPORT_MINUTES
    is_staff = any(member.role not in (Role.PATIENT, "") for member in request.members)
    clinic = request.organization
    return clinic.staff_idle_minutes if is_staff else clinic.patient_idle_minutes


def is_by_hand(request: ClinicRequest) -> bool:
    """Whether a person did this. What pages ask for by themselves (counts, queues) keeps nobody signed in.

    A fragment counts only if our script says that somebody asked for it: without the script nothing does.
    """
    said = request.headers.get(BY_HAND)
    if request.method not in SAFE or said == "1":
        return True
    # Not every browser says how it fetches; what our script asks for by itself it says everywhere.
    if said or request.htmx or is_prefetched(request):
        return False
    return request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


def _noted(request: ClinicRequest) -> bool:
    """Write it down at once: two requests that hold the same session must not undo each other's changes."""
    request.session[SEEN] = seconds_now()
    try:
        request.session.save()
    except UpdateError:
        # It was ended while we looked at it.
        request.session.flush()
        return False
    request.session.modified = False
    request.rest = Rest(request.rest.minutes, request.rest.minutes * MINUTE)
    return True
