"""A clinic's own address: claimed, proven by the DNS, tried, and then the one that serves its pages."""

import re
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from clinic.models import Refusal, relayed
from tenants import dns
from tenants.models import Domain, DomainClaim, Organization
from tenants.models.names import OWN_HOST
from tenants.services.life import enter_in_trail, enter_own_step

# More than any clinic needs; a list that grows for ever would be somebody's toy.
MOST = 5
# What the link to the new address carries back, for as long as a person takes to follow it.
ARRIVED, ARRIVED_SECONDS = "tenants.arrived-by", 600


@transaction.atomic
def claim_domain(organization: Organization, *, by: Any, host: str) -> DomainClaim:
    """Note that `host` is the clinic's own; `check_domain` then asks the DNS. In the clinic's schema."""
    host = _plain(host)
    if host == settings.PLATFORM_DOMAIN or host.endswith(f".{settings.PLATFORM_DOMAIN}"):
        raise Refusal(_("This address is the platform's. Enter one of your own."), "host")
    if organization.domain_claims.count() >= MOST:
        raise Refusal(_("Five addresses are enough. Remove one that you do not use."), "host")
    claim = DomainClaim(organization=organization, host=host)
    with relayed(DomainClaim):
        claim.save(force_insert=True)
    enter_own_step("claim_domain", claim)
    return claim


def _plain(host: str) -> str:
    """The host name that was meant: without scheme, path and final dot, as the DNS writes it (IDNA)."""
    host = host.strip().lower().removeprefix("https://").removeprefix("http://").partition("/")[0].rstrip(".")
    with suppress(UnicodeError):
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    # A number at the end is an address of the Internet Protocol (RFC 3696, 2), which no DNS record proves.
    if not re.match(OWN_HOST, host) or host.rpartition(".")[2].isdigit():
        raise Refusal(_("This is not a host name, such as clinic.example.org."), "host")
    return host


@transaction.atomic
def check_domain(claim: DomainClaim, *, by: Any) -> None:
    """Ask the worker to look into the DNS."""
    if claim.verified_at:
        raise Refusal(_("This address is proven to be yours already."))
    DomainClaim.objects.filter(pk=claim.pk).update(asked_at=timezone.now())
    # By name: jobs.py imports this module.
    job = app.configure_task("tenants.jobs.look_up_domain")
    job.defer(schema_name=claim.organization.schema_name, claim_id=str(claim.pk))


def look_up(claim_id: UUID | str) -> bool:
    """Look for the claim's token in the DNS, and make the host the clinic's if it is there; whether it was.

    On the platform: a clinic's own role makes no host.
    """
    claim = DomainClaim.objects.select_related("organization").filter(pk=claim_id, verified_at=None).first()
    if claim is None:
        return False
    problem = _problem(claim)
    if not problem:
        problem = _make_host(claim)
    claim.problem, claim.checked_at = problem, timezone.now()
    claim.verified_at = None if problem else claim.checked_at
    claim.save(update_fields=["problem", "checked_at", "verified_at"])
    return not problem


def _problem(claim: DomainClaim) -> str:
    try:
        found = dns.txt_records(claim.record_name)
    except dns.SilentError:
        return DomainClaim.Problem.SILENT
    if claim.token in found:
        return ""
    return DomainClaim.Problem.OTHER if found else DomainClaim.Problem.MISSING


def _make_host(claim: DomainClaim) -> str:
    try:
        with transaction.atomic():
            Domain(domain=claim.host, tenant=claim.organization, is_primary=False).save(force_insert=True)
            enter_in_trail(claim.organization, "verify_domain", None)
    except IntegrityError:
        is_ours = Domain.objects.filter(domain=claim.host, tenant=claim.organization).exists()
        return "" if is_ours else DomainClaim.Problem.TAKEN
    return ""


def arrival(host: str) -> str:
    """What proves that somebody came to us by `host`."""
    return signing.dumps(host, salt=ARRIVED)


@transaction.atomic
def note_arrival(organization: Organization, *, by: Any, proof: str) -> DomainClaim:
    """Note that an administrator came here by the host that `proof` names. Raises Refusal."""
    try:
        host = signing.loads(proof, salt=ARRIVED, max_age=ARRIVED_SECONDS)
    except signing.BadSignature as error:
        raise Refusal(_("This link is too old. Try the address once more.")) from error
    claim = organization.domain_claims.filter(host=host, verified_at__isnull=False).first()
    if claim is None:
        raise Refusal(_("This address is not in your list."))
    if not claim.reached_at:
        DomainClaim.objects.filter(pk=claim.pk).update(reached_at=timezone.now())
    return claim


@transaction.atomic
def serve_domain(domain: Domain, *, by: Any) -> None:
    """Let `domain` serve the clinic's pages; its other hosts lead there from now on.

    Refused for an own address by which nobody ever came here: it would shut everybody out.
    """
    organization = Organization.objects.locked(domain.tenant_id)
    own = not domain.domain.endswith(f".{settings.PLATFORM_DOMAIN}")
    came = organization.domain_claims.filter(host=domain.domain, reached_at__isnull=False)
    if own and not came.exists():
        raise Refusal(_("Try first whether this address leads here."))
    for host in organization.domains.filter(is_primary=True).exclude(pk=domain.pk):
        host.is_primary = False
        host.save(update_fields=["is_primary"])
    domain.is_primary = True
    domain.save(update_fields=["is_primary"])
    enter_own_step("serve_domain", domain)


@transaction.atomic
def withdraw_domain(claim: DomainClaim, *, by: Any) -> None:
    """Give the address up: it leads nowhere any more. Refused while it serves the pages."""
    host = claim.organization.domains.filter(domain=claim.host).first()
    if host and host.is_primary:
        raise Refusal(_("This address serves your pages. Let another one serve them first."))
    enter_own_step("withdraw_domain", claim)
    if host:
        host.delete()
    DomainClaim.objects.filter(pk=claim.pk).delete()


def waiting_claims(since: Any) -> list[UUID]:
    """The claims made since then that nothing proves yet, oldest first."""
    waiting = DomainClaim.objects.filter(verified_at=None, created_at__gt=since)
    return list(waiting.order_by("created_at").values_list("pk", flat=True))
