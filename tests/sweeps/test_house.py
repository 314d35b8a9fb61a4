"""The house keeps its order: who imports whom, how long a file is, what no file says."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

HOME = Path(settings.BASE_DIR)
ROOMS = (
    "tenants",
    "tenants.settings",
    "accounts",
    "accounts.members",
    "scheduling",
    "scheduling.queue",
    "records.terminology",
    "records.medicines",
    "records",
    "records.observations",
    "records.documents",
    "records.history",
    "records.chart",
    "billing.wallets",
    "billing.insurance",
    "billing",
    "billing.online",
    "billing.books",
    "billing.cash",
)
PYTHON = [
    path
    for room in ("clinic", "tenants", "accounts", "scheduling", "records", "billing")
    for path in sorted((HOME / room).rglob("*.py"))
]
TEMPLATES = sorted((HOME / "templates").rglob("*.html"))
# These join the rooms; the demo and the bench walk through all of them as a person would.
JOINTS = (
    "clinic/urls.py",
    "clinic/urls_platform.py",
    "clinic/settings.py",
    "clinic/demo",
    "clinic/bench",
    "clinic/management",
)

# Forms that must work again and again, and Django's own.
SIGN_IN = ("templates/account/", "templates/allauth/", "templates/mfa/", "templates/admin/")


def name_of(path: Path) -> str:
    return path.relative_to(HOME).as_posix()


@cache
def read(path: Path) -> str:
    return path.read_text()


def room_of(module: str) -> str | None:
    """The room a module belongs to, the nested one first."""
    for room in sorted(ROOMS, key=len, reverse=True):
        if module == room or module.startswith(f"{room}."):
            return room
    return None


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(read(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def offending(paths: Iterable[Path], is_wrong: Callable[[Path], Any]) -> list[str]:
    """The files that break a rule, each with what it says of them: all at once, in one test a rule."""
    found = ((name_of(path), is_wrong(path)) for path in paths)
    return [name if wrong is True else f"{name}: {wrong}" for name, wrong in found if wrong]


def test_a_lower_room_never_imports_a_higher_one() -> None:
    def too_high(path: Path) -> list[str]:
        own = room_of(name_of(path).removesuffix(".py").replace("/", "."))
        floor = ROOMS.index(own) if own else -1
        rooms = ((module, room_of(module)) for module in imports(path))
        return [module for module, room in rooms if room is not None and ROOMS.index(room) > floor]

    assert offending((path for path in PYTHON if not name_of(path).startswith(JOINTS)), too_high) == []


def test_no_file_is_longer_than_calm() -> None:
    """Otherwise make it a package, split by noun."""

    def is_long(path: Path) -> bool:
        return len(read(path).splitlines()) > 340

    assert offending((path for path in PYTHON if "migrations" not in path.parts), is_long) == []


def test_no_file_puts_work_off() -> None:
    put_off = re.compile(r"\b(TODO|FIXME|HACK)\b|# noqa")
    assert offending(PYTHON, lambda path: put_off.findall(read(path))) == []


def test_no_room_is_called_utils() -> None:
    forbidden = {"utils", "helpers", "core", "common", "selectors", "presenters", "signals"}
    parts = {path: {part.removesuffix(".py") for part in path.relative_to(HOME).parts} for path in PYTHON}
    assert offending(PYTHON, lambda path: forbidden & parts[path]) == []


def test_nothing_enters_a_clinic_by_a_way_that_threads_share() -> None:
    shared = re.compile(r"^\s*@(?:schema|tenant)_context|\bGenericForeignKey\b|^async def ", re.MULTILINE)
    assert offending(PYTHON, lambda path: shared.findall(read(path))) == []


def test_no_template_needs_unsafe_script_or_style() -> None:
    inline = re.compile(r"""\son[a-z]+=["']|javascript:|\sstyle=["']""")
    allowed = ("src=", "nonce=", 'type="application/json"')

    def unsafe(path: Path) -> list[str]:
        openings = re.findall(r"<(?:script|style)\b[^>]*>", read(path))
        bare = [opening for opening in openings if not any(mark in opening for mark in allowed)]
        return inline.findall(read(path)) + bare

    assert offending(TEMPLATES, unsafe) == []


def test_every_form_of_ours_counts_once() -> None:
    posts = re.compile(r"<form\b[^>]*method=[\"']post[\"'].*?</form>", re.DOTALL | re.IGNORECASE)

    def uncounted(path: Path) -> list[str]:
        # Leaving must always work.
        forms = [form for form in posts.findall(read(path)) if 'translate "Sign out"' not in form]
        return [form[:200] for form in forms if not ("idempotency_key" in form and "csrf_token" in form)]

    assert offending((path for path in TEMPLATES if not name_of(path).startswith(SIGN_IN)), uncounted) == []


def test_every_icon_that_a_template_names_is_drawn() -> None:
    drawn = set(re.findall(r'id="([a-z0-9-]+)"', (HOME / "static/vendor/icons/icons.svg").read_text()))
    named = {
        icon: name_of(path)
        for path in TEMPLATES
        for icon in re.findall(r'(?:{% icon |\sicon=)"([a-z0-9-]+)"', path.read_text())
    }
    assert {icon: path for icon, path in named.items() if icon not in drawn} == {}


def test_the_readme_is_short() -> None:
    assert len((HOME / "README.md").read_text().splitlines()) <= 120


def test_the_top_level_is_the_agreed_one() -> None:
    known = {
        *(
            "manage.py",
            "clinic",
            "tenants",
            "accounts",
            "scheduling",
            "records",
            "billing",
            "templates",
            "static",
        ),
        *(
            "requirements.txt",
            "requirements-dev.txt",
            "locale",
            "tests",
            "README.md",
            "Makefile",
            "pyproject.toml",
            "docs",
        ),
        *("deploy", "LICENSE"),
    }
    found = {path.name for path in HOME.iterdir() if not path.name.startswith(".")}
    assert found <= known


def test_no_component_is_given_an_expression() -> None:
    """A component's `:attribute` is one variable or a tag: of an expression it silently makes text."""

    def expressions(path: Path) -> list[str]:
        attributes = re.findall(r"\s:[a-z_-]+=\"([^\"]*)\"", read(path))
        plain = [value for value in attributes if not re.search(r"{[%{]", value)]
        return [value for value in plain if re.search(r" (==|!=|and|or|in) |^not |\|", value)]

    assert offending(TEMPLATES, expressions) == []
