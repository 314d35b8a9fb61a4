"""What the worker does for a clinic's people."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts.members import services
from clinic.jobs.table import Clinics, daily, hourly
from clinic.jobs.tasks import every_clinic


@app.task(
    name="members.found_clinic",
    lock="tenants.provisioning",
    retry=RetryStrategy(max_attempts=20, wait=2, linear_wait=10),
)
def found_clinic_of(organization_id: str, founder: dict[str, Any], user_id: str | None) -> None:
    """Put the founder into a clinic that had to wait for its schema; tried again until there is one."""
    services.found_waiting_clinic(organization_id, founder, user_id)


@every_clinic(
    daily(0, 41),
    _("Ends what guardians do for somebody who is of age, and tells them a month before."),
    clinics=Clinics.READABLE,
)
def keep_guardianships() -> None:
    """Note what has ended on its last day, and announce what ends within 30 days."""
    services.end_past_guardianships()
    services.announce_endings()


@every_clinic(
    hourly(11),
    _("Writes to administrators when the trial ends, and when the clinic is suspended or open again."),
    clinics=Clinics.SERVED,
)
def write_of_clinics_life() -> None:
    """Tell administrators of the end of the trial, in time and each once."""
    services.tell_of_life()


@every_clinic(
    hourly(41),
    _("Takes patients from their agents on the day after the last that was agreed."),
    clinics=Clinics.SERVED,
)
def end_assignments() -> None:
    """End what has passed its last day."""
    services.end_over_assignments()
