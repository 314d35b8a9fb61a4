"""What imports need done by themselves."""

from django.utils.translation import gettext_lazy as _

from clinic.jobs.table import Clinics, hourly
from clinic.jobs.tasks import every_clinic, tenant_task
from clinic.moving.models import ImportRun
from clinic.moving.services import bring_in, clear_uploads


@tenant_task
def bring_in_rows(run_id: str) -> None:
    """Bring in an import that is too long for a page."""
    bring_in(ImportRun.objects.select_related("by").get(pk=run_id))


@every_clinic(
    hourly(43), _("Deletes uploaded tables that nobody brought in for a day."), clinics=Clinics.SERVED
)
def put_uploads_away() -> None:
    """Put away what nobody waits for."""
    clear_uploads()
