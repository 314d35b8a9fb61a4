"""The house keeps its order: who imports whom, how long a file is, what no file says."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

HOME = Path(settings.BASE_DIR)
ROOMS = (
    "tenants",
    "accounts",
    "accounts.members",
    "scheduling",
    "scheduling.queue",
    "records.terminology",
    "records.medicines",
    "records",
    "records.observations",
    "records.documents",
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


def room_of(module: str) -> str | None:
    """The room a module belongs to, the nested one first."""
    for room in sorted(ROOMS, key=len, reverse=True):
        if module == room or module.startswith(f"{room}."):
            return room
    return None


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize(
    "path", [path for path in PYTHON if not name_of(path).startswith(JOINTS)], ids=name_of
)
def test_a_lower_room_never_imports_a_higher_one(path: Path) -> None:
    name = name_of(path)
    own = room_of(name.removesuffix(".py").replace("/", "."))
    floor = ROOMS.index(own) if own else -1
    for module in imports(path):
        room = room_of(module)
        assert room is None or ROOMS.index(room) <= floor, f"{name} imports {module}"


@pytest.mark.parametrize("path", [path for path in PYTHON if "migrations" not in path.parts], ids=name_of)
def test_no_file_is_longer_than_calm(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 340, "make it a package, split by noun"


@pytest.mark.parametrize("path", PYTHON, ids=name_of)
def test_no_file_puts_work_off(path: Path) -> None:
    assert not re.search(r"\b(TODO|FIXME|HACK)\b|# noqa", path.read_text())


@pytest.mark.parametrize("path", PYTHON, ids=name_of)
def test_no_room_is_called_utils(path: Path) -> None:
    forbidden = {"utils", "helpers", "core", "common", "selectors", "presenters", "signals"}
    assert not forbidden & {part.removesuffix(".py") for part in path.relative_to(HOME).parts}


@pytest.mark.parametrize("path", PYTHON, ids=name_of)
def test_nothing_enters_a_clinic_by_a_way_that_threads_share(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"^\s*@(schema|tenant)_context", text, re.MULTILINE)
    assert not re.search(r"\bGenericForeignKey\b|^async def ", text, re.MULTILINE)


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_no_template_needs_unsafe_script_or_style(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"""\son[a-z]+=["']|javascript:|\sstyle=["']""", text)
    for opening in re.findall(r"<(?:script|style)\b[^>]*>", text):
        assert "src=" in opening or "nonce=" in opening or 'type="application/json"' in opening, opening


@pytest.mark.parametrize(
    "path", [path for path in TEMPLATES if not name_of(path).startswith(SIGN_IN)], ids=name_of
)
def test_every_form_of_ours_counts_once(path: Path) -> None:
    text = path.read_text()
    for form in re.findall(r"<form\b[^>]*method=[\"']post[\"'].*?</form>", text, re.DOTALL | re.IGNORECASE):
        if 'translate "Sign out"' in form:
            continue  # leaving must always work
        assert "idempotency_key" in form, form[:200]
        assert "csrf_token" in form, form[:200]


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


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_no_component_is_given_an_expression(path: Path) -> None:
    """A component's `:attribute` is one variable or a tag: of an expression it silently makes text."""
    attributes = re.findall(r"\s:[a-z_-]+=\"([^\"]*)\"", path.read_text())
    plain = [value for value in attributes if not re.search(r"{[%{]", value)]
    assert not [value for value in plain if re.search(r" (==|!=|and|or|in) |^not |\|", value)]
