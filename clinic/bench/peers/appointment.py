"""django-appointment in its own environment: `python -m clinic.bench.peers.appointment <database URL>`.

A plain Django project as its documentation has it, with a staff member, a service and a day's visits. Only
the standard library, Django and django-appointment are there; nothing of the clinic system but the bench is.
"""

import datetime
import logging
import secrets
import sys
from functools import partial
from importlib import import_module
from typing import Any
from urllib.parse import unquote, urlsplit

import django
from django.conf import settings
from django.urls import include, path

from clinic.bench.peers import driving
from clinic.bench.wsgi import Application, ask, cost

HOST = "localhost"
CSRF_TOKEN = "c" * 32
ADDRESS = "client@bench.example"
SLOT = datetime.timedelta(minutes=30)

urlpatterns = [path("appointment/", include("appointment.urls"))] if settings.configured else []


def configure(url: str) -> None:
    """The settings its documentation asks for, on the database at `url`."""
    parts = urlsplit(url)
    settings.configure(
        SECRET_KEY=secrets.token_hex(),
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="clinic.bench.peers.appointment",
        USE_TZ=True,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": parts.path.strip("/"),
                "USER": parts.username,
                "HOST": unquote(parts.query.partition("host=")[2].partition("&")[0]),
                "CONN_MAX_AGE": 600,
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.staticfiles",
            "phonenumber_field",
            "appointment",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.locale.LocaleMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        STATIC_URL="/static/",
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        LOGGING_CONFIG=None,
    )
    # It would write a line a step among our answers.
    logging.disable()
    django.setup()


class Desk(driving.Desk):
    """A member of staff with visits, who is also the client that books, so that nobody has to sign up."""

    def __init__(self, application: Application) -> None:
        from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
        from django.contrib.sessions.backends.db import SessionStore

        self.application = application
        self.models: Any = import_module("appointment.models")
        self.user = get_user_model().objects.create_superuser("desk", ADDRESS, first_name="Rita")
        self.service = self.models.Service.objects.create(name="Visit", duration=SLOT, price=10)
        self.staff = self.models.StaffMember.objects.create(user=self.user)
        self.staff.services_offered.add(self.service)
        session = SessionStore()
        session[SESSION_KEY] = str(self.user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = self.user.get_session_auth_hash()
        session.create()
        self.cookie = f"sessionid={session.session_key}; csrftoken={CSRF_TOKEN}"
        self.times = driving.times()

    def fill(self, rows: int) -> None:
        """Book the visits that the day lists; the program's calendar lists all there are."""
        self.book(rows)

    def day(self, times: int) -> dict[str, float]:
        """The calendar of the staff, with every visit there is."""
        keys = {str(key) for key in self.models.Appointment.objects.values_list("pk", flat=True)}
        page = "/appointment/app-admin/appointments/"
        costs, answers = cost([partial(ask, self.application, HOST, page, self.cookie)] * times)
        for answer in answers:
            driving.expect(answer.status.startswith("200"), f"its calendar answered {answer.status}")
            shown = {key for key in keys if f"display-appointment/{key}/" in answer.body}
            driving.expect(shown == keys, f"its calendar shows {len(shown)} of {len(keys)} visits")
        return costs

    def book(self, times: int) -> dict[str, float]:
        """Choose a time, then say who comes: two forms, as the program has it."""
        before = self.models.Appointment.objects.count()
        costs, _answers = cost([partial(self._book, next(self.times)) for _time in range(times)])
        booked = self.models.Appointment.objects.count() - before
        driving.expect(booked == times, f"{booked} of {times} visits are booked")
        return costs

    def _book(self, start: datetime.datetime) -> None:
        chosen = {
            "date": start.date(),
            "start_time": start.time(),
            "end_time": (start + SLOT).time(),
            "service": self.service.pk,
            "staff_member": self.staff.pk,
        }
        answer = self._post("/appointment/request-submit/", chosen)
        who = {
            "name": "Ada Obi",
            "email": ADDRESS,
            "phone_0": "GB",
            "phone_1": "7400123456",
            "payment_type": "full",
            "address": "Road 1",
        }
        answer = self._post(answer.headers["Location"], who)
        driving.expect(answer.status.startswith("302"), f"its booking form answered {answer.status}")

    def _post(self, page: str, form: dict[str, Any]) -> Any:
        token = {"csrfmiddlewaretoken": CSRF_TOKEN}
        answer = ask(self.application, HOST, page, self.cookie, token | form)
        driving.expect("Location" in answer.headers, f"{page} answered {answer.status}")
        return answer


def main(url: str) -> None:
    """Make the tables and the desk, and answer what is asked."""
    configure(url)
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    call_command("migrate", verbosity=0, interactive=False)
    # The package brings no migrations: its tables are made from its models, after those they refer to.
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    driving.serve(Desk(get_wsgi_application()))


if __name__ == "__main__":
    main(sys.argv[1])
