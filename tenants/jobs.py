"""What the worker does for clinics as a whole. It alone uses the owner's connection."""

from procrastinate.contrib.django import app

from tenants import services

# How many schemas wait for the next clinics.
READY = 3


@app.task(name="tenants.finish_provisioning", queueing_lock=None, lock="tenants.provisioning")
def finish_provisioning_of(organization_id: str) -> None:
    """Make the schema of a clinic that waits for one, and others for those that come next."""
    services.finish_provisioning(organization_id)


@app.periodic(cron="* * * * *")
@app.task(
    name="tenants.keep_schemas_ready", queueing_lock="tenants.keep_schemas_ready", lock="tenants.provisioning"
)
def keep_schemas_ready(timestamp: int) -> None:
    """Finish what a killed worker left undone, and see that a few schemas are ready."""
    for organization_id in services.waiting_organizations():
        services.finish_provisioning(organization_id)
    services.fill_ready_schemas(READY)
