"""What a day's calendar costs, twelve doctors side by side, beside the list of the same day."""

from functools import partial
from itertools import islice, product

from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.members.models import Member
from accounts.members.roles import Role
from accounts.members.services import register_patient, register_staff
from accounts.models import User
from clinic.bench.backends import ROUNDS, TIMES, Worker
from clinic.bench.figures import Figure, in_turn, milliseconds, ratio
from clinic.bench.pages import UUID, Page
from clinic.bench.world import (
    FACTS,
    SLOT,
    ZONE,
    Clinic,
    add_doctor,
    booked,
    coming_monday,
    open_hours,
    sign_in,
    times,
)
from scheduling.models import Appointment
from tenants.models import Organization
from tenants.services import fill_ready_schemas, provision_organization

DOCTORS, VISITS = 12, 200
LISTED = 100


def measure() -> list[Figure]:
    """The calendar of a day beside the day sheet's first page of it."""
    clinic, keys = _open()
    calendar, sheet = _pages(clinic, keys)
    worker = Worker("ours", clinic.organization.schema_name)
    try:
        for page in (calendar, sheet):
            worker.ask(page, TIMES)  # warm
        bursts = {
            "calendar": partial(worker.ask, calendar, TIMES),
            "sheet": partial(worker.ask, sheet, TIMES),
        }
        taken = in_turn(bursts, ROUNDS // 2)
    finally:
        worker.stop()
    ours, list_page = ([one["cpu"] for one in taken[name]] for name in ("calendar", "sheet"))
    return [
        Figure(
            f"calendar of a day, {DOCTORS} doctors and {len(calendar.rows)} visits: CPU of the site",
            milliseconds(min(ours)),
            f"day sheet, {len(sheet.rows)} rows {milliseconds(min(list_page))}",
            ratio(ours, list_page),
        )
    ]


def _pages(clinic: Clinic, keys: list[str]) -> tuple[Page, Page]:
    link = f'href="/appointments/({UUID})/"'
    asked = f"on={clinic.monday}"
    return (
        clinic.page(f"/calendar/?view=day&{asked}", Role.RECEPTIONIST, link, keys),
        clinic.page(f"/day/?{asked}", Role.RECEPTIONIST, link, keys[:LISTED]),
    )


def _open() -> tuple[Clinic, list[str]]:
    """A clinic with a full day, and the keys of its visits in the order of the day."""
    fill_ready_schemas(1)
    organization = provision_organization(by=None, name="Twelve Doctors", label="twelve", **FACTS)
    organization = Organization.objects.get(pk=organization.pk)
    user = User.objects.create_user("twelve@bench.example", name="Desk of twelve")
    with tenant_context(organization), timezone.override(ZONE):
        doctors = [add_doctor("twelve", number) for number in range(DOCTORS)]
        patients = [
            register_patient(by=None, given_name=f"Twelver {number}", family_name="Ade")
            for number in range(DOCTORS)
        ]
        desk = register_staff(by=None, role=Role.RECEPTIONIST, given_name="Rita", family_name="Desk")
        Member.objects.filter(pk=desk.pk).update(user=user)
        cookies = {Role.RECEPTIONIST.value: sign_in(user, Role.RECEPTIONIST)}
        monday = coming_monday()
        open_hours(doctors, monday)
        # A patient of each doctor's own, who comes all day: nobody is in two rooms at a time.
        hours = [times(monday, 1)[0] + SLOT * number for number in range(2 * len(doctors))]
        full = islice(product(hours, zip(doctors, patients, strict=True)), VISITS)
        Appointment.objects.bulk_create(booked(doctor, patient, at) for at, (doctor, patient) in full)
        in_order = Appointment.objects.on(monday).order_by("starts_at", "doctor")
        keys = [str(key) for key in in_order.values_list("pk", flat=True)]
    return Clinic(organization, "Northern", doctors, patients, cookies, monday), keys
