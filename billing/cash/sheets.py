"""A cash desk's count and a day's takings, on paper."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _

from billing.cash.models import CashSession, Outside, Takings
from clinic.pdf import letterhead, render_pdf
from clinic.templatetags.clinic import day, day_time, money
from tenants.models import Organization

Rows = list[list[str]]


def session_pdf(reckoned: Mapping[str, Any], organization: Organization) -> bytes:
    """The PDF of a session with its takings, as its page reckons them."""
    session: CashSession = reckoned["session"]
    named = {"desk": session, "date": day(reckoned["day"])}
    tables = [
        _table(_("Taken at this cash desk"), reckoned["takings"], session.currency),
        _table(_("Taken at the clinic on %(date)s") % named, reckoned["day_takings"], session.currency),
    ]
    sheet = {
        "title": _("Count of the cash desk: %(desk)s, %(date)s") % named,
        "clinic": letterhead(organization),
        "facts": _facts(session, reckoned["shifts"]),
        "sums": _sums(session),
        "pieces_head": [_("Note or coin"), _("Pieces"), _("Amount")],
        "pieces": [
            [
                money(count.value, session.currency),
                floatformat(count.pieces, 0),
                money(count.amount, session.currency),
            ]
            for count in reckoned["counts"]
        ],
        "tables": tables,
        "signs": _("Counted by"),
        "signer": session.closed_by.name if session.closed_by else "",
    }
    return render_pdf("cash/report.typ", sheet)


def takings_pdf(taken: Mapping[str, Any], organization: Organization) -> bytes:
    """The PDF of a day's takings."""
    date = {"date": day(taken["day"])}
    sheet = {
        "title": _("Takings of %(date)s") % date,
        "clinic": letterhead(organization),
        "facts": [],
        "sums": _outside(taken["outside"], taken["currency"]),
        "pieces": [],
        "tables": [_table("", taken["takings"], taken["currency"])],
        "signs": "",
        "signer": "",
    }
    return render_pdf("cash/report.typ", sheet)


def _facts(session: CashSession, shifts: list[Any]) -> Rows:
    people = dict.fromkeys(shift.member.name for shift in shifts)
    return [
        [_("State"), str(session.get_status_display())],
        [_("Opened"), _at(session.opened_at, session.opened_by)],
        [_("Closed"), _at(session.closed_at, session.closed_by)],
        [_("Worked there"), ", ".join(people)],
        [_("Explanation"), session.explanation],
    ]


def _at(moment: Any, member: Any) -> str:
    return f"{day_time(moment)}, {member.name}" if member else day_time(moment)


def _sums(session: CashSession) -> Rows:
    named: list[tuple[str, Decimal | None]] = [
        (_("Money to begin with"), session.opening_float),
        (_("Came in less what went out"), session.moved),
        (_("Should be there"), session.held),
        (_("Counted"), session.counted),
        (_("Difference"), session.difference),
    ]
    return [[name, money(amount, session.currency)] for name, amount in named if amount is not None]


def _table(title: str, takings: Takings, currency: str) -> dict[str, Any]:
    rows = [[str(row.label), *(money(amount, currency) for amount in _amounts(row))] for row in takings.rows]
    total = [_("Together"), *(money(amount, currency) for amount in _amounts(takings.total))]
    head = [
        _("Way of paying"),
        _("Paid"),
        _("Given back"),
        _("Invoices"),
        _("Wallets"),
        _("Received"),
    ]
    return {"title": title, "head": head, "rows": [*rows, total]}


def _amounts(row: Any) -> tuple[Decimal, ...]:
    return row.paid, row.refunded, row.invoiced, row.wallets, row.received


def _outside(outside: list[Outside], currency: str) -> Rows:
    return [
        [
            _("Cash in no cash desk, %(name)s") % {"name": taken.member.name if taken.member else "–"},
            money(taken.amount, currency),
        ]
        for taken in outside
    ]
