"""A worker that is killed holds up nothing for longer than a minute or two."""

import pytest
from django_tenants.utils import schema_context

from clinic.jobs.jobs import ATTEMPTS, take_up_stalled_jobs
from tests.databases import rows

pytestmark = pytest.mark.django_db

JOB = """
INSERT INTO procrastinate_jobs (task_name, queue_name, status, lock, queueing_lock, attempts, worker_id)
VALUES ('tenants.finish_provisioning', 'default', 'doing', 'tenants.provisioning', %s, %s, %s) RETURNING id
"""


def worker(silent_for: int) -> int:
    """A worker that said so many seconds ago that it lives."""
    return rows(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) "
        "RETURNING id",
        silent_for,
    )[0][0]


def state_after(worker_id: int | None, *, attempts: int = 0, queueing_lock: str | None = None) -> str:
    """What becomes of a job that this worker was doing."""
    with schema_context("public"):
        (job,) = rows(JOB, queueing_lock, attempts, worker_id)[0]
        take_up_stalled_jobs(0)
        return rows("SELECT status FROM procrastinate_jobs WHERE id = %s", job)[0][0]


@pytest.fixture(autouse=True)
def on_platform() -> None:
    from clinic.db.current import connection

    connection.set_schema_to_public()


def test_what_a_killed_worker_was_doing_is_done_again() -> None:
    assert state_after(worker(silent_for=90)) == "todo"
    assert state_after(None) == "todo"


def test_what_a_living_worker_does_is_left_to_it() -> None:
    assert state_after(worker(silent_for=5)) == "doing"


def test_what_comes_again_by_itself_is_only_let_go() -> None:
    """Its next run waits in the queue already, and there is one of it at a time."""
    assert state_after(None, queueing_lock="keep_schemas_ready") == "failed"


def test_what_kills_every_worker_is_given_up() -> None:
    assert state_after(None, attempts=ATTEMPTS - 1) == "failed"
    assert state_after(None, attempts=ATTEMPTS - 2) == "todo"
