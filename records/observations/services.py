"""What is done with measurements: recorded once, withdrawn with a reason, never changed."""

import datetime
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import Member, PatientProfile
from clinic.models import Refusal, relayed
from records.models import Consultation
from records.observations.kinds import BY_NAME, KINDS
from records.observations.models import Observation
from records.services.rights import own


@transaction.atomic
def record_measurements(
    patient: PatientProfile,
    *,
    by: Member | None,
    values: Mapping[str, Decimal],
    measured_at: datetime.datetime | None = None,
    consultation: Consultation | None = None,
) -> list[Observation]:
    """Store what was measured at one moment: `values` by the kinds' names, in the kinds' own units."""
    if by is None or not by.may("observations.record_measurements"):
        raise Refusal(_("Only doctors and reception record measurements."))
    if consultation is not None:
        own(consultation.doctor_id, by)
    if not values:
        raise Refusal(_("Nothing is filled in yet. Write at least one value."))
    moment = measured_at or timezone.now()
    _refuse_impossible(patient, moment, values)
    with relayed(Observation):
        return Observation.objects.bulk_create(
            Observation(
                patient_id=patient.pk,
                consultation=consultation,
                code=BY_NAME[name].code,
                value=value,
                unit=BY_NAME[name].unit,
                measured_at=moment,
                recorded_by=by,
            )
            for name, value in values.items()
        )


@transaction.atomic
def enter_measurement_in_error(observation: Observation, *, by: Member | None, reason: str) -> Observation:
    """Withdraw a wrong value: it leaves the trends and stays readable with the reason."""
    if by is None or not by.may("observations.enter_measurement_in_error"):
        raise Refusal(_("Only a doctor can do this."))
    if not reason.strip():
        raise Refusal(_("Say why the measurement is wrong."), "reason")
    observation = Observation.objects.locked(observation.pk)
    observation.entered_in_error_at = timezone.now()
    observation.entered_in_error_by = by
    observation.entered_in_error_reason = reason.strip()
    with relayed(Observation):
        observation.save(
            update_fields=["entered_in_error_at", "entered_in_error_by", "entered_in_error_reason"]
        )
    return observation


def _refuse_impossible(
    patient: PatientProfile, moment: datetime.datetime, values: Mapping[str, Decimal]
) -> None:
    """What the database refuses too, told beside its field; and what only several values together tell."""
    if moment > timezone.now() + datetime.timedelta(minutes=5):
        raise Refusal(_("Nothing is measured in the future. Check the date and time."), "measured_at")
    if patient.date_of_birth and timezone.localdate(moment) < patient.date_of_birth:
        raise Refusal(_("The patient was not born yet. Check the date."), "measured_at")
    for kind in KINDS:
        if kind.name in values and not kind.is_possible(values[kind.name]):
            raise Refusal(kind.sentence, kind.name)
    if {"systolic", "diastolic"} <= values.keys() and values["diastolic"] >= values["systolic"]:
        raise Refusal(_("The lower value must be below the upper one."), "diastolic")
