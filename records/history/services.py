"""What is done with the history: added as somebody told it, withdrawn where it was wrong, never changed."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import Member, PatientProfile
from clinic.models import Refusal, relayed
from records.history.models import Immunization, PastMedication, PastProcedure, Precision, Told
from records.services.rights import may


@transaction.atomic
def add_immunization(
    patient: PatientProfile, *, by: Member | None, on: datetime.date | None, precision: str, **facts: Any
) -> Immunization:
    """Enter a vaccination given elsewhere, or before; `facts`: the other fields of Immunization."""
    recorded_by = may(by, "history.add_immunization")
    entry = Immunization(patient=patient, recorded_by=recorded_by, **_when(patient, on, precision), **facts)
    return _keep(entry)


@transaction.atomic
def add_past_procedure(
    patient: PatientProfile, *, by: Member | None, on: datetime.date | None, precision: str, **facts: Any
) -> PastProcedure:
    """Enter an operation or treatment done elsewhere, or before."""
    recorded_by = may(by, "history.add_past_procedure")
    entry = PastProcedure(patient=patient, recorded_by=recorded_by, **_when(patient, on, precision), **facts)
    return _keep(entry)


@transaction.atomic
def withdraw_entry(entry: Told, *, by: Member | None, reason: str) -> Told:
    """Say that an entry is wrong. It stays readable, marked as such, and counts for nothing."""
    may(by, "history.withdraw_entry")
    if not reason.strip():
        raise Refusal(_("Say what is wrong with it."), "reason")
    entry = type(entry).objects.locked(entry.pk)
    if not entry.counts:
        raise Refusal(_("This entry was withdrawn already."))
    facts = {"at": timezone.now(), "by": by, "reason": reason.strip()}
    return _fill_in(entry, **{f"entered_in_error_{name}": value for name, value in facts.items()})


@transaction.atomic
def stop_past_medication(entry: PastMedication, *, by: Member | None, reason: str) -> PastMedication:
    """Say that a medicine from elsewhere is no longer taken: prescriptions are checked without it."""
    may(by, "history.stop_past_medication")
    if not reason.strip():
        raise Refusal(_("Say why it is no longer taken."), "reason")
    entry = PastMedication.objects.locked(entry.pk)
    if not entry.is_current:
        raise Refusal(_("It is no longer taken already."))
    _fill_in(entry, stopped_at=timezone.now(), stopped_by=by, stop_reason=reason.strip())
    return entry


def _when(patient: PatientProfile, on: datetime.date | None, precision: str) -> dict[str, Any]:
    """The moment of a day that is known so exactly; of a month or a year, its first day."""
    if on is None:
        return {"happened_at": None, "precision": Precision.UNKNOWN}
    kind = Precision(precision or Precision.DAY)
    day = on.replace(day=1) if kind in {Precision.MONTH, Precision.YEAR} else on
    day = day.replace(month=1) if kind == Precision.YEAR else day
    if day > timezone.localdate():
        raise Refusal(_("The date cannot lie in the future."), "on")
    if patient.date_of_birth and on < patient.date_of_birth:
        raise Refusal(_("The patient was not born yet. Check the date."), "on")
    midnight = timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
    return {"happened_at": midnight, "precision": kind}


def _keep(entry: Any) -> Any:
    with relayed(type(entry)):
        entry.save(force_insert=True)
    return entry


def _fill_in(entry: Any, **facts: Any) -> Any:
    for name, value in facts.items():
        setattr(entry, name, value)
    with relayed(type(entry)):
        entry.save(update_fields=list(facts))
    return entry
