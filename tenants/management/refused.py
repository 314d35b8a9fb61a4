"""Stock commands that would break a law of this house."""

from argparse import ArgumentParser
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError


class RefusedCommand(BaseCommand):
    """Does nothing but say what to do instead, whatever it is called with."""

    help = "Not available here."
    requires_system_checks = ()
    sentence: str

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take no arguments of its own; any others are let through to the refusal."""
        parser.parse_args = lambda args=None, namespace=None: parser.parse_known_args(args, namespace)[0]

    def handle(self, *args: Any, **options: Any) -> NoReturn:
        """Refuse."""
        raise CommandError(self.sentence)
