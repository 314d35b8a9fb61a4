"""What the trail needs done by itself."""

from django.utils.translation import gettext_lazy as _

from clinic.audit.chain import write_head_down
from clinic.jobs.table import Clinics, daily
from clinic.jobs.tasks import every_clinic


@every_clinic(
    daily(0, 7),
    _("Writes down outside the database how far the audit trail has come."),
    clinics=Clinics.SERVED,
)
def write_heads_down() -> None:
    """Keep the head of the trail where whoever owns the database cannot change it."""
    write_head_down()
