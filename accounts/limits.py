"""How often one may try: the table of limits, over all clinics and the platform's site (docs/signing-in.md).

No limit closes an address or a log-in for everybody. Whoever guesses is stopped by the pair of log-in and
address; a whole address, or a whole log-in, only for browsers in which that log-in was never signed in.
"""

import ipaddress
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from allauth.account.internal.stagekit import unstash_login
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.clients import client_ip
from accounts.services.tallies import forget, give_back, is_known, key_of, take

DEVICE_SALT = "accounts.device"
# So long a browser is known by the log-ins that signed in with it.
DEVICE_KNOWN = timedelta(days=180)
# The networks that providers give to one household or office (RFC 6177).
IPV6_PREFIX = 64


class Limit(NamedTuple):
    """So many, within so long, of what the words of `of` name together.

    `for_strangers`: not asked of a browser in which the log-in has signed in before.
    """

    most: int
    within: timedelta
    of: tuple[str, ...]
    for_strangers: bool = False


class Rule(NamedTuple):
    """What is counted under one name, wherever it is asked, and whether success or failure counts.

    `of_newcomer`: the person is who is about to sign in, whoever is signed in beside.
    """

    name: str
    limits: tuple[Limit, ...]
    counts_success: bool = False
    of_newcomer: bool = False


QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
PASSWORD = Rule(
    "password",
    (
        Limit(5, QUARTER, ("account", "place")),
        Limit(100, QUARTER, ("address",), for_strangers=True),
        Limit(20, HOUR, ("account",), for_strangers=True),
    ),
)
CODE = Rule(
    "code",
    (Limit(5, QUARTER, ("person", "place")), Limit(30, DAY, ("person",), for_strangers=True)),
)
# The second step of signing in: the same counts.
CODE_OF_NEWCOMER = Rule(CODE.name, CODE.limits, of_newcomer=True)
OWN_PASSWORD = Rule("own password", (Limit(5, QUARTER, ("person",)),))
RESET = Rule("reset", (Limit(5, HOUR, ("account",)), Limit(50, HOUR, ("address",))), counts_success=True)
SIGN_UP = Rule("sign up", (Limit(5, HOUR, ("account",)), Limit(50, HOUR, ("address",))), counts_success=True)
OWN_EMAIL = Rule("own e-mail", (Limit(10, HOUR, ("person",)),), counts_success=True)

# By the name of the page to which the form is sent.
RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "account_login": PASSWORD,
        "mfa_authenticate": CODE_OF_NEWCOMER,
        "account_reauthenticate": OWN_PASSWORD,
        "account_change_password": OWN_PASSWORD,
        "mfa_reauthenticate": CODE,
        "account_reset_password": RESET,
        "account_signup": SIGN_UP,
        "account_email": OWN_EMAIL,
    }
)


@dataclass
class Attempt:
    """What is tried in one request, by whom; `taken` are the counts that have it."""

    rule: Rule
    facts: dict[str, str]
    is_stranger: bool = True
    is_allowed: bool = True
    taken: tuple[str, ...] = ()
    wait: timedelta = timedelta(0)

    def key(self, limit: Limit) -> str:
        """The key of the limit's count for who tries."""
        own = (self.facts[word] for word in limit.of)
        return key_of(self.rule.name, str(limit.within), *limit.of, *own)

    def count(self) -> None:
        """Count the attempt everywhere; where one limit is reached, nowhere."""
        for limit in self.rule.limits:
            if limit.for_strangers and not self.is_stranger:
                continue
            if not take(self.key(limit), most=limit.most, within=limit.within):
                give_back(self.taken)
                self.is_allowed, self.taken, self.wait = False, (), limit.within
                return
            self.taken += (self.key(limit),)

    def settle(self, status: int) -> None:
        """Take back what does not count: a right password, a letter not sent, the form of another site."""
        is_done = 300 <= status < 400
        if is_done != self.rule.counts_success or status == 403:
            give_back(self.taken)


def attempt_of(request: Any, rule: Rule) -> Attempt:
    """Count what this request tries."""
    device, address = device_of(request), network_of(request)
    # Of the very field that the form reads: what else is sent beside it names nobody.
    account = plain(request.POST.get("login" if rule is PASSWORD else "email", ""))
    person = person_of(request, rule)
    # Whose browser it is, is asked of who is counted: a name that is sent beside it is anybody's.
    counted = {word for limit in rule.limits for word in limit.of}
    who = person if "person" in counted else account
    is_stranger = not (device and is_known(_known(who, device)))
    facts = {"account": account, "person": person, "address": address}
    facts["place"] = address if is_stranger else device
    attempt = Attempt(rule, facts, is_stranger)
    attempt.count()
    return attempt


def plain(email: str) -> str:
    """An e-mail address as it is counted: spellings that reach one mailbox are one.

    Compatible letters are one (NFKC), and what is not seen is nothing, as a mail server's name is prepared
    before it is asked for (RFC 3491).
    """
    folded = unicodedata.normalize("NFKC", email.strip()).casefold()
    return "".join(letter for letter in folded if unicodedata.category(letter) != "Cf")


def person_of(request: Any, rule: Rule) -> str:
    """Who is signed in, or is about to be."""
    if not rule.of_newcomer:
        return str(request.user.pk) if request.user.is_authenticated else ""
    login = unstash_login(request, peek=True)
    return str(login.user.pk) if login and login.user else ""


def network_of(request: HttpRequest) -> str:
    """The address, as far as it tells one customer of a provider from another."""
    seen = client_ip(request)
    if ":" not in seen:
        return seen
    return str(ipaddress.ip_network(f"{seen}/{IPV6_PREFIX}", strict=False))


def device_of(request: HttpRequest) -> str:
    """The mark of the browser, "" when it has none."""
    return request.get_signed_cookie(settings.DEVICE_COOKIE_NAME, default="", salt=DEVICE_SALT) or ""


def know_device(request: Any, *names: str) -> None:
    """Remember that the log-in of these names (its e-mail, its key) has used this browser."""
    given = device_of(request) or getattr(request, "new_device", "")
    request.new_device = given or secrets.token_urlsafe(24)
    for name in names:
        key = _known(plain(name), request.new_device)
        forget([key])
        take(key, most=1, within=DEVICE_KNOWN)


def mark_device(request: Any, response: HttpResponse) -> None:
    """Give the browser its mark, if it is to be known from now on."""
    if not request.new_device:
        return
    response.set_signed_cookie(
        settings.DEVICE_COOKIE_NAME,
        request.new_device,
        salt=DEVICE_SALT,
        max_age=DEVICE_KNOWN,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def pardon(request: Any, email: str) -> None:
    """Let in who has chosen a new password by letter, whatever was tried before, with this browser."""
    know_device(request, email)
    email, address = plain(email), network_of(request)
    for place in (address, request.new_device):
        attempt = Attempt(PASSWORD, {"account": email, "address": address, "place": place})
        forget(attempt.key(limit) for limit in PASSWORD.limits if "account" in limit.of)


def _known(who: str, device: str) -> str:
    return key_of("known", who, device)
