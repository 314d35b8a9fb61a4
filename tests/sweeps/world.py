"""A clinic with somebody in every role and something of every kind, made by the services."""

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.members.models import Member
from accounts.members.roles import Role
from accounts.members.services import (
    add_allergy,
    add_condition,
    add_emergency_contact,
    add_guardian,
    assign_agent,
    invite_member,
    merge_patients,
)
from billing import services as billing
from billing.books import services as books
from billing.cash import services as cash
from billing.insurance import services as insurance
from billing.models import Charge
from billing.wallets import services as wallets
from clinic.erasure.services import erase_patient
from clinic.exports import services as exports
from clinic.fhir.files import Document
from clinic.fhir.services import take_in
from clinic.inbox.services import notify
from clinic.moving import services as moving
from clinic.notifications.models import OutboxMessage
from clinic.texts.services import update_message_text
from clinic.texts.wordings import WORDINGS
from records import services as records
from records.documents.services import add_paper, add_record
from records.history.kinds import KINDS as HISTORY
from records.observations.services import record_measurements
from scheduling import services as scheduling
from scheduling.models import Appointment
from scheduling.queue import services as queue
from tenants.services import claim_domain, start_support_session
from tests.billing.online.factories import being_paid, given_back, paid_online
from tests.people import DoctorFactory, PatientFactory, StaffFactory, with_login
from tests.records.documents.factories import GLUCOSE, PDF
from tests.tenants.factories import superuser

STAFF = (Role.ADMIN, Role.RECEPTIONIST, Role.AGENT, Role.CAREGIVER)


def build(organization: Any) -> SimpleNamespace:
    """Fill the clinic we are in.

    `members` by role; `values` for the arguments of addresses, by the part of the route before them.
    """
    members: dict[str, Member] = {role: with_login(StaffFactory(role=role)) for role in STAFF}
    doctor = members[Role.DOCTOR] = with_login(DoctorFactory())
    patient = PatientFactory(email=f"patient@{organization.label}.example")
    members[Role.PATIENT] = with_login(patient.member)
    values = {
        "patients": patient,
        "people": StaffFactory(),
        "staff": doctor,
        "book": doctor,
        "availability": doctor,
        "doctors": doctor,
    }
    values |= (
        _people(members, patient) | _calendar(doctor, patient) | _records(doctor, patient) | _money(patient)
    )
    values |= _queue(patient) | _insured(patient, "Hygeia") | _online(patient)
    values |= _drawer(members, patient) | _booked() | {"guests": _support(organization)}
    values |= _brought(members, patient)
    values |= _family(patient, years=8)
    values |= _erased(members)
    values |= {"merges": _merged()}
    _alike(0)
    values |= _given_out(members, patient)
    values["fhir"] = _looked_at(members[Role.ADMIN])
    values |= _moved(members[Role.ADMIN])
    values |= {
        "owned": claim_domain(organization, by=None, host="clinic.example.org"),
        "hosts": organization.domains.get(is_primary=True),
    }
    values["notifications"] = _told(members)
    _worded(0)
    values["messages"] = OutboxMessage.objects.filter(about_id=values["appointments"].pk).first()
    _visit(doctor, patient, _this_morning() - timedelta(minutes=20))
    for member in (doctor, patient.member):
        scheduling.make_feed(member, by=member)
    return SimpleNamespace(
        organization=organization,
        members=members,
        values={name: obj.pk for name, obj in values.items()} | TOKENS,
    )


# Secrets that nobody can guess lead nowhere, here as for a stranger.
TOKENS = {
    "rows": 1,
    "logo": "nothing.png",
    "pay": "nothing",
    "at": "nothing",
    "trial": "nothing",
    "trail": 1,
    "kept": 1,
    "passkeys": 1,
    "verify": "nothing",
    "visit": "nothing",
    "confirm": "nothing",
    "feed": "nothing.ics",
    "invitation": "nothing",
    "support": "nothing",
    "enter": "nothing",
    "clinics": uuid4(),
    "sign-ins": uuid4(),
}


def _support(organization: Any) -> Any:
    """Somebody of the platform who may come in."""
    with schema_context("public"):
        return start_support_session(organization, by=superuser(), reason="A question about the hours")[0]


def _family(patient: Any, years: int) -> dict[str, Any]:
    """A child for whom the patient acts."""
    child = PatientFactory(date_of_birth=timezone.localdate() - timedelta(days=365 * years))
    found = add_guardian(child, by=None, guardian=patient.member, relation="parent", papers_seen=True)
    return {"guardianships": found, "family": found}


def _given_out(members: dict[str, Member], patient: Any) -> dict[str, Any]:
    """A copy of everything about the patient, and one of the clinic, both still being prepared."""
    exports.ask_for_clinic(by=members[Role.ADMIN])
    facts = {"wanted_by": "The patient", "identity_seen": "Passport"}
    return {"exports": exports.ask_for_patient(patient, by=members[Role.ADMIN], **facts)}


def _looked_at(admin: Member) -> Any:
    """A file of another system, seen and not brought in yet."""
    person = {
        "resourceType": "Patient",
        "id": str(uuid4()),
        "name": [{"text": "Ada Obi"}],
        "gender": "female",
    }
    return take_in([Document("ada.json", json.dumps(person).encode())], by=admin)


def _erased(members: dict[str, Member]) -> dict[str, Any]:
    """Somebody who was forgotten, and whose records are kept under a pseudonym."""
    patient = PatientFactory(given_name="Gone")
    done = erase_patient(patient, by=members[Role.ADMIN], reason="Asked for it", number=patient.number)
    return {"erasures": done}


def _merged() -> Any:
    """Two files of one person, made one."""
    survivor, merged = PatientFactory(), PatientFactory()
    return merge_patients(survivor, by=None, merged=merged, number=survivor.number)


def _alike(number: int) -> None:
    """Two files that are probably of one person: by chance there may be none, or some."""
    for _file in range(2):
        PatientFactory(given_name="Twice", family_name=f"Seen{number}", phone=f"+23480312346{number:02}")


def _told(members: dict[str, Member]) -> Any:
    """Everybody is told something; the receptionist's is opened."""
    facts = {"patient": "Ada Obi"}
    notify(kind="message_failed", to=[member.pk for member in members.values()], facts=facts, link="/me/")
    return members[Role.RECEPTIONIST].notifications.first()


def _worded(number: int) -> None:
    """A message that the clinic words itself, in so many versions."""
    words = {"opening": f"See you, {number}."}
    where = {"channel": "email", "language": "en", "seen": number}
    update_message_text(WORDINGS["reminder"], by=None, **where, **words)


def _people(members: dict[str, Member], patient: Any) -> dict[str, Any]:
    doctor, desk = members[Role.DOCTOR], members[Role.RECEPTIONIST]
    return {
        "allergies": add_allergy(patient, by=doctor, substance="Penicillin"),
        "conditions": add_condition(patient, by=doctor, name="Asthma"),
        "contacts": add_emergency_contact(
            patient, by=desk, name="Chidi Obi", relationship="Brother", phone="+2348031234567"
        ),
        "invitations": invite_member(StaffFactory(email="new@people.example"), by=members[Role.ADMIN]),
    }


def _brought(members: dict[str, Member], patient: Any) -> dict[str, Any]:
    """The agent has the patient, booked a visit, and asks to have somebody else."""
    agent = members[Role.AGENT]
    assignment = assign_agent(patient, by=members[Role.RECEPTIONIST], agent=agent.agent)
    doctor, day = members[Role.DOCTOR].doctor, timezone.localdate() + timedelta(days=8)
    visit = scheduling.book_for_patient(
        assignment,
        by=agent,
        doctor=doctor,
        starts_at=timezone.make_aware(datetime.combine(day, time(10))),
    )
    brought = {"date_of_birth": date(1990, 2, 3), "phone": "+2348031234577"}
    scheduling.register_brought_patient(by=agent, given_name="Ngozi", family_name="Eze", **brought)
    return {
        "assignments": assignment,
        "my-agents": assignment,
        "my-patients": patient,
        "my-bookings": visit,
        "agents": agent,
    }


def _one_more_brought(agent: Member, patient: Any, number: int) -> None:
    """One more patient of the agent, one more whom it brings, and one more agent."""
    assignment = assign_agent(patient, by=None, agent=agent.agent)
    scheduling.log_assistance(assignment, by=agent, kind="call", happened_at=timezone.now())
    brought = {"date_of_birth": date(1991, 2, 3), "phone": f"+23480312346{number:02}"}
    scheduling.register_brought_patient(by=agent, given_name=f"Brought{number}", **brought)
    other = StaffFactory(role=Role.AGENT)
    assign_agent(patient, by=None, agent=other.agent)


def _calendar(doctor: Member, patient: Any) -> dict[str, Any]:
    tomorrow = timezone.localdate() + timedelta(days=1)
    hours = _open_hours(doctor)
    return {
        "hours": hours,
        "series": _series(doctor, patient),
        "types": _kind_of_visit(doctor),
        "branches": (branch := scheduling.add_branch(by=None, name="Yaba", address="3 Herbert Macaulay Way")),
        "rooms": scheduling.add_room(by=None, branch=branch, name="Room 1"),
        "exceptions": scheduling.add_availability_exception(
            by=None,
            doctor=doctor.doctor,
            kind="leave",
            starts_at=timezone.now() + timedelta(days=40),
            ends_at=timezone.now() + timedelta(days=41),
            reason="Course",
        ),
        "closing-days": _closed(60),
        "waiting-list": scheduling.join_waiting_list(
            by=None, patient=patient, specialisation="Nobody has it", note="After school"
        ),
        "appointments": scheduling.book_appointment(
            by=None,
            doctor=doctor.doctor,
            patient=patient,
            starts_at=timezone.make_aware(datetime.combine(tomorrow, time(9))),
        ),
    }


def _kind_of_visit(doctor: Member, name: str = "Check-up") -> Any:
    """A kind of visit, which takes this doctor longer."""
    kind = scheduling.add_appointment_type(by=None, name=name, minutes=30, fee=Decimal(9000))
    scheduling.adapt_appointment_type(kind, by=None, doctor=doctor.doctor, minutes=60)
    return kind


def _queue(patient: Any) -> dict[str, Any]:
    department = queue.add_department(by=None, name="Surgery", prefix="S")
    ticket = queue.take_ticket(by=None, department=department, patient=patient)
    return {"departments": department, "tickets": ticket}


def _in_queue(number: int, somebody: Any) -> None:
    """A department with somebody who waits and somebody who is called."""
    letters = chr(65 + number // 26) + chr(65 + number % 26)
    department = queue.add_department(by=None, name=f"Department {number}", prefix=letters)
    queue.take_ticket(by=None, department=department)
    queue.call_next(department, by=None, room=f"Room {number}")
    queue.take_ticket(by=None, department=department, patient=somebody)


def _closed(days: int) -> Any:
    day = timezone.localdate() + timedelta(days=days)
    return scheduling.add_closing_day(by=None, name="Stocktaking", first_day=day, last_day=day)


def _series(doctor: Member, patient: Any, weeks: int = 2, hour: int = 14) -> Any:
    """Two visits, so many weeks after each other."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    first = timezone.make_aware(datetime.combine(tomorrow, time(hour)))
    return scheduling.book_series(
        by=None,
        doctor=doctor.doctor,
        patient=patient,
        every_weeks=weeks,
        times={0: first, 1: first + timedelta(weeks=weeks)},
    )


def _open_hours(doctor: Member) -> Any:
    """A window tomorrow and on the same day of every week."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    return scheduling.add_availability_rule(
        by=None,
        doctor=doctor.doctor,
        weekday=tomorrow.isoweekday(),
        starts=time(8),
        ends=time(16),
        slot_minutes=30,
        valid_from=timezone.localdate(),
    )


def _records(doctor: Member, patient: Any) -> dict[str, Any]:
    consultation = records.start_walk_in(patient, by=doctor)
    return {
        "consultations": consultation,
        "diagnoses": records.add_diagnosis(consultation, by=doctor, code="J45.9"),
        "text-templates": records.add_text_template(by=doctor, name="Cold", plan="Rest, fluids."),
        "prescriptions": records.prescribe(consultation, by=doctor),
        "favourites": records.add_favourite(by=doctor, lines=[{"medicine": "Zinc", "potency": "20 mg"}]),
        "measurements": _measured(doctor, patient, consultation),
        **_filed(doctor, patient),
        **_told_by_others(doctor, patient),
    }


def _told_by_others(doctor: Member, patient: Any, number: int = 0) -> dict[str, Any]:
    """Something of every kind of history."""
    source = {"patient": patient, "recorded_by": doctor, "source": "Norwood Hospital", "precision": "day"}
    return {
        kind.segment: kind.model.objects.create(
            **source, title=f"{kind.name} {number}", happened_at=timezone.now() - timedelta(days=number + 1)
        )
        for kind in HISTORY.values()
    }


def _filed(doctor: Member, patient: Any, title: str = "Blood count") -> dict[str, Any]:
    """A record of the patient and a paper of the doctor, each with its file."""
    scan = SimpleUploadedFile("scan.pdf", PDF)
    record = add_record(
        patient,
        by=doctor,
        kind="lab_report",
        title=title,
        recorded_on=timezone.localdate(),
        data=[GLUCOSE],
        uploads=[scan],
    )
    scan.seek(0)
    paper = add_paper(doctor, by=doctor, kind="licence", title=title, uploads=[scan])
    return {
        "health-records": record,
        "record-files": record.files.get(),
        "papers": paper,
        "paper-files": paper.files.get(),
    }


def _measured(doctor: Member, patient: Any, consultation: Any = None) -> Any:
    """What a nurse writes down; the first of it."""
    values = {"systolic": Decimal(128), "diastolic": Decimal(82), "weight": Decimal("71.5")}
    return record_measurements(patient, by=doctor, values=values, consultation=consultation)[0]


def _money(patient: Any, key: str = "world") -> dict[str, Any]:
    invoice = billing.draft_invoice(by=None, patient=patient)
    billing.update_invoice(invoice, by=None, lines=[Charge("Visit", Decimal(1), Decimal(100))])
    issued = billing.issue_invoice(invoice, by=None, due_on=timezone.localdate() + timedelta(days=14))
    payment = billing.record_payment(issued, by=None, key=key, amount=Decimal(10))
    wallets.top_up_wallet(patient, by=None, key=key, amount=Decimal(50), method="cash")
    return {
        "invoices": issued,
        "payments": payment,
        "credit-notes": _corrected(patient, key),
        "tax-rates": billing.add_tax_rate(by=None, name=f"Tax {key}"[-40:], percent=Decimal("7.5")),
    }


def _insured(patient: Any, name: str) -> dict[str, Any]:
    """A payer, and what it covers for the patient."""
    payer = insurance.add_payer(by=None, name=name)
    facts = {"member_number": "M-1", "percent": Decimal(5), "valid_from": timezone.localdate()}
    policy = insurance.add_policy(patient, by=None, payer=payer, **facts)
    invoice = billing.draft_invoice(by=None, patient=patient)
    billing.update_invoice(invoice, by=None, lines=[Charge("Visit", Decimal(1), Decimal(100))])
    issued = billing.issue_invoice(invoice, by=None, due_on=timezone.localdate(), policies=[policy])
    sent = billing.send_claim(issued.claims.get(), by=None)
    return {"payers": payer, "policies": policy, "claims": sent}


def _online(patient: Any, key: str = "world") -> dict[str, Any]:
    """An invoice that was paid online and of which some goes back, and one that is being paid."""
    paid = paid_online(patient, key)
    return {
        "providers": paid.provider,
        "online-payments": being_paid(patient, key),
        "online-refunds": given_back(paid, key),
    }


def _booked(number: int = 0) -> dict[str, Any]:
    """A category of the books, an entry with its receipt, and a month that is closed."""
    category = books.add_category(by=None, kind="expense", name=f"Rent {number}")
    entry = books.add_entry(
        by=None,
        key=f"world {number}",
        category=category,
        booked_on=timezone.localdate(),
        amount=Decimal(50),
        description="October",
        method="transfer",
        uploads=[SimpleUploadedFile("receipt.pdf", PDF)],
    )
    return {
        "categories": category,
        "entries": entry,
        "receipts": entry.files.get(),
        "months": books.close_month(by=None, month=date(2010 + number // 12, number % 12 + 1, 1)),
    }


def _corrected(patient: Any, key: str) -> Any:
    """An invoice that was paid, then credited in part, of which some was given back."""
    invoice = billing.draft_invoice(by=None, patient=patient)
    billing.update_invoice(invoice, by=None, lines=[Charge("Visit", Decimal(1), Decimal(100))])
    issued = billing.issue_invoice(invoice, by=None, due_on=timezone.localdate())
    paid = billing.record_payment(issued, by=None, key=f"{key} paid", amount=Decimal(100))
    note = billing.credit_invoice(issued, by=None, key=key, amount=Decimal(20), reason="Not done")
    billing.refund_payment(paid, by=None, key=key, amount=Decimal(10), method="cash")
    return note


def _drawer(members: dict[str, Member], patient: Any, number: int = 0) -> dict[str, Any]:
    """A cash desk that was counted, and one where the receptionist works and cash was taken."""
    desk, by = cash.add_desk(by=None, name=f"Desk {number}"), members[Role.RECEPTIONIST]
    counted = cash.open_session(by=StaffFactory(), desk=desk, opening_float=Decimal(50))
    cash.close_session(counted, by=by, pieces={Decimal(20): 2}, explanation="Ten are missing")
    worker = StaffFactory() if number else by
    session = cash.open_session(by=worker, desk=desk, opening_float=Decimal(50))
    wallets.top_up_wallet(patient, by=worker, key=f"cash {number}", amount=Decimal(5), method="cash")
    return {"cash": session, "desks": desk}


def _moved(admin: Member, number: int = 0) -> dict[str, Any]:
    """A table that was brought in, and one that waits."""
    files = (
        SimpleUploadedFile("prices.csv", f"Name,Fee\n{name} {number},5".encode())
        for name in ("Moved", "Waiting")
    )
    brought, waiting = (moving.upload_table(kind="prices", file=file, by=admin) for file in files)
    return {"imports": moving.start_table(brought, by=admin), "tables": waiting}


def fill(people: SimpleNamespace, count: int) -> None:
    """Add `count` more of everything that lists show, to the same doctor and the same patient."""
    doctor, patient = people.members[Role.DOCTOR], people.members[Role.PATIENT].patient
    desk = people.members[Role.RECEPTIONIST]
    morning = _this_morning()
    for number in range(count):
        somebody = PatientFactory(email=f"many{number}@people.example")
        _moved(people.members[Role.ADMIN], number + 1)
        _told(people.members)
        _alike(number + 1)
        _worded(number + 1)
        StaffFactory(email=f"staff{number}@people.example")
        # With hours of its own: without any, the search for its next free time looks further ahead.
        _open_hours(DoctorFactory())
        _kind_of_visit(doctor, f"Kind {number}")
        _family(patient, years=number % 17 + 1)
        add_allergy(patient, by=doctor, substance=f"Substance {number}")
        add_condition(patient, by=doctor, name=f"Condition {number}")
        add_emergency_contact(
            patient,
            by=desk,
            name=f"Contact {number}",
            relationship="Friend",
            phone=f"+23480312345{number:02}",
        )
        _one_more_brought(people.members[Role.AGENT], somebody, number)
        _in_queue(number, somebody)
        _booked(number + 1)
        _drawer(people.members, somebody, number + 1)
        scheduling.make_feed(somebody.member, by=somebody.member)
        scheduling.join_waiting_list(by=None, patient=somebody, specialisation="Nobody has it")
        scheduling.join_waiting_list(by=None, patient=patient, specialisation=f"Nobody has it {number}")
        _visit(doctor, somebody, morning + timedelta(minutes=20 * number))
        _visit(doctor, patient, morning + timedelta(days=number + 10))
        _closed(61 + number)
        records.add_text_template(by=doctor, name=f"Template {number}", plan="Rest.")
        _filed(doctor, patient, f"Blood count {number}")
        _told_by_others(doctor, patient, number + 1)
        records.add_favourite(by=doctor, lines=[{"medicine": f"Zinc {number}"}])
        for person in (somebody, patient):
            consultation = records.start_walk_in(person, by=doctor)
            _measured(doctor, person)
            records.add_diagnosis(consultation, by=doctor, code=f"A0{number % 10}")
            records.save_prescription(
                records.prescribe(consultation, by=doctor), by=doctor, notes="", items=[{"medicine": "Zinc"}]
            )
            _insured(person, f"Payer {number} {person.pk}")
            _money(person, key=f"many {number} {person.pk}")
            _online(person, key=f"many {number} {person.pk}")


def _this_morning() -> datetime:
    return timezone.make_aware(datetime.combine(timezone.localdate(), time(8)))


def _visit(doctor: Member, patient: Any, starts_at: datetime) -> None:
    Appointment.objects.create(
        doctor=doctor.doctor,
        patient=patient,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=20),
        status="booked",
        source="reception",
    )
