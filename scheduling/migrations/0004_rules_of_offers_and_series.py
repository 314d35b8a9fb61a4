"""The rules of what came with kinds of visits, series, offers and the waiting list."""

from django.db import migrations

from clinic.db.operations import audited, composite_foreign_key, enforced_transitions, unguarded

APPOINTMENTS = [
    ("arrived", "cancelled"),
    ("arrived", "checked_in"),
    ("arrived", "entered_in_error"),
    ("booked", "arrived"),
    ("booked", "cancelled"),
    ("booked", "entered_in_error"),
    ("booked", "noshow"),
    ("booked", "rescheduled"),
    ("checked_in", "cancelled"),
    ("checked_in", "entered_in_error"),
    ("checked_in", "fulfilled"),
    ("noshow", "arrived"),
    ("noshow", "entered_in_error"),
    ("pending", "booked"),
    ("pending", "cancelled"),
    ("pending", "declined"),
    ("pending", "rescheduled"),
    ("proposed", "booked"),
    ("proposed", "cancelled"),
]
WISHES = [
    ("proposed", "booked"),
    ("proposed", "cancelled"),
    ("proposed", "waitlist"),
    ("waitlist", "cancelled"),
    ("waitlist", "proposed"),
]


class Migration(migrations.Migration):
    """Offers become visits; nothing crosses patients; every change is on record."""

    dependencies = [("scheduling", "0003_kinds_limits_and_waiting"), ("audit", "0001_initial")]

    operations = [
        *unguarded("scheduling_appointment", "transitions"),
        *enforced_transitions(
            "scheduling_appointment", APPOINTMENTS, initial=("pending", "proposed", "booked")
        ),
        *enforced_transitions("scheduling_waitinglistentry", WISHES, initial=("waitlist",)),
        composite_foreign_key(
            "scheduling_appointment",
            ("series_id", "patient_id"),
            "scheduling_appointmentseries",
            ("id", "patient_id"),
            "scheduling_appointment_series_patient",
        ),
        composite_foreign_key(
            "scheduling_waitinglistentry",
            ("appointment_id", "patient_id"),
            "scheduling_appointment",
            ("id", "patient_id"),
            "scheduling_waitinglistentry_visit_patient",
        ),
        *audited(
            "scheduling_appointmenttype",
            "scheduling_doctorappointmenttype",
            "scheduling_bookingpolicy",
            "scheduling_closingday",
            "scheduling_appointmentseries",
            "scheduling_waitinglistentry",
        ),
    ]
