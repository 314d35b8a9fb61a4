"""Laws 4, 5 and 8 at the command line: what would break them refuses."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError


def test_apps_are_not_migrated_one_by_one() -> None:
    for command in ("migrate", "migrate_schemas"):
        with pytest.raises(CommandError, match="leave out the app"):
            call_command(command, "billing", verbosity=0)


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("delete_tenant", ["-s", "2", "--noinput"]),
        ("clone_tenant", []),
        ("rename_schema", ["--rename_from", "a"]),
        ("create_tenant", ["--name", "x"]),
        ("create_missing_schemas", []),
        ("create_tenant_superuser", ["--schema=x"]),
    ],
)
def test_stock_commands_that_break_a_law_refuse_in_a_sentence(command: str, arguments: list[str]) -> None:
    with pytest.raises(CommandError, match=r"\.$"):
        call_command(command, *arguments)
