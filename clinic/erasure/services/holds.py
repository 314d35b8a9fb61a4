"""Holding a patient's file as it is."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.erasure.models import LegalHold
from clinic.models import Refusal, relayed


@transaction.atomic
def place_legal_hold(patient: Any, *, by: Any, reason: str) -> LegalHold:
    """Let nothing of the patient's file be erased until the hold is lifted."""
    with relayed(LegalHold):
        return LegalHold.objects.create(patient_id=patient.pk, reason=reason, placed_by_id=by and by.pk)


@transaction.atomic
def lift_legal_hold(patient: Any, *, by: Any) -> LegalHold:
    """The file need not stay as it is any more."""
    hold = LegalHold.objects.select_for_update().filter(patient_id=patient.pk, lifted_at=None).first()
    if hold is None:
        raise Refusal(_("The file of this patient is not held."))
    hold.lifted_at, hold.lifted_by_id = timezone.now(), by and by.pk
    hold.save(update_fields=["lifted_at", "lifted_by_id"])
    return hold
