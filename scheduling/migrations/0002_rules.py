"""What only the database can keep: the permitted changes of state, unmovable times, the audit trail."""

from django.db import migrations

from clinic.db.operations import audited, enforced_transitions, frozen

TRANSITIONS = [
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
    ("proposed", "cancelled"),
    ("waitlist", "cancelled"),
]


class Migration(migrations.Migration):
    """The calendar's rules."""

    dependencies = [("scheduling", "0001_initial"), ("audit", "0001_initial")]

    operations = [
        *enforced_transitions("scheduling_appointment", TRANSITIONS, initial=("pending", "booked")),
        *frozen(
            "scheduling_appointment",
            when="TG_OP = 'UPDATE' AND (OLD.doctor_id, OLD.patient_id, OLD.starts_at, OLD.ends_at) "
            "IS DISTINCT FROM (NEW.doctor_id, NEW.patient_id, NEW.starts_at, NEW.ends_at)",
            message="An appointment is moved by making a new one.",
        ),
        *audited("scheduling_appointment", "scheduling_availabilityrule", "scheduling_availabilityexception"),
    ]
