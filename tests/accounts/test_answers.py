"""No answer tells whether there is a log-in: text, status, hashes computed and letters sent are the same."""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.urls import reverse
from django_tenants.utils import schema_context, tenant_context

from accounts.members.roles import Role
from accounts.models import User
from accounts.services import deactivate_user
from clinic.notifications.models import OutboxMessage
from tests.accounts.members.factories import a_superuser, member_in
from tests.people import PASSWORD, a_user

pytestmark = pytest.mark.django_db

UNKNOWN = "nobody@example.com"
CHANGING = (
    r"[\w.-]+@[\w.-]+",
    r'name="csrfmiddlewaretoken" value="[^"]+"',
    r'name="idempotency_key" value="[^"]+"',
    r'nonce="[^"]+"',
    r"[0-9a-f]{8}-[0-9a-f-]{27}",
)


def unconfirmed() -> str:
    return User.objects.create_user("claimed@example.com", PASSWORD).email


def closed() -> str:
    return deactivate_user(a_user("closed@example.com"), by=None).email


def of_another_clinic() -> str:
    from tests.conftest import _organization

    with tenant_context(_organization("beta")):
        return member_in(Role.DOCTOR).user.email


def without_password() -> str:
    user = User.objects.create_user("invited@example.com")
    return user.email


# Who may be asked for: each makes the log-in and names its e-mail.
ACCOUNTS: dict[str, Callable[[], str]] = {
    "a member": lambda: member_in(Role.RECEPTIONIST).user.email,
    "a patient": lambda: member_in(Role.PATIENT).user.email,
    "of another clinic": of_another_clinic,
    "a stranger": lambda: a_user("stranger@example.com").email,
    "closed": closed,
    "never confirmed": unconfirmed,
    "without a password": without_password,
    "who runs the platform": lambda: a_superuser().email,
}


class Answer(NamedTuple):
    """What somebody sees, and could measure."""

    status: int
    location: str
    page: str
    hashes: int
    letters: list[str]


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    passwords: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        passwords.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    return passwords


def plain(text: str) -> str:
    """The page without what differs from one time to the next."""
    for pattern in CHANGING:
        text = re.sub(pattern, "…", text)
    return text


def asked(browser: Any, path: str, form: dict[str, str], email: str, hashed: list[str]) -> Answer:
    """Send the form and look at the page it leads to."""
    letters = set(OutboxMessage.objects.values_list("pk", flat=True))
    hashed.clear()
    answer = browser.send(path, form)
    hashes = len(hashed)
    location = plain(answer.headers.get("Location", ""))
    page = plain((browser.get(answer["Location"]) if location else answer).content.decode())
    # As the desk reads them in its list of messages: which kind, to whom.
    sent = OutboxMessage.objects.exclude(pk__in=letters).values_list("kind", "recipient")
    told = [f"{kind} {to.replace(email, '…')}" for kind, to in sent]
    return Answer(answer.status_code, location, page, hashes, told)


FORMS: dict[str, tuple[str, dict[str, str]]] = {
    "sign in": ("/accounts/login/", {"login": "{}", "password": "wrong words for it"}),
    "new password": ("/accounts/password/reset/", {"email": "{}"}),
    "sign up": (
        "/accounts/signup/",
        {"email": "{}", "password1": "four words nobody has", "password2": "four words nobody has"},
    ),
    "sign up badly": ("/accounts/signup/", {"email": "{}", "password1": "short", "password2": "short"}),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("place", ["clinic", "platform"])
def test_a_stranger_learns_nothing(
    anonymous: Any, acme: Any, hashed: list[str], form: str, place: str
) -> None:
    path, fields = FORMS[form]
    known = {name: account() for name, account in ACCOUNTS.items()}

    def answer(email: str) -> Answer:
        filled = {name: value.format(email) for name, value in fields.items()}
        return asked(anonymous(acme if place == "clinic" else None), path, filled, email, hashed)

    with schema_context("public") if place == "platform" else tenant_context(acme):
        nobody = answer(UNKNOWN)
        assert {name for name, email in known.items() if answer(email) != nobody} == set()


def test_a_change_of_ones_own_e_mail_tells_nothing_of_others(client_for: Any, hashed: list[str]) -> None:
    known = {name: account() for name, account in ACCOUNTS.items()}
    browser = client_for(member_in(Role.RECEPTIONIST))
    browser.send("/accounts/reauthenticate/?next=/accounts/email/", {"password": PASSWORD})

    def answer(email: str) -> Answer:
        form = {"email": email, "action_add": "1"}
        return asked(browser, "/accounts/email/", form, email, hashed)

    nobody = answer(UNKNOWN)
    assert nobody.letters == ["email_confirmation …"]
    assert {name for name, email in known.items() if answer(email) != nobody} == set()


@pytest.mark.parametrize("account", ["a patient", "a member", "a stranger"])
def test_booking_without_a_log_in_tells_nothing(
    anonymous: Any, acme: Any, hashed: list[str], account: str
) -> None:
    from tests.scheduling.factories import doctor_with_hours, free_times

    doctor = doctor_with_hours()
    known = ACCOUNTS[account]()
    ask = reverse("scheduling:request_appointment", args=[doctor.pk])
    answers = []
    for email, slot in zip((UNKNOWN, known), free_times(doctor)[:2], strict=True):
        form = {
            "given_name": "Ada0",
            "family_name": "Obi",
            "date_of_birth": "1984-03-09",
            "email": email,
            "starts_at": slot.starts_at.isoformat(),
        }
        answer = asked(anonymous(acme), ask, form, email, hashed)
        answers.append(
            answer._replace(location=re.sub(r"/visit/[^/]+/", "/visit/…/", answer.location), page="")
        )
    assert answers[0] == answers[1]
