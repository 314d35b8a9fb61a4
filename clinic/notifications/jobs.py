"""The jobs that empty the outbox."""

from procrastinate.contrib.django import app

from clinic.jobs.tasks import entered, every_clinic, tenant_task
from clinic.notifications import services


@tenant_task
def deliver(message_id: str) -> None:
    """Send one message."""
    services.deliver_message(message_id)


@every_clinic(cron="* * * * *")
def deliver_due() -> None:
    """Send what is due and still waiting."""
    services.deliver_due()


@app.periodic(cron="* * * * *")
@app.task(name="clinic.notifications.jobs.deliver_due_of_platform", queueing_lock="deliver_due_of_platform")
def deliver_due_of_platform(timestamp: int) -> None:
    """Send what is due in the platform's own outbox."""
    with entered("public", "job deliver_due"):
        services.deliver_due()
