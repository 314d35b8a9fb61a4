"""Erasing a patient: who the person was now, the rest when its time is over."""

import datetime
from typing import Any

from django.apps import apps
from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.db.current import connection
from clinic.erasure.models import Erasure
from clinic.erasure.services.planning import keeping_of, plan_of
from clinic.erasure.services.steps import carry_out, pseudonym_of
from clinic.erasure.table import ACCOUNTS, CLINICAL, IDENTITY
from clinic.models import Refusal, relayed

UNTIL = {CLINICAL: "clinical_until", ACCOUNTS: "accounts_until"}


@transaction.atomic
def erase_patient(patient: Any, *, by: Any, reason: str, number: str) -> Erasure:
    """Forget who the patient was, and of the records what need not be kept; `number` is typed to be sure.

    Raises Refusal with the first thing that has to be done before.
    """
    if number.strip().upper() != patient.number.upper():
        raise Refusal(_("Type the patient's number, %(number)s.") % {"number": patient.number}, "number")
    if Erasure.objects.filter(patient_id=patient.pk).exists():
        raise Refusal(_("This patient is erased already."))
    plan = plan_of(patient)
    if plan.hindrances:
        raise Refusal(plan.hindrances[0])
    with relayed(Erasure):
        erasure = Erasure.objects.create(
            patient_id=patient.pk,
            pseudonym=pseudonym_of(patient.pk),
            asked_by_id=by and by.pk,
            reason=reason,
            clinical_until=plan.clinical_until,
            accounts_until=plan.accounts_until,
        )
    _carry_out(erasure, IDENTITY)
    for phase, until in UNTIL.items():
        if getattr(erasure, until) is None:
            _carry_out(erasure, phase)
    return _completed(erasure)


def _carry_out(erasure: Erasure, phase: str) -> None:
    try:
        with transaction.atomic():
            carry_out(erasure.pk, erasure.patient_id, phase, using="default")
    except OperationalError as error:
        raise Refusal(
            _("Somebody is working with these records at the moment. Try again in a minute.")
        ) from error
    _enter_in_ledger(erasure, phase)


def _enter_in_ledger(erasure: Erasure, phase: str) -> None:
    """So that no backup restored later brings it back (tenants.Erasure)."""
    ledger = apps.get_model("tenants", "Erasure")
    entry = ledger(organization_id=connection.tenant.pk, patient=erasure.patient_id, what=phase)
    ledger.objects.bulk_create([entry], ignore_conflicts=True)


def _completed(erasure: Erasure) -> Erasure:
    """Complete when nothing is kept any more."""
    if erasure.clinical_until is None and erasure.accounts_until is None:
        erasure.move("complete_erasure", completed_at=timezone.now())
    return erasure


@transaction.atomic
def erase_what_ran_out(erasure: Erasure, *, by: Any, today: datetime.date) -> Erasure:
    """Erase what of a pseudonymised patient need not be kept any more on this day.

    What was written since the erasure (a bill, a late result) is kept for its own time.
    """
    erasure = Erasure.objects.locked(erasure.pk)
    now_until = keeping_of(erasure.patient_id, using="default", today=today)
    for phase, name in UNTIL.items():
        until = getattr(erasure, name)
        if until is None or until >= today:
            continue
        later = now_until[phase]
        setattr(erasure, name, later)
        if later is None:
            _carry_out(erasure, phase)
    erasure.save(update_fields=list(UNTIL.values()))
    return _completed(erasure)
