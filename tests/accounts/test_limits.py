"""How often one may try: counted before anything is hashed, over all clinics, without closing an address."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.utils import timezone

from accounts.limits import CODE, OWN_PASSWORD, PASSWORD, RESET, SIGN_UP
from accounts.members.roles import Role
from accounts.models import Tally
from accounts.services.tallies import key_of, take
from clinic.notifications.models import OutboxMessage
from tests.accounts.members.factories import member_in
from tests.people import PASSWORD as RIGHT

database = pytest.mark.django_db
OF_PAIR, OF_ADDRESS, OF_ACCOUNT = (limit.most for limit in PASSWORD.limits)
TOO_MANY = "Too many failed attempts"
ATTACKER = "203.0.113.7"


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The passwords that reached the hasher."""
    passwords: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        passwords.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    return passwords


def sign_in(browser: Any, email: str, password: str, address: str = ATTACKER) -> Any:
    """As the page sends it: with a key, whose refused form leaves nothing else behind."""
    return browser.send("/accounts/login/", {"login": email, "password": password}, REMOTE_ADDR=address)


def address(number: int) -> str:
    return f"198.18.{number // 250}.{number % 250 + 1}"


@database
def test_wrong_passwords_of_one_address_stop_and_a_colleague_gets_in(
    anonymous: Any, acme: Any, hashed: list[str], is_long: bool
) -> None:
    victim, colleague = member_in(Role.RECEPTIONIST), member_in(Role.DOCTOR)
    hashed.clear()
    attacker = anonymous(acme)
    for number in range(1000 if is_long else OF_PAIR + 5):
        page = sign_in(attacker, victim.user.email, f"guess {number}")
    assert TOO_MANY in page.content.decode()
    assert len(hashed) == OF_PAIR
    assert sign_in(anonymous(acme), colleague.user.email, RIGHT).status_code == 302


@database
def test_wrong_passwords_of_many_addresses_stop_and_the_owners_browser_is_let_in(
    anonymous: Any, acme: Any, beta: Any, hashed: list[str], is_long: bool
) -> None:
    owner = member_in(Role.RECEPTIONIST)
    at_home, at_work = anonymous(acme), anonymous(acme)
    assert sign_in(at_home, owner.user.email, RIGHT, "192.0.2.1").status_code == 302
    at_home.post("/accounts/logout/")
    hashed.clear()
    for number in range(1000 if is_long else OF_ACCOUNT + 5):
        # At all clinics alike: they are counted together.
        browser = anonymous(acme if number % 2 else beta)
        page = sign_in(browser, owner.user.email, f"guess {number}", address(number))
    assert TOO_MANY in page.content.decode()
    assert len(hashed) == OF_ACCOUNT
    assert TOO_MANY in sign_in(at_work, owner.user.email, RIGHT, "192.0.2.2").content.decode()
    assert sign_in(at_home, owner.user.email, RIGHT, "192.0.2.3").status_code == 302


@database
def test_one_password_tried_on_many_log_ins_stops_and_known_browsers_are_let_in(
    anonymous: Any, acme: Any, hashed: list[str], is_long: bool
) -> None:
    colleague = member_in(Role.RECEPTIONIST)
    known = anonymous(acme)
    assert sign_in(known, colleague.user.email, RIGHT).status_code == 302
    known.post("/accounts/logout/")
    hashed.clear()
    attacker = anonymous(acme)
    for number in range(1000 if is_long else OF_ADDRESS + 5):
        sign_in(attacker, f"somebody{number}@example.com", "Spring is here")
    assert len(hashed) == OF_ADDRESS
    assert sign_in(known, colleague.user.email, RIGHT).status_code == 302


@database
def test_a_right_password_is_not_counted(anonymous: Any, acme: Any) -> None:
    member = member_in(Role.RECEPTIONIST)
    for _number in range(OF_PAIR + 1):
        browser = anonymous(acme)
        assert sign_in(browser, member.user.email, RIGHT).status_code == 302


@database
def test_the_wait_is_over_when_it_is_over(anonymous: Any, acme: Any) -> None:
    member = member_in(Role.RECEPTIONIST)
    for number in range(OF_PAIR):
        sign_in(anonymous(acme), member.user.email, f"guess {number}")
    assert TOO_MANY in sign_in(anonymous(acme), member.user.email, RIGHT).content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=15), tick=False):
        assert sign_in(anonymous(acme), member.user.email, RIGHT).status_code == 302


@database
def test_a_new_password_by_letter_lets_the_owner_in_at_once(anonymous: Any, acme: Any) -> None:
    member = member_in(Role.RECEPTIONIST)
    for number in range(OF_ACCOUNT):
        sign_in(anonymous(acme), member.user.email, f"guess {number}", address(number))
    browser = anonymous(acme)
    browser.send("/accounts/password/reset/", {"email": member.user.email})
    letter = OutboxMessage.objects.get(kind="password_reset_key").body
    path = re.search(r"/accounts/password/reset/key/\S+", letter)[0]  # type: ignore[index]
    new = "four words nobody else knows"
    page = browser.get(path)["Location"]
    assert browser.send(page, {"password1": new, "password2": new}).status_code == 302
    assert sign_in(browser, member.user.email, new).status_code == 302


@database
def test_what_another_sites_form_sends_is_not_counted(acme: Any) -> None:
    from tests.conftest import ClinicClient

    browser = ClinicClient(acme.host(), enforce_csrf_checks=True)
    for _number in range(OF_PAIR + 1):
        assert sign_in(browser, "ada@example.com", "guess").status_code == 403
    assert not Tally.objects.filter(count__gt=0).exists()


@database
@pytest.mark.parametrize(
    ("path", "form", "most"),
    [
        ("/accounts/reauthenticate/", {"password": "guess"}, OWN_PASSWORD.limits[0].most),
        (
            "/accounts/password/change/",
            {"oldpassword": "guess", "password1": RIGHT, "password2": RIGHT},
            OWN_PASSWORD.limits[0].most,
        ),
    ],
)
def test_who_found_an_open_page_does_not_guess_the_password_there(
    client_for: Any, hashed: list[str], path: str, form: dict[str, str], most: int
) -> None:
    browser = client_for(member_in(Role.RECEPTIONIST))
    hashed.clear()
    answers = [browser.send(path, form).status_code for _number in range(most + 3)]
    assert answers == [200] * most + [429] * 3
    assert len(hashed) == most


@database
@pytest.mark.parametrize(
    ("path", "rule", "facts"),
    [
        ("/accounts/password/reset/", RESET, {}),
        ("/accounts/signup/", SIGN_UP, {"password1": RIGHT, "password2": RIGHT}),
    ],
)
def test_letters_to_one_address_stop_whether_it_has_a_log_in_or_not(
    anonymous: Any, acme: Any, path: str, rule: Any, facts: dict[str, str]
) -> None:
    member = member_in(Role.RECEPTIONIST)
    most = rule.limits[0].most
    for email in (member.user.email, "nobody@example.com"):
        answers = [anonymous(acme).send(path, {"email": email, **facts}).status_code for _ in range(most + 1)]
        assert answers == [302] * most + [429]


@database
def test_letters_are_counted_by_the_address_they_go_to(anonymous: Any, acme: Any) -> None:
    """Another name sent beside it does not begin another count."""
    member, most = member_in(Role.RECEPTIONIST), RESET.limits[0].most
    for number in range(most + 2):
        facts = {"email": member.user.email, "login": f"other{number}@example.com"}
        answer = anonymous(acme).send("/accounts/password/reset/", facts)
    assert answer.status_code == 429
    assert OutboxMessage.objects.filter(recipient=member.user.email).count() == most


@database
def test_other_spellings_of_a_mailbox_begin_no_other_count(anonymous: Any, acme: Any) -> None:
    """The mail library takes what is not seen out of the server's name, and writes to the same mailbox."""
    spellings = ["ada@example.com", "ADA@example.com", "ada@example.com\u200b", "ada@ex\u00adample.com"]
    most = RESET.limits[0].most
    for number in range(most):
        facts = {"email": spellings[number % len(spellings)]}
        assert anonymous(acme).send("/accounts/password/reset/", facts).status_code == 302
    for email in spellings:
        assert anonymous(acme).send("/accounts/password/reset/", {"email": email}).status_code == 429


@database
def test_codes_are_counted_by_whose_they_are(anonymous: Any, acme: Any) -> None:
    from allauth.mfa.models import Authenticator

    member = member_in(Role.RECEPTIONIST)
    Authenticator.objects.create(
        user=member.user, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"}
    )
    browser = anonymous(acme)
    assert "2fa" in sign_in(browser, member.user.email, RIGHT)["Location"]
    most = CODE.limits[0].most
    answers = [
        browser.send("/accounts/2fa/authenticate/", {"code": "000000"}).status_code for _ in range(most + 1)
    ]
    assert answers[-1] == 429


@database
def test_a_browser_of_ones_own_is_not_known_for_somebody_elses_codes(anonymous: Any, acme: Any) -> None:
    """Whoever guesses names the own log-in beside the code, with which every browser of theirs was used."""
    from allauth.mfa.models import Authenticator

    thief, victim = member_in(Role.RECEPTIONIST), member_in(Role.RECEPTIONIST)
    Authenticator.objects.create(
        user=victim.user, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"}
    )
    most, answers = CODE.limits[0].most, []
    for _browser in range(2):
        browser = anonymous(acme)
        sign_in(browser, thief.user.email, RIGHT)
        browser.send("/accounts/logout/")
        assert "2fa" in sign_in(browser, victim.user.email, RIGHT)["Location"]
        guess = {"code": "000000", "email": thief.user.email}
        answers += [browser.send("/accounts/2fa/authenticate/", guess).status_code for _ in range(most)]
    assert answers == [200] * most + [429] * most


@database
def test_codes_are_counted_for_who_signs_in_whoever_is_signed_in_beside(anonymous: Any, acme: Any) -> None:
    """Who has still to set up a factor is nobody to public pages, and may sign in there as somebody else."""
    from allauth.mfa.models import Authenticator

    victim = member_in(Role.RECEPTIONIST)
    Authenticator.objects.create(
        user=victim.user, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"}
    )
    most, answers = CODE.limits[0].most, []
    for _browser in range(2):
        browser = anonymous(acme)
        sign_in(browser, member_in(Role.DOCTOR).user.email, RIGHT)
        assert "2fa" in sign_in(browser, victim.user.email, RIGHT)["Location"]
        guess = {"code": "000000"}
        answers += [browser.send("/accounts/2fa/authenticate/", guess).status_code for _ in range(most)]
    assert answers == [200] * most + [429] * most


@database
def test_a_clinic_that_reads_the_counts_learns_no_log_in(anonymous: Any, acme: Any) -> None:
    member = member_in(Role.RECEPTIONIST)
    sign_in(anonymous(acme), member.user.email, "guess")
    assert member.user.email not in str(list(Tally.objects.values()))
    assert ATTACKER not in str(list(Tally.objects.values()))


@database
def test_without_the_middleware_nothing_is_tried(
    anonymous: Any, acme: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that would ask for a password uncounted gets the answer of too many."""
    member = member_in(Role.RECEPTIONIST)
    monkeypatch.setattr("accounts.middleware.RULES", {})
    assert TOO_MANY in sign_in(anonymous(acme), member.user.email, RIGHT).content.decode()


def test_the_limits_are_those_that_are_announced() -> None:
    announced = Path(settings.BASE_DIR, "docs/signing-in.md").read_text()
    assert (OF_PAIR, OF_ADDRESS, OF_ACCOUNT) == (5, 100, 20)
    for sentence in (
        "5 in 15 minutes | one log-in",
        "20 in an hour | one log-in",
        "100 in 15 minutes | one address",
    ):
        assert sentence in announced


def test_fifty_at_the_same_moment_are_counted_one_after_the_other(race: Any) -> None:
    key = key_of("rush")
    results = race(50, lambda _number: take(key, most=5, within=timedelta(minutes=15)))
    assert sorted(results) == [False] * 45 + [True] * 5
