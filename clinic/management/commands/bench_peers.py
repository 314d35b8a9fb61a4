"""`manage.py bench_peers`: a booking and the day list beside other programs from the package index."""

from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.core.wsgi import get_wsgi_application

from clinic.bench import world
from clinic.bench.figures import Figure, in_turn, milliseconds, ratio, table
from clinic.bench.peers.environments import Driven, NotRunError, Peer, installed
from clinic.bench.peers.ours import Desk
from clinic.management.commands.bench import load, on_throwaway_server, versions

PEERS = (
    Peer(
        "django-appointment",
        ("django-appointment==3.12.0", "django==5.2.19", "psycopg[binary]==3.3.9"),
        "clinic.bench.peers.appointment",
        "a booking is its two forms, the time and who comes",
    ),
    Peer(
        "gnuhealth",
        # All of them are named: its own list has psycopg2 compiled, and what its server does not use.
        (
            "--no-deps",
            "gnuhealth==5.0.6",
            "trytond==7.0.59",
            "trytond-company==7.0.4",
            "trytond-country==7.0.1",
            "trytond-currency==7.0.1",
            "trytond-party==7.0.8",
            "trytond-product==7.0.6",
            "psycopg2-binary==2.9.13",
            "werkzeug==3.1.9",
            "markupsafe==3.0.4",
            "passlib==1.7.4",
            "pillow==13.0.0",
            "python-dateutil==4.0.0",
            "python-sql==1.8.1",
            "python-stdnum==2.2",
            "pytz==2026.6",
            "polib==1.2.0",
            "relatorio==1.0.0",
            "genshi==0.7.12",
            "lxml==6.1.3",
            "defusedxml==0.7.1",
        ),
        "clinic.bench.peers.gnuhealth",
        "a Tryton server, whose desktop client draws: its day is JSON and not a page, and its booking is the "
        "one request that creates the appointment; unlike ours, that neither checks that the time is offered "
        "and free nor writes an audit trail",
    ),
)
ROUNDS, TIMES = 8, 3
WHAT = {"day": f"day list, {world.ROWS} rows", "book": "a booking"}


class Command(BaseCommand):
    """A peer that cannot be installed or driven is said to be so, and the rest goes on."""

    help = "Measures a booking and the day list beside other programs, which are installed for it."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder of the peers' environments makes this the process that measures."""
        parser.add_argument("--here", type=Path, help="Measure on this process's own database.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure in a process whose settings lead to the throwaway server, or be that process."""
        if options["here"]:
            self.measure(options["here"])
        else:
            raise SystemExit(on_throwaway_server("bench_peers", f"--here={settings.DATA_DIR / 'peers'}"))

    def measure(self, folder: Path) -> None:
        """Every peer beside ours, in one table; those that were not run in sentences."""
        self.stdout.write(f"{versions()}\n{load()}")
        clinic, _other = world.build()
        ours = Desk(get_wsgi_application(), clinic)
        figures: list[Figure] = []
        for peer in PEERS:
            try:
                figures += beside(ours, peer, folder)
                self.stdout.write(f"{peer.name}: {peer.comparison}.")
            except NotRunError as refused:
                self.stdout.write(f"{peer.name}: not run, {refused}.")
        self.stdout.write(f"\n{table(figures)}\n\n{load()}")


def beside(ours: Desk, peer: Peer, folder: Path) -> list[Figure]:
    """The costs of one page and one booking, in turn with the peer's. Raises NotRunError."""
    driven = Driven(peer, installed(peer, folder))
    try:
        ours.fill(world.ROWS)
        driven.ask("fill", world.ROWS)
        return [figure for verb in WHAT for figure in _compared(verb, ours, peer, driven)]
    finally:
        driven.stop()


def _compared(verb: str, ours: Desk, peer: Peer, driven: Driven) -> list[Figure]:
    bursts = {"ours": partial(getattr(ours, verb), TIMES), "theirs": partial(driven.ask, verb, TIMES)}
    for warm in bursts.values():
        warm()
    taken = in_turn(bursts, ROUNDS)
    figures = []
    for kind, title in (("cpu", "CPU of the site"), ("wall", "time with the database's")):
        mine, theirs = ([one[kind] for one in taken[name]] for name in ("ours", "theirs"))
        yardstick = f"{peer.name} {milliseconds(min(theirs))}"
        figures.append(
            Figure(f"{WHAT[verb]}: {title}", milliseconds(min(mine)), yardstick, ratio(mine, theirs))
        )
    return figures
