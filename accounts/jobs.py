"""What is known of sign-ins for a while only."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import HandOver, Signin, Tally
from clinic.jobs.table import daily
from clinic.jobs.tasks import on_the_platform

# Long enough to look back after something strange was seen.
KEPT = timedelta(days=90)


@on_the_platform(
    daily(3, 47), _("Forgets sign-ins nobody has used for 90 days, and counts of attempts that are over.")
)
def forget_old_signins() -> None:
    """Drop what has ended."""
    Signin.objects.filter(last_used_at__lt=timezone.now() - KEPT).delete()
    HandOver.objects.filter(expires_at__lt=timezone.now() - KEPT).delete()
    Tally.objects.filter(ends_at__lt=timezone.now()).delete()
