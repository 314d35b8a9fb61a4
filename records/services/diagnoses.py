"""Which diagnoses a consultation has: in the order of their weight, until it is signed."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.members.models import Member
from clinic.models import Refusal, relayed
from records.models import Consultation, Diagnosis
from records.models.diagnosis import MOST_DIAGNOSES
from records.services.consultations import open_consultation
from records.terminology.models import DiagnosisCode


@transaction.atomic
def add_diagnosis(consultation: Consultation, *, by: Member | None, code: str) -> Diagnosis:
    """Write down the diagnosis `code` of ICD-10, as the last one; the first of all is the main one.

    One that is there already stays where it is.
    """
    consultation = open_consultation(consultation, by)
    known = {diagnosis.code: diagnosis for diagnosis in consultation.diagnoses.all()}
    if code in known:
        return known[code]
    listed = DiagnosisCode.objects.filter(code=code).first()
    if listed is None:
        raise Refusal(_("There is no diagnosis with this code. Choose one from the list."))
    if len(known) >= MOST_DIAGNOSES:
        raise Refusal(_("A consultation has at most 20 diagnoses. Remove one first."))
    with relayed(Diagnosis):
        return consultation.diagnoses.create(
            patient_id=consultation.patient_id, position=len(known) + 1, code=listed.code, title=listed.title
        )


@transaction.atomic
def make_main_diagnosis(diagnosis: Diagnosis, *, by: Member | None) -> Diagnosis:
    """Let it be the first."""
    return _place(_found(diagnosis, by), 1)


@transaction.atomic
def raise_diagnosis(diagnosis: Diagnosis, *, by: Member | None) -> Diagnosis:
    """Let it change places with the one before it."""
    found = _found(diagnosis, by)
    return _place(found, max(found.position - 1, 1))


@transaction.atomic
def remove_diagnosis(diagnosis: Diagnosis, *, by: Member | None) -> None:
    """Take it away; those after it move up."""
    found = _found(diagnosis, by)
    with relayed(Diagnosis):
        found.delete()
        after = Diagnosis.objects.filter(consultation=found.consultation_id, position__gt=found.position)
        after.update(position=F("position") - 1)


def _found(diagnosis: Diagnosis, by: Member | None) -> Diagnosis:
    """The diagnosis as it stands now, its consultation locked, if `by` may write there."""
    consultation = open_consultation(diagnosis.consultation, by)
    found = consultation.diagnoses.filter(pk=diagnosis.pk).first()
    if found is None:
        raise Refusal(_("This diagnosis was removed in another window."))
    return found


def _place(diagnosis: Diagnosis, position: int) -> Diagnosis:
    others = Diagnosis.objects.filter(consultation=diagnosis.consultation_id)
    with relayed(Diagnosis):
        others.filter(position__gte=position, position__lt=diagnosis.position).update(
            position=F("position") + 1
        )
        diagnosis.position = position
        diagnosis.save(update_fields=["position"])
    return diagnosis
