"""What imports need done by themselves."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from clinic.jobs.table import Clinics, hourly
from clinic.jobs.tasks import every_clinic, tenant_task
from clinic.moving.models import ImportRun
from clinic.moving.services import bring_in, clear_uploads, look_or_say_why_not, take_back_or_keep


@tenant_task
def look_at_rows(run_id: str) -> None:
    """Find out what a table would do that is too long for a page."""
    look_or_say_why_not(ImportRun.objects.select_related("by").get(pk=run_id))


@tenant_task
def bring_in_rows(run_id: str) -> None:
    """Bring in an import that is too long for a page."""
    bring_in(ImportRun.objects.select_related("by").get(pk=run_id))


@tenant_task
def take_rows_back(run_id: str, by_id: str) -> None:
    """Take back an import that is too long for a page."""
    by: Any = ImportRun._meta.get_field("by").related_model
    take_back_or_keep(ImportRun.objects.get(pk=run_id), by=by.objects.get(pk=by_id))


@every_clinic(
    hourly(43), _("Deletes uploaded tables that nobody brought in for a day."), clinics=Clinics.SERVED
)
def put_uploads_away() -> None:
    """Put away what nobody waits for."""
    clear_uploads()
