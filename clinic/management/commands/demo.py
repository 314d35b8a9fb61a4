"""`manage.py demo`: two clinics with a past, a present and a future."""

import json
import os
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.demo.people import PASSWORD, log_ins
from clinic.demo.scene import read
from clinic.demo.story import CLINICS, SUPERUSER, make_superuser, tell
from tenants.models import absolute_url


class Command(BaseCommand):
    """Makes the demo, or brings it up to today; the log-ins are written to demo.json in the data folder."""

    help = "Makes two demo clinics, or brings them up to today. Only in a demo: its passwords are known."

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be left out."""
        parser.add_argument("--log-ins", action="store_true", help="only say who may log in")
        parser.add_argument("--only", choices=CLINICS, help="only this clinic")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refused unless this is a demo."""
        if not settings.DEMO:
            raise CommandError("This is not a demo: its known passwords have no place here. Set DEMO=true.")
        if options["log_ins"]:
            for person in everybody():
                self.stdout.write("{clinic:22} {role:14} {email:40} {password}".format(**person))
        elif options["only"]:
            tell(options["only"], self.say)
        else:
            self.tell_all()

    def tell_all(self) -> None:
        """Each clinic in a process of its own, then the list of who may log in."""
        make_superuser()
        manage = str(settings.BASE_DIR / "manage.py")
        reading, writing = os.pipe()
        commands = [[sys.executable, manage, "demo", "--only", label] for label in CLINICS]
        tellers = [subprocess.Popen(command, stdout=writing) for command in commands]
        os.close(writing)
        try:
            with os.fdopen(reading) as lines:
                for line in lines:
                    self.say(line.rstrip())
            ends = [teller.wait() for teller in tellers]
            if any(ends):
                raise CommandError("The demo is not finished: the reason is above. Run it again to carry on.")
        finally:
            for teller in tellers:
                teller.terminate()
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        listing = {"log_ins": everybody()}
        (settings.DATA_DIR / "demo.json").write_text(json.dumps(listing, indent=1))

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
