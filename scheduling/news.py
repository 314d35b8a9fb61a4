"""Who is told what within the site when something becomes of a visit: one table, which the tests read too.

Nobody is told of what they did themselves. Letters and text messages (emails.py) go to patients in any case.
"""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone

from accounts.members.models import AgentAssignment, AssignmentStatus, DoctorProfile, Member, PatientProfile
from accounts.members.models.guardianship import OF_AGE
from clinic.inbox.services import News, publish
from clinic.inbox.services import settle as settle_news
from scheduling.models import Appointment, Source
from scheduling.models.states import UNCONFIRMED

DESK, DOCTOR, FORMER_DOCTOR, PATIENT, AGENT = "desk", "doctor", "former doctor", "patient", "agent"
# A doctor is told of what changes today and tomorrow; further ahead, the calendar is soon enough.
NEAR = (datetime.timedelta(), datetime.timedelta(days=1))


class Happening(NamedTuple):
    """What became of a visit: who did it, in which state it was, and the visit it was before it was moved."""

    visit: Appointment
    by: Member | None = None
    was: str = ""
    before: Appointment | None = None


Condition = Callable[[Happening], bool]


def always(told: Happening) -> bool:
    """In any case."""
    return True


def by_patient(told: Happening) -> bool:
    """The patient did it, with a log-in or by the link."""
    return told.by is None or told.by.pk == told.visit.patient_id


def by_clinic(told: Happening) -> bool:
    """Somebody did it for the patient."""
    return not by_patient(told)


def through_portal(told: Happening) -> bool:
    """The patient booked it with a log-in."""
    return told.visit.source == Source.PORTAL


def by_agent(told: Happening) -> bool:
    """The agent did it who booked the visit."""
    return told.by is not None and told.by.pk == told.visit.agent_id


def settled(told: Happening) -> bool:
    """It was more than a request, and somebody else than its agent did it."""
    return not was_request(told) and not by_agent(told)


def by_others(told: Happening) -> bool:
    """It was booked for the patient."""
    return not through_portal(told)


def near(told: Happening) -> bool:
    """It is a visit, not a wish only, of today or tomorrow; or it was, before it was moved."""
    visits = (told.visit, told.before) if told.before else (told.visit,)
    away = [timezone.localdate(visit.starts_at) - timezone.localdate() for visit in visits]
    return told.was not in UNCONFIRMED and any(days in NEAR for days in away)


def same_doctor(told: Happening) -> bool:
    """It is `near`, and the doctor has not changed."""
    return near(told) and (told.before is None or told.before.doctor_id == told.visit.doctor_id)


def other_doctor(told: Happening) -> bool:
    """It is `near`, and another doctor's now."""
    return near(told) and not same_doctor(told)


def answerable(told: Happening) -> bool:
    """A request that waits for the clinic, and not for the patient to confirm it from the mailbox first."""
    visit = told.visit
    is_unconfirmed = visit.source == Source.PUBLIC and visit.patient_confirmed_at is None
    return not (is_unconfirmed and visit.patient.member.email)


def was_request(told: Happening) -> bool:
    """It was not settled yet."""
    return told.was == Appointment.Status.PENDING


def unanswered(told: Happening) -> bool:
    """A request that the clinic could have answered."""
    return was_request(told) and answerable(told)


def by_patient_known(told: Happening) -> bool:
    """The patient did it, to something that the desk has heard of."""
    return by_patient(told) and (not was_request(told) or answerable(told))


class Rule(NamedTuple):
    """When this happens, this reader is told that kind (clinic.inbox.kinds), if the condition holds."""

    event: str
    reader: str
    kind: str
    when: Condition = always


RULES: tuple[Rule, ...] = (
    Rule("request_appointment", DESK, "request_to_answer", answerable),
    Rule("confirm_request", DESK, "request_to_answer"),
    Rule("request_for_patient", DESK, "request_to_answer"),
    Rule("confirm_appointment", PATIENT, "your_request_confirmed"),
    Rule("confirm_appointment", AGENT, "agent_request_confirmed"),
    Rule("confirm_appointment", DOCTOR, "visit_booked", near),
    Rule("decline_appointment", PATIENT, "your_request_declined"),
    Rule("decline_appointment", AGENT, "agent_request_declined"),
    Rule("book_appointment", DESK, "patient_booked", through_portal),
    Rule("book_appointment", DESK, "agent_booked", by_agent),
    Rule("book_appointment", PATIENT, "your_visit_booked", by_others),
    Rule("book_appointment", DOCTOR, "visit_booked", near),
    Rule("reschedule_appointment", DESK, "patient_moved", by_patient_known),
    Rule("reschedule_appointment", DESK, "agent_moved", by_agent),
    Rule("reschedule_appointment", AGENT, "agent_visit_moved"),
    Rule("reschedule_appointment", PATIENT, "your_visit_moved", by_clinic),
    Rule("reschedule_appointment", DOCTOR, "visit_moved", same_doctor),
    Rule("reschedule_appointment", DOCTOR, "visit_booked", other_doctor),
    Rule("reschedule_appointment", FORMER_DOCTOR, "visit_handed_over", other_doctor),
    Rule("cancel_appointment", DESK, "patient_cancelled", by_patient_known),
    Rule("cancel_appointment", DESK, "agent_cancelled", by_agent),
    Rule("cancel_appointment", PATIENT, "your_visit_cancelled", by_clinic),
    Rule("cancel_appointment", DOCTOR, "visit_cancelled", near),
    Rule("cancel_appointment", AGENT, "agent_request_declined", was_request),
    Rule("cancel_appointment", AGENT, "agent_visit_cancelled", settled),
    Rule("enter_appointment_in_error", DOCTOR, "visit_cancelled", near),
    Rule("let_hold_go", DESK, "request_lapsed", unanswered),
    Rule("let_hold_go", PATIENT, "your_visit_cancelled", was_request),
    Rule("let_hold_go", AGENT, "agent_request_declined", was_request),
    Rule("check_in_appointment", DOCTOR, "patient_checked_in"),
    Rule("offer_time", PATIENT, "your_offer"),
    Rule("accept_offer", DESK, "offer_accepted", by_patient),
    Rule("accept_offer", PATIENT, "your_visit_booked", by_clinic),
    Rule("accept_offer", DOCTOR, "visit_booked", near),
    Rule("decline_offer", DESK, "offer_declined", by_patient),
    Rule("withdraw_offer", PATIENT, "your_offer_withdrawn"),
    Rule("remind_patients", PATIENT, "your_reminder"),
)

# What is no longer to be done for anybody once this has happened.
SETTLED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "confirm_appointment": ("request_to_answer",),
        "decline_appointment": ("request_to_answer",),
        "cancel_appointment": ("request_to_answer", "patient_checked_in"),
        "let_hold_go": ("request_to_answer", "your_offer"),
        "fulfil_appointment": ("patient_checked_in",),
        "accept_offer": ("your_offer",),
        "decline_offer": ("your_offer",),
        "withdraw_offer": ("your_offer",),
    }
)


def tell(event: str, visit: Appointment, *, by: Member | None, **more: Any) -> None:
    """Tell everybody whom the table names for `event`; `more` are further fields of Happening."""
    tell_all(event, [Happening(visit, by, **more)], by=by)


def tell_all(event: str, happenings: Iterable[Happening], *, by: Member | None, together: str = "") -> None:
    """Tell of several visits in one statement, in the transaction in which it happened.

    `together`: the kind by which their one patient is told of all of them at once.
    """
    told = list(happenings)
    if not told:
        return
    if event in SETTLED:
        settle_news([happening.visit.calendar_id for happening in told], *SETTLED[event])
    rules = [rule for rule in RULES if rule.event == event and not (together and rule.reader == PATIENT)]
    due = [(rule, happening) for happening in told for rule in rules if rule.when(happening)]
    news = [written for rule, happening in due if (written := _news(rule, happening)) is not None]
    if together:
        news.append(_plain_news(Rule(event, PATIENT, together), told[0], count=len(told)))
    publish(*news, by=by)


def tell_of_stranded(visits: Any, *, by: Member | None) -> None:
    """Tell the desk and each doctor how many of these visits are in the way of leave or closing days."""
    by_doctor = Counter(visits.stranded().values_list("doctor_id", flat=True))
    doctors = DoctorProfile.objects.with_people().in_bulk(by_doctor) if by_doctor else {}
    page = reverse("scheduling:stranded_visits", urlconf="clinic.urls")
    news = []
    for key, count in by_doctor.items():
        facts = {"doctor": doctors[key].name, "count": count}
        news += [
            News("visits_stranded", Member.objects.desk(), facts, page),
            News("own_visits_stranded", [key], facts, page),
        ]
    publish(*news, by=by)


def _readers(reader: str, told: Happening) -> Any:
    """The members who read it, as rows or by their keys; nobody when there is none who can sign in."""
    visit = told.visit
    if reader == DESK:
        return Member.objects.desk()
    doctor = told.before.doctor if told.before and reader == FORMER_DOCTOR else visit.doctor
    member = visit.patient.member if reader == PATIENT else doctor.member
    may_read = member.user_id or (reader == PATIENT and _may_have_guardian(visit.patient))
    return [member.pk] if may_read else []


def _may_have_guardian(patient: PatientProfile) -> bool:
    """Whether it is worth asking if a guardian reads in the patient's place."""
    return bool(patient.member.acted_by) or (patient.age is not None and patient.age < OF_AGE)


def _news(rule: Rule, told: Happening) -> News | None:
    return _news_for_agent(rule, told) if rule.reader == AGENT else _plain_news(rule, told)


def _news_for_agent(rule: Rule, told: Happening) -> News | None:
    """What an agent is told of a patient it has; of one it asked to have, under the name that it gave."""
    visit = told.visit
    if visit.agent_id is None:
        return None
    between = AgentAssignment.objects.running().filter(agent=visit.agent_id, patient=visit.patient_id)
    assignment = between.first()
    if assignment is None:
        return None
    facts = _facts(told)
    if assignment.status == AssignmentStatus.REQUESTED:
        facts["patient"] = assignment.given_as
    page = reverse("scheduling:my_bookings", urlconf="clinic.urls")
    return News(rule.kind, [visit.agent_id], facts, page, visit.calendar_id)


def _plain_news(rule: Rule, told: Happening, **more: int) -> News:
    visit = told.visit
    link = reverse("scheduling:appointment", args=[visit.pk], urlconf="clinic.urls")
    return News(rule.kind, _readers(rule.reader, told), _facts(told) | more, link, visit.calendar_id)


def _facts(told: Happening) -> dict[str, Any]:
    visit = told.visit
    facts = {"patient": visit.patient.member.name, "doctor": visit.doctor.member.name, "at": visit.starts_at}
    if told.by and by_agent(told):
        facts["agent"] = told.by.name
    if told.before:
        facts["before"] = told.before.starts_at
    if visit.held_until:
        facts["until"] = visit.held_until
    return facts
