"""Stock commands that would break a law of this house."""

from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser


class LenientParser(CommandParser):
    """Takes any options, and leaves aside those it does not know."""

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """The options it knows."""
        return self.parse_known_args(args, namespace)[0]


class RefusedCommand(BaseCommand):
    """Does nothing but say what to do instead, whatever it is called with."""

    help = "Not available here."
    requires_system_checks = ()
    sentence: str

    def add_arguments(self, parser: CommandParser) -> None:
        """Let whatever the stock command takes through to the refusal."""
        parser.add_argument("anything", nargs="*")

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """A parser that knows no wrong options."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.__class__ = LenientParser
        return parser

    def handle(self, *args: Any, **options: Any) -> NoReturn:
        """Refuse."""
        raise CommandError(self.sentence)
