"""The check of a prescription against the lists, and what the doctor answers to it."""

import logging
from collections.abc import Mapping
from typing import NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.members.models import Member
from clinic.models import Refusal, relayed
from records.medicines.checking import Finding, Typed, check, crashed
from records.medicines.services import known_of
from records.models import Prescription, PrescriptionItem, SafetyCheck, SafetyFinding
from records.taken import taken_elsewhere

logger = logging.getLogger(__name__)
LONGEST_REASON = 500
# A fingerprint of all that a check looks at in the clinic's own rows: the medicines of the sheet, what the
# patient takes besides, by us and by others (records/taken.py), the allergies on record. The trigger that
# hands a sheet out asks the same function.
COVERS = "SELECT records_covers(%s)"


class Answer(NamedTuple):
    """What the doctor says to a finding: why all the same, and to have seen it."""

    reason: str = ""
    is_acknowledged: bool = False

    def is_enough_for(self, finding: Finding) -> bool:
        """Whether the sheet may be handed out as far as this finding goes."""
        has_reason = bool(self.reason.strip()) or not finding.needs_reason
        return has_reason and (self.is_acknowledged or not finding.needs_tick)


class Safety(NamedTuple):
    """What was found about a prescription, and the fingerprint of what was looked at."""

    findings: tuple[Finding, ...]
    covers: str
    medicines: int
    current: int
    allergies: int

    @property
    def is_clear(self) -> bool:
        """Whether nothing was found at all."""
        return not self.findings

    @property
    def asks(self) -> bool:
        """Whether the doctor has to answer anything."""
        return any(not Answer().is_enough_for(finding) for finding in self.findings)


class Unanswered(Refusal):
    """A finding is without its answer; `safety` is what was found now."""

    def __init__(self, safety: Safety, message: str = "") -> None:
        super().__init__(message or _("Answer each finding before you hand the prescription out."))
        self.safety = safety


def check_prescription(prescription: Prescription) -> Safety:
    """Check the prescription as it is stored, against what the patient takes and does not tolerate.

    A check that fails is a finding itself: nothing passes because something broke.
    """
    covers = _covers(prescription)
    patient = prescription.patient
    sheet = [_typed(item) for item in prescription.items.all()]
    taken = PrescriptionItem.objects.current_for(patient).exclude(prescription=prescription)
    elsewhere = [Typed(found.medicine) for found in taken_elsewhere(prescription.patient_id)]
    current = [*(_typed(item) for item in taken), *elsewhere]
    allergies = [allergy.substance for allergy in patient.allergies.all()]
    try:
        # A savepoint: an error of the database would otherwise take the transaction of the caller with it.
        with transaction.atomic():
            lists = known_of([*(typed.text for typed in [*sheet, *current]), *allergies])
            findings = check(sheet, lists=lists, current=current, allergies=allergies)
    except Exception:
        logger.exception("the check of prescription %s failed", prescription.pk)
        findings = crashed()
    return Safety(findings, covers, len(sheet), len(current), len(allergies))


def answer_findings(
    prescription: Prescription, *, by: Member | None, answers: Mapping[str, Answer], covers: str = ""
) -> SafetyCheck:
    """Check the prescription again and keep what was found with its answers, by the findings' keys.

    `covers` is the fingerprint of what the doctor has read; something else by now is not handed out.
    """
    safety = check_prescription(prescription)
    if covers and covers != safety.covers:
        raise Unanswered(safety, _("The sheet, the allergies or the current medicines changed. Look again."))
    told = [(finding, answers.get(finding.key, Answer())) for finding in safety.findings]
    if not all(answer.is_enough_for(finding) for finding, answer in told):
        raise Unanswered(safety)
    with relayed(SafetyFinding):
        made = SafetyCheck.objects.create(
            prescription=prescription,
            patient_id=prescription.patient_id,
            checked_by=by,
            covers=safety.covers,
            findings_count=len(told),
        )
        SafetyFinding.objects.bulk_create(
            _kept(made, place, finding, answer) for place, (finding, answer) in enumerate(told, start=1)
        )
    return made


def _kept(made: SafetyCheck, place: int, finding: Finding, answer: Answer) -> SafetyFinding:
    facts = (". ".join(filter(None, (fact.effect, fact.advice, fact.source))) for fact in finding.facts)
    return SafetyFinding(
        safety_check=made,
        patient_id=made.patient_id,
        position=place,
        level=finding.level,
        key=finding.key[:1000],
        text="\n".join([finding.title, *facts]),
        reason=answer.reason.strip()[:LONGEST_REASON],
        is_acknowledged=answer.is_acknowledged,
    )


def _typed(item: PrescriptionItem) -> Typed:
    return Typed(item.medicine, item.potency)


def _covers(prescription: Prescription) -> str:
    with connection.cursor() as cursor:
        cursor.execute(COVERS, [prescription.pk])
        return cursor.fetchone()[0]
