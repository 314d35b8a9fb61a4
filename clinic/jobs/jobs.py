"""What the worker does for the work itself."""

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from clinic.jobs.table import EVERY_MINUTE
from clinic.jobs.tasks import on_the_platform

# A living worker says so every ten seconds (procrastinate's update_heartbeat_interval).
SILENT_SECONDS = 60
# What takes its worker along so many times is not tried again.
ATTEMPTS = 3

# A killed worker leaves its job "doing", and everything of the same lock waits for it: without this a new
# clinic would wait for ever. What comes again by itself (it has a queueing lock) is only let go.
TAKE_UP = """
SELECT CASE WHEN job.queueing_lock IS NULL AND job.attempts + 1 < %s
    THEN procrastinate_retry_job_v2(job.id, now(), NULL, NULL, NULL)
    ELSE procrastinate_finish_job_v1(job.id, 'failed', false) END
FROM (
    SELECT doing.* FROM procrastinate_jobs doing
    LEFT JOIN procrastinate_workers worker ON worker.id = doing.worker_id
    WHERE doing.status = 'doing'
        AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %s))
    FOR UPDATE OF doing SKIP LOCKED
) job
"""


@on_the_platform(EVERY_MINUTE, _("Takes up again what a worker left undone when it was stopped hard."))
def take_up_stalled_jobs() -> None:
    """Give back to the queue what no living worker is doing."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TAKE_UP, [ATTEMPTS, SILENT_SECONDS])
