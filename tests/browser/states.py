"""States of pages that the sweeps' world does not show, one of each kind, and where they are seen."""

from types import SimpleNamespace
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.members.roles import Role
from accounts.members.services import add_emergency_contact, start_registration
from accounts.models import User
from records.services import add_addendum, start_walk_in
from tests.people import PatientFactory, a_user
from tests.records.factories import drafted, handed_out, signed
from tests.scheduling.factories import AppointmentFactory as VisitFactory
from tests.scheduling.factories import doctor_with_hours, free_times, requested

# Somebody who signed up at the clinic and is nothing there yet.
NEWCOMER = "newcomer"
# One page of a list and a few more.
MANY = 30
SEEN_BY = (Role.ADMIN, Role.RECEPTIONIST, Role.DOCTOR, Role.PATIENT, NEWCOMER)


def newcomer() -> User:
    """Who has signed up and not said yet who they are."""
    user = a_user("newcomer@people.example")
    start_registration(user=user)
    return user


def build(made: SimpleNamespace) -> dict[str, list[str]]:
    """The addresses of the states by the role that looks at them, made in the clinic we are in."""
    doctor, desk = made.members[Role.DOCTOR].doctor, made.members[Role.RECEPTIONIST]
    for number in range(MANY):
        PatientFactory(given_name=f"Ada {number}")
    patient = _a_full_record(desk)
    own = made.members[Role.PATIENT].patient
    given = handed_out(signed(doctor=doctor, patient=own))
    add_addendum(given.consultation, by=doctor.member, text="X-ray: clear.")
    draft = drafted(start_walk_in(patient, by=doctor.member))
    busy = doctor_with_hours()
    asked = requested(busy)
    visit = VisitFactory(doctor=doctor, patient=own, starts_at=free_times(busy)[0].starts_at)
    on = f"?on={timezone.localdate(visit.starts_at)}"
    booking = reverse("scheduling:book_appointment")
    record = reverse("members:patient", args=[patient.pk])
    return {
        Role.ADMIN: [
            "/staff/new/?role=doctor",
            "/staff/new/?role=receptionist",
            f"/staff/{made.members[Role.ADMIN].pk}/",
            f"/staff/{made.members[Role.ADMIN].pk}/roles/new/?role=doctor",
        ],
        Role.RECEPTIONIST: [
            "/patients/?page=2",
            "/patients/?q=zzzz",
            record,
            _at("scheduling:day") + on,
            _at("scheduling:decline_appointment", asked.pk),
            _at("scheduling:appointment", asked.pk),
            f"{booking}?patient={patient.pk}",
            f"{booking}?patient={patient.pk}&doctor={busy.pk}",
        ],
        Role.DOCTOR: [
            record,
            _at("scheduling:my_day") + on,
            _at("records:consultation", given.consultation_id),
            _at("records:sign_consultation", draft.consultation_id),
            _at("records:prescription", given.pk),
            _at("records:prescription", draft.pk),
            _at("records:save_prescription", draft.pk),
            _at("records:stop_prescription", given.pk),
        ],
        Role.PATIENT: [_at("records:portal_prescriptions"), _at("records:prescription", given.pk)],
        NEWCOMER: ["/welcome/"],
    }


def _at(name: str, *arguments: Any) -> str:
    return reverse(name, args=arguments)


def _a_full_record(desk: Any) -> Any:
    """A patient of whom everything is known, with a name that is hard to set."""
    patient = PatientFactory(
        given_name="Olúwaṣeun",
        family_name="Adébáyọ̀-Okonkwo",
        phone="+2348031234567",
        email="olu@example.com",
        gender="female",
        blood_group="AB-",
        address_line="12 Marina Road",
        city="Lagos",
        notes="Comes with her son.",
    )
    add_emergency_contact(patient, by=desk, name="Tunde", relationship="son", phone="+2348031234568")
    return patient
