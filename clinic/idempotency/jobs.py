"""What was needed only for a while."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.idempotency.models import SentForm
from clinic.jobs.table import Clinics, daily
from clinic.jobs.tasks import every_clinic, on_the_platform

# Longer than anybody leaves a page open.
KEPT = timedelta(days=30)


@every_clinic(
    daily(3, 17),
    _("Clears sign-ins that have ended, and the marks of forms sent a month ago."),
    clinics=Clinics.SERVED,
)
def forget_old_forms() -> None:
    """Drop the keys of forms sent a month ago, and sessions that have ended."""
    _forget()


@on_the_platform(daily(3, 37), _("Clears the same on the platform's own site."))
def forget_old_forms_of_platform() -> None:
    """The platform has forms and sessions as well."""
    _forget()


def _forget() -> None:
    SentForm.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
