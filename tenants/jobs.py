"""What the worker does for clinics as a whole. It alone uses the owner's connection."""

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from clinic.jobs.table import EVERY_MINUTE
from clinic.jobs.tasks import on_the_platform
from tenants import services

# How many schemas wait for the next clinics.
READY = 3


@app.task(name="tenants.finish_provisioning", queueing_lock=None, lock="tenants.provisioning")
def finish_provisioning_of(organization_id: str) -> None:
    """Make the schema of a clinic that waits for one, and others for those that come next."""
    services.finish_provisioning(organization_id)


@on_the_platform(
    EVERY_MINUTE, _("Keeps places ready for the next clinics that sign up."), lock="tenants.provisioning"
)
def keep_schemas_ready() -> None:
    """Finish what a killed worker left undone, and see that a few schemas are ready."""
    for organization_id in services.waiting_organizations():
        services.finish_provisioning(organization_id)
    services.fill_ready_schemas(READY)
