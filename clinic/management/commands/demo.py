"""`manage.py demo`: two clinics with a past, a present and a future."""

import json
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.demo.people import PASSWORD, log_ins
from clinic.demo.scene import read
from clinic.demo.story import CLINICS, SUPERUSER, tell
from tenants.models import absolute_url


class Command(BaseCommand):
    """Makes the demo, or brings it up to today; the log-ins are written to demo.json in the data folder."""

    help = "Makes two demo clinics, or brings them up to today. Only in a demo: its passwords are known."

    def add_arguments(self, parser: CommandParser) -> None:
        """The one choice there is."""
        parser.add_argument("--log-ins", action="store_true", help="only say who may log in")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refused unless this is a demo."""
        if not settings.DEMO:
            raise CommandError("This is not a demo: its known passwords have no place here. Set DEMO=true.")
        if not options["log_ins"]:
            started = time.monotonic()
            for label in CLINICS:
                tell(label, self.say)
            self.stdout.write(f"Demo is up to the present ({time.monotonic() - started:.0f} s)")
            listing = {"log_ins": everybody()}
            settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
            (settings.DATA_DIR / "demo.json").write_text(json.dumps(listing, indent=1))
            return
        for person in everybody():
            self.stdout.write("{clinic:22} {role:14} {email:40} {password}".format(**person))

    def say(self, text: str) -> None:
        """One line of progress."""
        self.stdout.write(text)
        self.stdout.flush()


def everybody() -> list[dict[str, str]]:
    """All who may log in: whoever runs the platform, then clinic by clinic."""
    owner = {
        "clinic": "Platform",
        "url": absolute_url(settings.PLATFORM_DOMAIN),
        "role": "superuser",
        "email": SUPERUSER,
        "password": PASSWORD,
    }
    people = [owner]
    for plan in map(read, CLINICS):
        host = f"{plan['clinic']['label']}.{settings.PLATFORM_DOMAIN}"
        people += log_ins(plan, absolute_url(host))
    return people
