"""Claims as they go to an insurance: a sheet, and a table. Of what was treated they say nothing."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from billing.insurance.models import Payer
from billing.models import Claim
from clinic.money import NOTHING, digits_of
from clinic.pdf import letterhead, render_pdf
from clinic.tables import Table
from clinic.templatetags.clinic import day, money
from tenants.models import Organization


def claims_pdf(claims: Sequence[Claim], payer: Payer | None, organization: Organization) -> bytes:
    """The sheet for an insurance of claims loaded `with_people()`; without `payer`, of all of them."""
    currency = organization.currency
    asked = sum((claim.amount for claim in claims if claim.invoice.currency == currency), NOTHING)
    facts = [
        (_("Insurance"), payer.name if payer else _("All insurances")),
        (_("Number"), payer.number if payer else ""),
        (_("Address"), payer.contact if payer else ""),
        (_("Date"), day(timezone.localdate())),
        (_("Claims"), str(len(claims))),
    ]
    sheet = {
        "title": _("Claims: %(name)s") % {"name": payer.name} if payer else _("Claims"),
        "clinic": letterhead(organization),
        "facts": facts,
        "head": [_("Invoice"), _("Patient"), _("Born"), _("Member number"), _("State"), _("Asked for")],
        "lines": [_line(claim) for claim in claims],
        "sums": [(_("Together"), money(asked, currency))],
    }
    return render_pdf("billing/claims.typ", sheet)


def _line(claim: Claim) -> tuple[str, ...]:
    invoice, patient = claim.invoice, claim.patient
    return (
        f"{invoice.reference}\n{day(invoice.issued_at)}",
        patient.member.name,
        day(patient.date_of_birth),
        claim.policy.member_number,
        str(claim.get_status_display()),
        money(claim.amount, invoice.currency),
    )


def claims_table(claims: Sequence[Claim], organization: Organization) -> Table:
    """The same as a table; amounts are numbers, days as ISO 8601 writes them."""
    head = [
        _("Insurance"),
        _("Member number"),
        _("Patient"),
        _("Born"),
        _("Invoice"),
        _("Issued"),
        _("Sent"),
        _("State"),
        _("Currency"),
        _("Invoice total"),
        _("Asked for"),
        _("Accepted"),
        _("What the insurance says"),
    ]
    return Table(_("Claims"), head, map(_row, claims), digits_of(organization.currency))


def _row(claim: Claim) -> list[Any]:
    invoice = claim.invoice
    return [
        claim.payer.name,
        claim.policy.member_number,
        claim.patient.member.name,
        claim.patient.date_of_birth,
        invoice.reference,
        timezone.localdate(invoice.issued_at),
        timezone.localdate(claim.sent_at) if claim.sent_at else None,
        claim.get_status_display(),
        invoice.currency,
        invoice.total,
        claim.amount,
        claim.accepted_amount,
        claim.reason,
    ]
