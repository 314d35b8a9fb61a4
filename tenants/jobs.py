"""What the worker does for clinics as a whole. It alone uses the owner's connection."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tenants.utils import schema_context
from procrastinate.contrib.django import app

from clinic.jobs.table import EVERY_MINUTE, EVERY_QUARTER, daily, hourly
from clinic.jobs.tasks import on_the_platform, tenant_task
from tenants import services
from tenants.backup.swapping import reopen_stranded
from tenants.services import backups

# How many schemas wait for the next clinics.
READY = 3
# So long an address is looked for by itself; later somebody has to ask.
LOOKED_FOR = timedelta(days=3)


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


@on_the_platform(hourly(5), _("Suspends clinics whose days of grace after the trial are over."))
def suspend_after_grace() -> None:
    """Suspend what has been read-only for as long as the platform's rules say."""
    services.suspend_overdue()


@on_the_platform(hourly(25), _("Seals clinics that asked to be closed and did not think again."))
def seal_closing_clinics() -> None:
    """Nobody enters them any more; nothing of them is dropped."""
    services.seal_overdue()


@app.task(name="tenants.drop_clinic", lock="tenants.backups")
def drop_clinic(organization_id: str) -> None:
    """Drop a closed clinic that somebody of the platform asked to be dropped."""
    services.carry_out_drop(organization_id)


@on_the_platform(EVERY_QUARTER, _("Tells who runs the platform which plans clinics have chosen."))
def tell_of_chosen_plans() -> None:
    """Write to the platform's superusers."""
    services.tell_platform_of_plans()


@app.task(name="tenants.make_backup", lock="tenants.backups")
def make_backup(backup_id: str) -> None:
    """Make a backup that somebody of the platform asked for."""
    backups.make_backup_asked_for(backup_id)


@app.task(name="tenants.restore_backup", lock="tenants.backups")
def restore_backup(restore_id: str, by_id: str | None) -> None:
    """Restore what somebody of the platform asked for."""
    backups.restore_asked_for(restore_id, by_id)


@app.task(name="tenants.undo_restore", lock="tenants.backups")
def undo_restore(restore_id: str, by_id: str | None) -> None:
    """Take a restore back because somebody of the platform asked for it."""
    backups.undo_restore(restore_id, by_id)


@app.task(name="tenants.drop_kept_schema", lock="tenants.backups")
def drop_kept_schema(restore_id: str, by_id: str | None) -> None:
    """Drop what a restore has kept because somebody of the platform confirmed it."""
    backups.drop_kept_schema(restore_id, by_id)


@on_the_platform(EVERY_MINUTE, _("Opens a clinic again whose restore was stopped hard."))
def reopen_after_restore() -> None:
    """A killed restore leaves everything as it was, and the door shut."""
    reopen_stranded()


@on_the_platform(daily(1, 20), _("Makes the nightly backups of all clinics, where they are wanted."))
def make_nightly_backups() -> None:
    """Off unless BACKUP_NIGHTS says how many are kept of each clinic."""
    backups.make_nightly(settings.BACKUP_NIGHTS)


@tenant_task
def look_up_domain(claim_id: str) -> None:
    """Look into the DNS because a clinic's administrator asked for it."""
    with schema_context("public"):
        services.look_up(claim_id)


@on_the_platform(EVERY_QUARTER, _("Looks whether clinics' own addresses are proven by now."))
def look_up_domains() -> None:
    """Records in the DNS are seen when they are seen."""
    for claim_id in services.waiting_claims(timezone.now() - LOOKED_FOR):
        services.look_up(claim_id)
