"""The job that suspends, and somebody who lengthens the trial, at the same moment. Real connections."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from clinic.db.current import connection
from clinic.models import Refusal
from tenants import services
from tenants.models import Organization

Race = Callable[[int, Callable[[int], Any]], list[Any]]


def test_who_lengthens_a_trial_is_not_overtaken_by_the_job(race: Race, acme: Any, beta: Any) -> None:
    connection.set_schema_to_public()
    Organization.objects.update(trial_ends_at=timezone.now() - timedelta(days=40))
    for clinic in (acme, beta):

        def act(number: int, clinic: Any = clinic) -> Any:
            if number % 2:
                return services.suspend_after_trial(clinic, by=None)
            return services.extend_trial(clinic, by=None)

        outcome = race(8, act)
        assert all(isinstance(result, (bool, Organization, Refusal)) for result in outcome), outcome
        is_longer = any(isinstance(result, Organization) for result in outcome)
        clinic.refresh_from_db()
        assert clinic.status == ("trial" if is_longer else "suspended")
        assert clinic.is_open == is_longer
        assert outcome.count(True) == (not is_longer), "suspended once, or not at all"
