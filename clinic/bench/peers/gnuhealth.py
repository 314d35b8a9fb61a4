"""GNU Health in its own environment: `python -m clinic.bench.peers.gnuhealth <database URL>`.

A Tryton server with the module `health`, asked in JSON-RPC as its desktop client asks it: one request that
creates the appointment, and one that reads what the list of appointments shows. It renders no page (the
client draws), and the requests by which the client fills in a form are left out. Only the standard library,
Tryton and GNU Health are there; nothing of the clinic system but the bench is.
"""

import base64
import datetime
import json
import os
import secrets
import sys
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

from clinic.bench.peers import driving
from clinic.bench.wsgi import Answer, Application, answer, cost, environ

HOST = "localhost"
MODEL = "model.gnuhealth.appointment"
LOGIN, PASSWORD = "desk", secrets.token_urlsafe()
# The client's, beside the fields of a list.
ALWAYS = ("rec_name", "_timestamp", "_write", "_delete")
# How many rows it asks for at most.
LIMIT = 1000
QUARTER = datetime.timedelta(minutes=15)


class Tables:
    """A database of Tryton's with the module, filled by its own models."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.pool: Any = import_module("trytond.pool").Pool(name)
        with self.transaction() as transaction:
            transaction.database.init()
        self.pool.init(update=["res", "ir"], lang=["en"])
        with self.transaction():
            self.pool.get("ir.module").update_list()
        self.pool.init(update=["health"], activatedeps=True)

    def transaction(self) -> Any:
        """A transaction of the superuser's."""
        return import_module("trytond.transaction").Transaction().start(self.name, 0)

    def create(self, model: str, **values: Any) -> int:
        """The key of what the model creates."""
        return int(self.pool.get(model).create([values])[0].id)

    def person(self, number: int, **kind: bool) -> int:
        """The key of a party who is a person."""
        return self.create(
            "party.party",
            name=f"Person {number}",
            lastname="Ade",
            gender="f",
            fed_country=None,
            is_person=True,
            **kind,
        )

    def people(self, number: int) -> tuple[int, int]:
        """The keys of a health professional and of a patient."""
        doctor = self.create("gnuhealth.healthprofessional", party=self.person(number, is_healthprof=True))
        patient = self.create("gnuhealth.patient", party=self.person(number, is_patient=True))
        return doctor, patient

    def institution(self) -> int:
        """The key of the clinic."""
        party = self.create("party.party", name="Northern Clinic", is_institution=True)
        return self.create(
            "gnuhealth.institution",
            party=party,
            code="north",
            institution_type="clinic",
            public_level="private",
        )

    def desk(self) -> int:
        """The key of a user of the front desk's group."""
        group = self.pool.get("ir.model.data").get_id("health", "group_health_frontdesk")
        return self.create("res.user", name="Rita", login=LOGIN, password=PASSWORD, groups=[("add", [group])])


class Desk(driving.Desk):
    """A user of the front desk's group, with visits of as many doctors and patients as a day has rows."""

    def __init__(self, application: Application, tables: Tables) -> None:
        self.application = application
        self.tables = tables
        with tables.transaction():
            tables.desk()
            self.institution = tables.institution()
        self.path = f"/{tables.name}/"
        self.session = ""
        key, session, *_bus = self.said("common.db.login", LOGIN, {"password": PASSWORD})
        self.session = base64.b64encode(f"{LOGIN}:{key}:{session}".encode()).decode()
        fields = self.said(f"{MODEL}.fields_view_get", None, "tree", {})["fields"]
        names = [f"{name}.rec_name" for name, field in fields.items() if field["type"] == "many2one"]
        self.shown = [*fields, *names, *ALWAYS]
        self.times = driving.times()
        self.quiet_day = next(self.times) - datetime.timedelta(days=1)
        self.people: Iterator[tuple[int, int]] = iter(())
        self.rows: set[int] = set()

    def fill(self, rows: int) -> None:
        """A day of that many visits, each of another doctor and patient."""
        with self.tables.transaction():
            people = [self.tables.people(number) for number in range(rows)]
        self.people = cycle(people)
        quarters = (self.quiet_day + number * QUARTER for number in range(rows))
        self.rows = set(self.said(f"{MODEL}.create", [self.visit(start) for start in quarters], {}))
        driving.expect(len(self.rows) == rows, f"its day has {len(self.rows)} visits")

    def day(self, times: int) -> dict[str, float]:
        """What the list of appointments shows of a day."""
        day = self.quiet_day.replace(hour=0)
        domain = [
            ["appointment_date", ">=", day],
            ["appointment_date", "<", day + datetime.timedelta(days=1)],
        ]
        body = self.request(f"{MODEL}.search_read", domain, 0, LIMIT, None, self.shown, {})
        costs, answers = cost([partial(self.ask, body)] * times)
        for said in answers:
            shown = {row["id"] for row in result(said) if row["patient."]["rec_name"]}
            driving.expect(shown == self.rows, f"its list shows {len(shown)} of {len(self.rows)} visits")
        return costs

    def book(self, times: int) -> dict[str, float]:
        """The request that creates an appointment."""
        bodies = [
            self.request(f"{MODEL}.create", [self.visit(next(self.times))], {}) for _time in range(times)
        ]
        costs, answers = cost([partial(self.ask, body) for body in bodies])
        for said in answers:
            driving.expect(len(result(said)) == 1, "an appointment is not created")
        return costs

    def visit(self, start: datetime.datetime) -> dict[str, Any]:
        """An appointment as the client's form sends it."""
        doctor, patient = next(self.people)
        return {
            "appointment_date": start,
            "healthprof": doctor,
            "patient": patient,
            "institution": self.institution,
            "state": "confirmed",
            "urgency": "a",
            "appointment_type": "outpatient",
            "visit_type": "new",
        }

    def said(self, method: str, *parameters: Any) -> Any:
        """The result of a request that is not timed."""
        return result(self.ask(self.request(method, *parameters)))

    def request(self, method: str, *parameters: Any) -> bytes:
        """The body of a request."""
        encoder = import_module("trytond.protocols.jsonrpc").JSONEncoder
        return json.dumps({"id": 1, "method": method, "params": parameters}, cls=encoder).encode()

    def ask(self, body: bytes) -> Answer:
        """The answer to a request."""
        headers = {"CONTENT_TYPE": "application/json", "HTTP_AUTHORIZATION": f"Session {self.session}"}
        return answer(self.application, environ(HOST, self.path, "", body, is_post=True) | headers)


def result(said: Answer) -> Any:
    """What a request led to."""
    driving.expect(said.status.startswith("200"), f"its server answered {said.status}")
    answered = json.loads(said.body)
    driving.expect("result" in answered, f"its server answered {answered.get('error')}")
    return answered["result"]


def main(url: str) -> None:
    """Make the tables and the desk, and answer what is asked."""
    # Read when Tryton is imported, which is why it is imported late.
    os.environ["TRYTOND_DATABASE_URI"] = url
    application = import_module("trytond.application").app
    driving.serve(Desk(application, Tables(urlsplit(url).path.strip("/"))))


if __name__ == "__main__":
    main(sys.argv[1])
