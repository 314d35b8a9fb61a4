"""The demo's cash desk: opened in the morning, emptied when it is full, counted in the evening."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from accounts.members.models import Member
from billing.cash.models import CashDesk, CashSession
from billing.cash.services import add_desk, close_session, expected_of, move_cash, open_session
from clinic.demo.scene import Chance, Scene, Timeline
from clinic.money import NOTHING, rounded
from scheduling.models import Appointment

NAME = "Front desk"
# Before, the clinic had no cash desk: its older cash lies in none.
DAYS = 14
# How much of a fee is missing where somebody gave too much change, and how that is told.
MISSING, TOLD = Decimal("0.01"), "Gave too much change, noticed in the evening."


def plan_cash(scene: Scene, line: Timeline, day: date) -> None:
    """The drawer on `day`, where somebody comes; on the first day there is a desk at all."""
    if (scene.today - day).days >= DAYS or not Appointment.objects.on(day).exists():
        return
    if not CashDesk.objects.exists():
        add_desk(by=scene.admin, name=NAME)
    for hour, act in ((time(6, 50), begin), (time(16, 45), bank), (time(20, 40), count)):
        line.add(datetime.combine(day, hour, scene.zone), scene.desk, act, scene, day)


def begin(scene: Scene, day: date, *, by: Member) -> None:
    """Count what was left open (the demo stood still), and begin with some change."""
    count(scene, day, by=by)
    desk = CashDesk.objects.active().first()
    open_session(by=by, desk=desk, opening_float=rounded(fee_of(scene) * 2, 0))


def bank(scene: Scene, day: date, *, by: Member) -> None:
    """Bring what is not needed as change to the bank."""
    for session in CashSession.objects.open().with_held():
        too_much = session.moved
        if too_much > NOTHING:
            facts: dict[str, Any] = {
                "key": f"demo bank {session.pk}",
                "amount": too_much,
                "direction": "taken_out",
            }
            move_cash(session, by=by, reason=f"To the bank, slip {day:%d%m}", **facts)


def count(scene: Scene, day: date, *, by: Member) -> None:
    """Count the drawer; now and then somebody gave too much change."""
    # A chance of its own: what else happens in the story stays as it is.
    is_short = Chance(f"cash {scene.organization.label} {day}").random() < 0.2
    for session in CashSession.objects.open():
        expected = expected_of(session)
        missing = rounded(fee_of(scene) * MISSING, session.digits) if is_short else NOTHING
        counted = max(expected - missing, NOTHING)
        close_session(session, by=by, counted=counted, explanation=TOLD if counted < expected else "")


def fee_of(scene: Scene) -> Decimal:
    """The highest fee here, by which amounts are chosen."""
    return max(doctor.consultation_fee or NOTHING for doctor in scene.doctors)
