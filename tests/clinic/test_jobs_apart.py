"""A job that loses its connection in one clinic does not lose it for the next one. Real connections."""

from typing import Any

import pytest
from django_tenants.utils import tenant_context

from clinic.db.current import connection
from clinic.jobs.models import JobRun
from clinic.jobs.table import JOBS
from clinic.jobs.tasks import JobFailed
from clinic.notifications import services


def test_a_connection_that_breaks_in_one_clinic_is_not_the_next_ones(
    committed: None, acme: Any, beta: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver = services.deliver_due

    def cut() -> None:
        if connection.schema_name == acme.schema_name:
            connection.connection.close()
            JobRun.objects.count()
        deliver()

    monkeypatch.setattr(services, "deliver_due", cut)
    with pytest.raises(JobFailed, match="acme"):
        JOBS["deliver_due"].task(0)
    for clinic, failed in ((acme, True), (beta, False)):
        with tenant_context(clinic):
            assert bool(JobRun.objects.get(pk="deliver_due").error) == failed
