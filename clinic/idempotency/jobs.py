"""What was needed only for a while."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from clinic.idempotency.models import SentForm
from clinic.jobs.tasks import every_clinic

# Longer than anybody leaves a page open.
KEPT = timedelta(days=30)


@every_clinic(cron="17 3 * * *")
def forget_old_forms() -> None:
    """Drop the keys of forms sent a month ago, and sessions that have ended."""
    SentForm.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
