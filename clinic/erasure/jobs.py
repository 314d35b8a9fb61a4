"""What is erased by itself when its time is over."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.erasure.models import Erasure
from clinic.erasure.services import erase_what_ran_out
from clinic.jobs.table import Clinics, daily
from clinic.jobs.tasks import every_clinic


@every_clinic(
    daily(1, 37),
    _("Erases what is left of erased patients when it need not be kept any more."),
    clinics=Clinics.SERVED,
)
def erase_records_run_out() -> None:
    """Each erasure in its own transaction: one that is refused keeps no other from its end."""
    today = timezone.localdate()
    for erasure in Erasure.objects.run_out(today).not_held():
        erase_what_ran_out(erasure, by=None, today=today)
