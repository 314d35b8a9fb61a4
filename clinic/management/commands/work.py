"""`manage.py work`: the worker that does the jobs."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Do jobs until told to stop, one at a time: a process works in one schema at any moment."""

    help = "Does the deferred and periodic jobs of all clinics until it is stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run procrastinate's worker."""
        call_command("procrastinate", "worker", "--concurrency", "1", "--delete-jobs", "successful")
