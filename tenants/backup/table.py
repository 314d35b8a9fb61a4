"""What the rooms say of backups: files and sums that must be the same, proofs, and what a copy may not do.

A room declares it in a module `backup.py` of its own; nothing here knows a room.
"""

from collections.abc import Callable, Iterator

from django.utils.module_loading import autodiscover_modules

Proof = Callable[[], Iterator[str]]
Step = Callable[[], None]

# SQL by name, run in the clinic's schema: money and what else is added up, one row for each currency or so.
_sums: dict[str, str] = {}
_proofs: list[Proof] = []
_steps: list[Step] = []
_named: list[str] = []

# Tables whose rows stay where they are, each with the reason: the manifest says so.
LEFT_OUT = {
    "django_migrations": "written by the migrations themselves; the manifest lists them",
    "django_session": "whoever is signed in signs in again",
    "idempotency_sentform": "forms that were being sent at that moment",
    "jobs_jobrun": "when this installation's worker last did what",
    "audit_pending": "empty between transactions",
}


def add_up(name: str, question: str) -> None:
    """Let `question` (SQL that answers the same for the same rows) be asked before and after."""
    if name in _sums:
        raise ValueError(f"Two sums are called {name}.")
    _sums[name] = question


def names_files(question: str) -> None:
    """Let `question` (SQL) answer where in the clinic's folder files with a row lie, and their SHA-256."""
    _named.append(question)


def proves(function: Proof) -> Proof:
    """Declare what names every record that does not hold in the clinic at hand: each with a sentence.

    Asked after a restore, and by `manage.py verify`.
    """
    _proofs.append(function)
    return function


def in_a_copy(function: Step) -> Step:
    """Declare what is switched off in a copy, so that it does nothing that the clinic it is of does too."""
    _steps.append(function)
    return function


def sums() -> dict[str, str]:
    """Every sum that was declared."""
    _discover()
    return dict(_sums)


def named_files() -> list[str]:
    """Every question that tells which files there must be."""
    _discover()
    return list(_named)


def problems() -> Iterator[str]:
    """Whatever in the clinic at hand does not hold, by all that was declared."""
    _discover()
    for proof in _proofs:
        yield from proof()


def calm_copy() -> None:
    """Switch off in the clinic at hand what a copy must not do."""
    _discover()
    for step in _steps:
        step()


def _discover() -> None:
    autodiscover_modules("backup")
