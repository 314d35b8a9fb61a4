"""What is done at a cash desk: opened with a float, worked at, counted and closed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import Member
from billing.cash.denominations import pieces_of
from billing.cash.models import CashCount, CashDesk, CashMovement, CashSession, CashShift
from billing.cash.models.sessions import WORKS_ELSEWHERE
from clinic.db.current import connection
from clinic.models import Refusal, relayed
from clinic.money import NOTHING, digits_of, in_coins, rounded
from clinic.templatetags.clinic import money

Kind = CashMovement.Kind


@transaction.atomic
def add_desk(*, by: Member | None, name: str) -> CashDesk:
    """One more cash desk. Raises Refusal for a name there is already."""
    desk = CashDesk(name=name.strip())
    with relayed(CashDesk):
        desk.save(force_insert=True)
    return desk


@transaction.atomic
def retire_desk(desk: CashDesk, *, by: Member | None) -> CashDesk:
    """Use the desk no longer. Raises Refusal while a session is open there."""
    return _in_use(desk, False)


@transaction.atomic
def reopen_desk(desk: CashDesk, *, by: Member | None) -> CashDesk:
    """Use the desk again."""
    return _in_use(desk, True)


def _in_use(desk: CashDesk, is_active: bool) -> CashDesk:
    desk = CashDesk.objects.locked(desk.pk)
    desk.is_active = is_active
    with relayed(CashDesk):
        desk.save(update_fields=["is_active"])
    return desk


@transaction.atomic
def open_session(*, by: Member | None, opening_float: Decimal, desk: CashDesk | None = None) -> CashSession:
    """Open a cash desk with the money that lies in it; who opens it works there.

    A clinic that has no desk gets its first one. Raises Refusal for a desk that is open or not in use.
    """
    desk = desk or CashDesk.objects.get_or_create(name=_("Front desk"))[0]
    currency = connection.tenant.currency
    digits = digits_of(currency)
    _counted_in_coins(opening_float, digits, "opening_float")
    session = CashSession(
        desk=desk,
        currency=currency,
        digits=digits,
        opening_float=opening_float,
        opened_by=by,
        opened_at=timezone.now(),
    )
    with relayed(CashSession):
        session.save(force_insert=True)
    if by:
        join_session(session, by=by)
    return session


@transaction.atomic
def join_session(session: CashSession, *, by: Member) -> CashShift:
    """Work at an open session: the cash that `by` takes from now on lies in its drawer."""
    shift = CashShift(session=session, member=by, since=timezone.now())
    with relayed(CashShift):
        if CashShift.objects.insert_unless_taken(shift):
            return shift
    # A second click finds the first one's.
    earlier = CashShift.objects.open().filter(session=session, member=by).first()
    if earlier is None:
        raise Refusal(WORKS_ELSEWHERE)
    return earlier


@transaction.atomic
def leave_session(session: CashSession, *, by: Member) -> CashSession:
    """Work there no longer; the session stays open for others, and to be counted."""
    # In the order in which whoever counts locks: the session, then its shifts.
    session = CashSession.objects.locked(session.pk)
    _end(CashShift.objects.open().filter(session=session, member=by))
    return session


@transaction.atomic
def move_cash(
    session: CashSession, *, by: Member | None, key: str, direction: str, amount: Decimal, reason: str
) -> CashMovement:
    """Put money into the drawer (change from the bank) or take some out (to the bank), for a reason.

    The same `key` counts once. Raises Refusal for more than there is.
    """
    session = CashSession.objects.locked(session.pk)
    signed = -amount if direction == Kind.TAKEN_OUT else amount
    earlier = CashMovement.objects.filter(idempotency_key=key).first()
    if earlier:
        return _same(earlier, session, signed)
    if amount <= NOTHING:
        raise Refusal(_("The amount must be more than nothing."), "amount")
    in_coins(amount, session.digits)
    if expected_of(session) + signed < NOTHING:
        raise Refusal(_("There is not so much in the drawer."), "amount")
    movement = CashMovement(
        session=session,
        kind=direction,
        amount=signed,
        digits=session.digits,
        reason=reason.strip(),
        moved_by=by,
        idempotency_key=key,
    )
    with relayed(CashMovement):
        movement.save(force_insert=True)
    return movement


def _same(earlier: CashMovement, session: CashSession, amount: Decimal) -> CashMovement:
    if (earlier.session_id, earlier.amount) != (session.pk, amount):
        raise Refusal(_("This form was already used for something else. Open the cash desk again."))
    return earlier


def expected_of(session: CashSession) -> Decimal:
    """What should be in the drawer, and right now only if the caller holds the session's lock."""
    return CashSession.objects.with_held().get(pk=session.pk).held


@transaction.atomic
def close_session(
    session: CashSession,
    *,
    by: Member | None,
    counted: Decimal | None = None,
    pieces: Mapping[Decimal, int] | None = None,
    explanation: str = "",
) -> CashSession:
    """Count the drawer and close the session: as a sum, or by how many there are of each note and coin.

    Whoever is taking cash at this moment finishes first, and is counted. Raises Refusal for a difference that
    nobody explains.
    """
    session = CashSession.objects.locked(session.pk)
    CashSession.TRANSITIONS.target("close_session", session.status)
    there = {value: number for value, number in (pieces or {}).items() if number}
    counted = _counted(session, counted, there)
    expected = expected_of(session)
    difference = counted - expected
    if difference and not explanation.strip():
        raise Refusal(_unexplained(session, difference), "explanation")
    _end(CashShift.objects.open().filter(session=session))
    for value, number in there.items():
        CashCount.objects.create(session=session, value=value, pieces=number)
    return session.move(
        "close_session",
        counted=counted,
        expected=expected,
        difference=difference,
        # Where nothing differs there is nothing to explain.
        explanation=explanation.strip() if difference else "",
        closed_by=by,
        closed_at=timezone.now(),
    )


def _counted(session: CashSession, counted: Decimal | None, pieces: Mapping[Decimal, int]) -> Decimal:
    if unknown := set(pieces) - set(pieces_of(session.currency)):
        raise Refusal(_("There is no note or coin of %(value)s.") % {"value": min(unknown)})
    together = sum((value * number for value, number in pieces.items()), NOTHING)
    if counted is None:
        if not pieces:
            raise Refusal(_("Count the money and write down how much there is."), "counted")
        return rounded(together, session.digits)
    _counted_in_coins(counted, session.digits, "counted")
    if pieces and together != counted:
        shown = {"sum": money(together, session.currency)}
        raise Refusal(
            _("The notes and coins come to %(sum)s: count again, or leave this empty.") % shown, "counted"
        )
    return counted


def _counted_in_coins(amount: Decimal, digits: int, field: str) -> None:
    if amount < NOTHING:
        raise Refusal(_("There cannot be less than nothing."), field)
    if amount != rounded(amount, digits):
        raise Refusal(_("The amount has more decimal places than the currency."), field)


def _unexplained(session: CashSession, difference: Decimal) -> str:
    amount = {"amount": money(abs(difference), session.currency)}
    if difference > NOTHING:
        return _("There is %(amount)s too much. Count again, or say how that came about.") % amount
    return _("%(amount)s are missing. Count again, or say how that came about.") % amount


def _end(shifts: Any) -> None:
    """Let these shifts end now."""
    for shift in shifts:
        shift.until = timezone.now()
        shift.save(update_fields=["until"])
