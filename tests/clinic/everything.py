"""Somebody of whom there is everything: what the world of the sweeps leaves out, made as well."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import time_machine
from django.utils import timezone

from accounts.members.models import Invitation, Member, PatientProfile
from accounts.members.roles import Role
from accounts.members.services import add_allergy
from billing import services as billing
from billing.models import Invoice
from clinic.inbox.services import notify
from records import services as records
from records.history.models import (
    DiagnosticReport,
    Immunization,
    OutsideNote,
    OutsideObservation,
    OutsideOrganization,
    PastEncounter,
    PastMedication,
    PastProcedure,
    ReportResult,
)
from records.services.safety import Answer
from tests.people import DoctorFactory
from tests.records.factories import signed
from tests.records.history.factories import running, told
from tests.sweeps import world


def build(organization: Any) -> SimpleNamespace:
    """The world, of whose `patient` there is something of every kind, and an `other` with much of it."""
    people = world.build(organization)
    people.patient = people.members[Role.PATIENT].patient
    world.fill(people, 1)
    people.other = Member.objects.get(email="many0@people.example").patient
    doctor = people.members[Role.DOCTOR]
    _people(people.patient, doctor)
    _written(people.patient, doctor.doctor)
    _owed(people.patient)
    _elsewhere(people.patient, doctor)
    return people


def _people(patient: PatientProfile, doctor: Member) -> None:
    notify(kind="your_reminder", to=[patient.pk])
    soon = timezone.now() + timedelta(days=7)
    Invitation.objects.create(
        member=patient.member, email="a@b.example", token_hash="0" * 64, expires_at=soon
    )
    records.break_glass(patient, by=DoctorFactory(), reason="Brought in unwell")
    add_allergy(patient, by=doctor, substance="Ibuprofen")


def _written(patient: PatientProfile, doctor: Any) -> None:
    """A prescription handed out against an allergy, a consultation that was added to, and is being."""
    begun = signed(patient=patient, doctor=doctor)
    records.add_addendum(begun, by=doctor.member, text="The result is normal.")
    records.keep_addendum(begun, by=doctor.member, text="And one more thing")
    draft = records.prescribe(records.start_walk_in(patient, by=doctor.member), by=doctor.member)
    draft = records.save_prescription(
        draft, by=doctor.member, notes="", items=[{"medicine": "Ibuprofen 400 mg"}]
    )
    found = records.check_prescription(draft)
    answers = {finding.key: Answer("Taken before without harm", True) for finding in found.findings}
    records.activate_prescription(draft, by=doctor.member, overrides=answers, covers=found.covers)


def _owed(patient: PatientProfile) -> None:
    invoice = (
        Invoice.objects.filter(patient=patient, status=Invoice.Status.ISSUED).order_by("-due_on").first()
    )
    assert invoice is not None
    with time_machine.travel(timezone.now() + timedelta(days=60)):
        billing.remind_of_invoice(invoice, by=None)


def _elsewhere(patient: PatientProfile, doctor: Member) -> None:
    """What another hospital did."""
    run = running()
    hospital = OutsideOrganization.objects.create(name="Norwood Hospital", run=run)
    whose = {"patient": patient, "recorded_by": doctor, "organization": hospital, "run": run}
    for model in (PastEncounter, Immunization, PastMedication, PastProcedure):
        told(model, **whose)
    told(OutsideNote, **whose, sections=[{"title": "Plan", "text": "Rest."}])
    result = told(OutsideObservation, **whose, text="Negative")
    report = told(DiagnosticReport, **whose)
    ReportResult.objects.create(report=report, patient=patient, position=1, result=result)
