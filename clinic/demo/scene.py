"""A demo clinic with its people, and the clock that is moved through its days."""

import heapq
import itertools
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from django.db import connection

from accounts.members.models import DoctorProfile, Member, PatientProfile
from accounts.members.roles import Role
from clinic.audit.services import acting
from clinic.models import Refusal
from tenants.models import Organization

HERE = Path(__file__).parent


def read(name: str) -> dict[str, Any]:
    """What the file `name` of the demo tells."""
    return tomllib.loads((HERE / f"{name}.toml").read_text())


class Chance(Random):
    """Chance that can be repeated: the same seed tells the same story."""


@dataclass
class Scene:
    """One clinic, its people, and what its doctors write."""

    organization: Organization
    plan: dict[str, Any]
    texts: dict[str, Any]
    random: Chance
    today: date
    desk: Member = field(init=False)
    admin: Member = field(init=False)
    agent: Member = field(init=False)
    guest: PatientProfile = field(init=False)
    doctors: list[DoctorProfile] = field(init=False)

    @property
    def zone(self) -> ZoneInfo:
        """The clinic's time zone."""
        return ZoneInfo(self.organization.time_zone)

    @property
    def cases(self) -> list[dict[str, Any]]:
        """What people come for here."""
        cases = self.texts["cases"]
        return [*cases["everywhere"], *cases[self.organization.label]]

    def meet_staff(self) -> None:
        """Look up who works here."""
        staff = {member.role: member for member in Member.objects.staff()}
        self.desk, self.admin, self.agent = staff[Role.RECEPTIONIST], staff[Role.ADMIN], staff[Role.AGENT]
        self.doctors = list(DoctorProfile.objects.with_people().order_by("licence_number"))

    def meet_guest(self) -> None:
        """Look up the patient whom visitors of the demo may be."""
        guest = self.plan["patient"]
        self.guest = PatientProfile.objects.with_people().get(
            member__given_name=guest["given_name"], member__family_name=guest["family_name"]
        )

    def clock(self, day: date, earliest: str, latest: str) -> datetime:
        """Some moment of `day` between two times of the clinic's clock."""
        begins, ends = (
            datetime.combine(day, time.fromisoformat(text), self.zone) for text in (earliest, latest)
        )
        return begins + timedelta(minutes=self.random.randrange(int((ends - begins) / timedelta(minutes=1))))

    def minutes(self, least: int, most: int) -> timedelta:
        """A length of time between `least` and `most` minutes."""
        return timedelta(minutes=self.random.randint(least, most))


@contextmanager
def at(moment: datetime, by: Member | None) -> Iterator[None]:
    """Let the clock stand at `moment` and `by` be the one who acts."""
    actor = {"actor_id": str(by.pk), "actor": by.name} if by else {}
    with time_machine.travel(moment, tick=False), acting(actor):
        yield
        write_trail()


def write_trail() -> None:
    """Let the trail be written now, while it is known who acts, and not when the whole day is stored."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


class Timeline:
    """What happens in a clinic, in the order of its clock; what lies after `until` has not happened yet.

    `then` is what the worker does in the moment after each of these things.
    """

    def __init__(self, until: datetime, then: Callable[[], Any]) -> None:
        self.until, self.then = until, then
        self.now = datetime.min.replace(tzinfo=until.tzinfo)
        self.refused: list[str] = []
        self._order = itertools.count()
        self._coming: list[tuple[datetime, int, Member | None, Callable[[], Any]]] = []

    def add(
        self, moment: datetime, by: Member | None, act: Callable[..., Any], *args: Any, **facts: Any
    ) -> None:
        """Let `by` do `act` at `moment`, or at once when that has passed."""
        moment = max(moment, self.now)
        if moment <= self.until:
            what = (lambda: act(*args, by=by, **facts)) if facts or args else act
            heapq.heappush(self._coming, (moment, next(self._order), by, what))

    def run(self) -> None:
        """Let everything happen. What a rule refuses does not, as in life; `refused` says why."""
        while self._coming:
            self.now, _order, by, act = heapq.heappop(self._coming)
            try:
                with at(self.now, by):
                    act()
                    self.then()
            except Refusal as refusal:
                self.refused.append(str(refusal.message))
