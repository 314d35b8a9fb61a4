"""What FHIR needs done by the worker."""

import structlog

from clinic.fhir.services import foresee, foresee_nothing
from clinic.jobs.tasks import tenant_task
from clinic.moving.models import ImportRun

log = structlog.get_logger(__name__)


@tenant_task
def look_at_bundles(run_id: str) -> None:
    """Find out what bringing in these files would do; that it cannot be found out is told on their page."""
    run = ImportRun.objects.select_related("by").get(pk=run_id)
    try:
        foresee(run)
    except Exception:
        log.exception("fhir_not_foreseen", run=run_id)
        foresee_nothing(run)
