"""What copies of everything need done outside a request."""

from django.utils.translation import gettext_lazy as _

from clinic.exports import services
from clinic.jobs.table import Clinics, hourly
from clinic.jobs.tasks import every_clinic, tenant_task


@tenant_task
def make_export(export_id: str) -> None:
    """Prepare a copy that was asked for."""
    services.make_export(export_id)


@every_clinic(
    hourly(41), _("Deletes copies of everything a week after they were prepared."), clinics=Clinics.SERVED
)
def delete_old_exports() -> None:
    """Delete what was there long enough to be fetched."""
    services.delete_what_is_over()
