"""The demo's doctors read what the check finds before they hand a sheet out, as real ones do."""

from typing import Any

from accounts.members.models import Member
from records.medicines.checking import Finding, FindingKind, Level
from records.models import Prescription
from records.services import (
    Answer,
    Unanswered,
    activate_prescription,
    cancel_prescription,
    check_prescription,
    save_prescription,
)

WHY = {
    FindingKind.DUPLICATE: "Goes on with what the earlier sheet says; that one is used up.",
    FindingKind.ALLERGY: "The reaction was nausea, no allergy; discussed with the patient.",
    FindingKind.INTERACTION: "Known and wanted; the patient knows the signs to come back for.",
}


def hand_out(prescription: Prescription, instead: dict[str, dict[str, str]], *, by: Member) -> None:
    """Hand out what is safe; what must not be given is replaced by `instead`, or nothing is prescribed."""
    try:
        activate_prescription(prescription, by=by)
    except Unanswered as unanswered:
        _answer(prescription, unanswered.safety.findings, instead, by=by)


def _answer(
    prescription: Prescription, findings: tuple[Finding, ...], instead: dict[str, Any], *, by: Member
) -> None:
    stopped = {subject for finding in findings if finding.level == Level.STOP for subject in finding.subjects}
    if stopped:
        _replace(prescription, stopped, instead, by=by)
        findings = check_prescription(prescription).findings
    if not prescription.items.exists() or any(finding.level == Level.STOP for finding in findings):
        cancel_prescription(prescription, by=by)
        return
    overrides = {
        finding.key: Answer(WHY[finding.kind] if finding.needs_reason else "", finding.needs_tick)
        for finding in findings
    }
    activate_prescription(prescription, by=by, overrides=overrides)


def _replace(prescription: Prescription, stopped: set[str], instead: dict[str, Any], *, by: Member) -> None:
    items = [
        instead.get(item.medicine) if item.medicine in stopped else item.texts
        for item in prescription.items.all()
    ]
    save_prescription(prescription, by=by, notes="", items=[item for item in items if item])
