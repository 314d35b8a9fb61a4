"""At which addresses a passkey works.

A browser ties a passkey to a domain, the relying party (W3C Web Authentication, "scope"). One log-in serves
all clinics, so its passkeys are tied to the platform's domain: made at one clinic, they work at every clinic
below it and on the platform's site. A clinic on a domain of its own is a relying party of its own; so are
localhost and each clinic below it in the demo, because browsers take a single word for nobody's domain.

That clinics share a relying party does not let one sign in at another: an answer is good only for the
question the same session was asked, and only from the page's own address (`is_from_here`).
"""

import base64
import binascii
import json
from hashlib import sha256
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest


def relying_party(host: str) -> str:
    """The domain to which passkeys made or shown at `host` are tied."""
    platform = settings.PLATFORM_DOMAIN
    return platform if serves_clinics(platform) and f".{host}".endswith(f".{platform}") else host


def serves_clinics(party: str) -> bool:
    """Whether passkeys tied to this domain work at the platform's site and every clinic below it."""
    return "." in party and party == settings.PLATFORM_DOMAIN


def here(request: HttpRequest) -> str:
    """The relying party of the address that was asked."""
    return relying_party(request.get_host().partition(":")[0])


def works_here(passkey: Authenticator, request: HttpRequest) -> bool:
    """Whether a browser at this address will find the passkey."""
    data = passkey.wrap().authenticator_data
    return bool(data.rp_id_hash == sha256(here(request).encode()).digest())


def is_from_here(credential: Any, request: HttpRequest) -> bool:
    """Whether the browser made its answer on a page of this very address.

    https://www.w3.org/TR/webauthn-3/#sctn-validating-origin
    """
    try:
        sent = credential["response"]["clientDataJSON"]
        said = json.loads(base64.urlsafe_b64decode(f"{sent}==="))["origin"]
    except (KeyError, TypeError, ValueError, binascii.Error):
        return False
    return bool(said == f"{request.scheme}://{request.get_host().lower()}")
