"""A clinic's own address: claimed by anybody, proven by the DNS, tried, and only then serving the pages."""

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from threading import Thread
from typing import Any

import dns.message
import dns.rcode
import dns.rrset
import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from accounts.members.models import Member
from accounts.members.roles import Role
from clinic.db.current import connection
from clinic.models import Refusal
from tenants import jobs, services
from tenants.middleware import TRIED
from tenants.models import Domain, DomainClaim, absolute_url
from tests.conftest import ClinicClient
from tests.people import StaffFactory, with_login

pytestmark = pytest.mark.django_db
HOST = "clinic.example.org"


class NameServer:
    """Answers TXT questions on a port of this machine; what is not in `texts` does not exist."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1#{self.socket.getsockname()[1]}"
        Thread(target=self.answer, daemon=True).start()

    def answer(self) -> None:
        # The socket is closed when the test ends, whatever is asked at that moment.
        with suppress(OSError):
            while True:
                packet, asker = self.socket.recvfrom(4096)
                self.socket.sendto(self.said_to(dns.message.from_wire(packet)), asker)

    def said_to(self, question: dns.message.Message) -> bytes:
        answer = dns.message.make_response(question)
        name = question.question[0].name
        texts = self.texts.get(name.to_text(omit_final_dot=True))
        if texts is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            answer.answer.append(dns.rrset.from_text_list(name, 60, "IN", "TXT", texts))
        return answer.to_wire()


@pytest.fixture
def names(settings: Any) -> Iterator[NameServer]:
    server = NameServer()
    settings.DNS_SERVERS = [server.address]
    yield server
    server.socket.close()


@pytest.fixture
def manager(acme: Any) -> Member:
    return with_login(StaffFactory(role=Role.ADMIN))


def looked_up(claim: DomainClaim) -> DomainClaim:
    """The claim after the worker's look into the DNS."""
    jobs.look_up_domain(schema_name=claim.organization.schema_name, claim_id=str(claim.pk))
    return DomainClaim.objects.get(pk=claim.pk)


def proven(organization: Any, names: NameServer, host: str = HOST) -> DomainClaim:
    claim = services.claim_domain(organization, by=None, host=host)
    names.texts[claim.record_name] = [f'"{claim.token}"']
    return looked_up(claim)


def came_by(claim: DomainClaim) -> DomainClaim:
    """An administrator followed the link and came back."""
    return services.note_arrival(claim.organization, by=None, proof=services.arrival(claim.host))


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        (" Clinic.Example.ORG. ", HOST),
        ("https://clinic.example.org/book/", HOST),
        ("praxis-müller.example", "xn--praxis-mller-klb.example"),
    ],
)
def test_what_people_type_is_understood(typed: str, host: str, acme: Any) -> None:
    assert services.claim_domain(acme, by=None, host=typed).host == host


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "localhost",
        "beta.localhost",
        "example",
        "10.0.0.1",
        "a b.example",
        "-a.example",
        "x" * 64 + ".example",
    ],
)
def test_what_cannot_be_owned_is_refused_beside_the_field(typed: str, acme: Any) -> None:
    with pytest.raises(Refusal) as refused:
        services.claim_domain(acme, by=None, host=typed)
    assert refused.value.field == "host"


def test_the_same_address_is_claimed_once_and_five_at_most(acme: Any) -> None:
    services.claim_domain(acme, by=None, host=HOST)
    with pytest.raises(Refusal, match="in the list already"):
        services.claim_domain(acme, by=None, host=HOST)
    for number in range(4):
        services.claim_domain(acme, by=None, host=f"clinic{number}.example.org")
    with pytest.raises(Refusal, match="Five addresses"):
        services.claim_domain(acme, by=None, host="sixth.example.org")


def test_a_claim_alone_leads_nowhere(acme: Any) -> None:
    services.claim_domain(acme, by=None, host=HOST)
    assert ClinicClient(HOST).get("/").status_code == 404


def test_the_record_makes_the_address_the_clinics(acme: Any, names: NameServer) -> None:
    assert looked_up(services.claim_domain(acme, by=None, host=HOST)).problem == "missing"
    claim = DomainClaim.objects.get()
    names.texts[claim.record_name] = ['"something else"', '"another"']
    assert looked_up(claim).problem == "other"
    # A long text comes in pieces.
    names.texts[claim.record_name] = ['"other"', f'"{claim.token[:5]}" "{claim.token[5:]}"']
    claim = looked_up(claim)
    assert (claim.problem, claim.verified_at is not None) == ("", True)
    assert ClinicClient(HOST).get("/book/")["Location"] == absolute_url("acme.localhost", "/book/")


def test_silence_proves_nothing(acme: Any, names: NameServer, monkeypatch: pytest.MonkeyPatch) -> None:
    names.socket.close()
    monkeypatch.setattr("tenants.dns.SECONDS", 0.1)
    assert looked_up(services.claim_domain(acme, by=None, host=HOST)).problem == "silent"


def test_an_address_is_one_clinics(acme: Any, beta: Any, names: NameServer) -> None:
    proven(acme, names)
    with tenant_context(beta):
        assert proven(beta, names).problem == "taken"
    with schema_context("public"):
        assert Domain.objects.get(domain=HOST).tenant == acme


def test_the_worker_looks_by_itself_for_three_days(acme: Any, names: NameServer) -> None:
    claim = services.claim_domain(acme, by=None, host=HOST)
    names.texts[claim.record_name] = [f'"{claim.token}"']
    with schema_context("public"):
        with time_machine.travel(timezone.now() + timedelta(days=4)):
            jobs.look_up_domains(0)
        assert DomainClaim.objects.get().verified_at is None
        jobs.look_up_domains(0)
        assert DomainClaim.objects.get().verified_at


def test_an_address_that_was_never_tried_does_not_serve(acme: Any, names: NameServer) -> None:
    proven(acme, names)
    with pytest.raises(Refusal, match="Try first"):
        services.serve_domain(acme.domains.get(domain=HOST), by=None)


def test_the_whole_way(acme: Any, names: NameServer, client_for: Callable, manager: Member) -> None:
    browser = client_for(manager)
    browser.send("/domains/claim/", {"host": HOST})
    claim = DomainClaim.objects.get()
    assert claim.token in browser.get("/domains/").content.decode()
    names.texts[claim.record_name] = [f'"{claim.token}"']
    browser.send(f"/domains/owned/{claim.pk}/check/")
    assert "Looking" in browser.get("/domains/").content.decode()
    looked_up(claim)
    assert absolute_url(HOST, TRIED) in browser.get("/domains/").content.decode()
    led = ClinicClient(HOST).get(TRIED)["Location"].removeprefix(absolute_url("acme.localhost", ""))
    assert led.startswith("/domains/arrived/?by=")
    browser.get(led)
    browser.send(f"/domains/hosts/{acme.domains.get(domain=HOST).pk}/serve/")
    assert ClinicClient(HOST).get("/accounts/login/").status_code == 200
    assert ClinicClient("acme.localhost").get("/x/")["Location"] == absolute_url(HOST, "/x/")


def test_a_made_up_or_old_arrival_counts_for_nothing(acme: Any, beta: Any, names: NameServer) -> None:
    claim = proven(acme, names)
    proof = services.arrival(HOST)
    with pytest.raises(Refusal):
        services.note_arrival(acme, by=None, proof=f"x{proof}")
    with time_machine.travel(timezone.now() + timedelta(minutes=11)), pytest.raises(Refusal):
        services.note_arrival(acme, by=None, proof=proof)
    with tenant_context(beta), pytest.raises(Refusal):
        services.note_arrival(beta, by=None, proof=proof)
    claim.refresh_from_db()
    assert claim.reached_at is None


def test_an_address_is_given_up_unless_it_serves(acme: Any, names: NameServer) -> None:
    claim = came_by(proven(acme, names))
    services.serve_domain(acme.domains.get(domain=HOST), by=None)
    with pytest.raises(Refusal, match="serves your pages"):
        services.withdraw_domain(claim, by=None)
    services.serve_domain(acme.domains.get(domain="acme.localhost"), by=None)
    services.withdraw_domain(claim, by=None)
    assert ClinicClient(HOST).get("/").status_code == 404
    assert not DomainClaim.objects.exists()


def test_another_process_that_remembers_the_old_address_leads_nobody_in_a_ring(
    acme: Any, names: NameServer
) -> None:
    came_by(proven(acme, names))
    assert ClinicClient(HOST).get("/")["Location"] == absolute_url("acme.localhost")
    # Changed elsewhere: nothing here is told to forget.
    with schema_context("public"), transaction.atomic():
        Domain.objects.filter(domain="acme.localhost").update(is_primary=False)
        Domain.objects.filter(domain=HOST).update(is_primary=True)
    assert ClinicClient(HOST).get("/accounts/login/").status_code == 200


NEW_HOST = (
    "INSERT INTO tenants_domain (id, domain, tenant_id, is_primary) "
    "SELECT id, 'x.example', id, false FROM tenants_organization"
)
NEW_CLAIM = (
    "INSERT INTO tenants_domainclaim "
    "(id, created_at, organization_id, host, token, problem, verified_at) "
    "SELECT id, now(), id, 'y.example', 'x', '', now() FROM tenants_organization"
)


@pytest.mark.parametrize(
    "statement",
    [
        NEW_HOST,
        NEW_CLAIM,
        "UPDATE tenants_domain SET domain = 'x.example'",
        "UPDATE tenants_domainclaim SET verified_at = now()",
        "UPDATE tenants_domainclaim SET host = 'x.example'",
    ],
)
def test_a_clinics_role_makes_no_host_and_proves_none(statement: str, acme: Any) -> None:
    services.claim_domain(acme, by=None, host=HOST)
    with (
        pytest.raises(DatabaseError, match=r"denied|row-level"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_the_platforms_own_host_is_not_given_up(acme: Any) -> None:
    """By the policy: a clinic deletes what it claimed and has proven."""
    assert Domain.objects.filter(domain="acme.localhost").delete()[0] == 0
    DomainClaim.objects.create(organization=acme, host="acme.localhost")
    assert Domain.objects.filter(domain="acme.localhost").delete()[0] == 0


def leave_it_without_a_host() -> None:
    Domain.objects.filter(domain="acme.localhost").update(is_primary=False)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_one_address_serves_whatever_the_code_says(acme: Any) -> None:
    with pytest.raises(IntegrityError, match="serves its pages"), transaction.atomic():
        leave_it_without_a_host()


def test_a_proxy_learns_which_hosts_are_ours(acme: Any, anonymous: Callable) -> None:
    answers = [
        anonymous(None).get("/domains/known/", {"domain": host}).status_code
        for host in ("acme.localhost", "localhost", "nobody.localhost", "")
    ]
    assert answers == [200, 200, 404, 404]
