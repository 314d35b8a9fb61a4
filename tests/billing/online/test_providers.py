"""The clinic's keys go in and never come out: not on a page, in the admin, the trail, a log or an error."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import override_settings

from accounts.members.roles import Role
from billing.online import services
from billing.online.models import PaymentProvider, ProviderSecret
from billing.online.sealing import Keys, sealed, unsealed
from clinic.models import Refusal
from tests.billing.online.factories import SECRET, WEBHOOK, paystack, stripe
from tests.people import StaffFactory, with_login

pytestmark = pytest.mark.django_db
SETTINGS = "/online-payments/providers/"


@pytest.fixture
def admin(client_for: Callable[..., Any]) -> Any:
    return client_for(with_login(StaffFactory(role=Role.ADMIN)))


def shows_a_secret(text: str) -> bool:
    return "NeverShow" in text or "neverShown" in text


def entered(**more: str) -> dict[str, str]:
    return {
        "kind": "stripe",
        "currencies": "ngn, usd",
        "public_key": "pk_live_1",
        "secret_key": SECRET,
        "webhook_secret": WEBHOOK,
        **more,
    }


def test_a_provider_is_set_up_and_switched_on_by_pages(admin: Any) -> None:
    admin.send(f"{SETTINGS}new/", entered())
    provider = PaymentProvider.objects.get()
    assert (provider.currencies, provider.is_live) == (["NGN", "USD"], False)
    assert provider.keys() == Keys(SECRET, WEBHOOK)
    page = admin.get(f"{SETTINGS}{provider.pk}/").content.decode()
    assert f"/webhooks/payments/{provider.pk}/" in page
    admin.send(f"{SETTINGS}{provider.pk}/on/")
    assert PaymentProvider.objects.get().is_live
    admin.send(f"{SETTINGS}{provider.pk}/off/")
    assert not PaymentProvider.objects.get().is_live


def test_no_page_shows_a_secret(admin: Any) -> None:
    provider = stripe()
    for address in (
        SETTINGS,
        f"{SETTINGS}{provider.pk}/",
        f"/admin/online/paymentprovider/{provider.pk}/change/",
        "/admin/online/paymentprovider/",
    ):
        page = admin.get(address)
        assert page.status_code == 200
        assert not shows_a_secret(page.content.decode())
        assert ProviderSecret.objects.get().secret_key not in page.content.decode()


def test_a_refused_form_does_not_give_the_secret_back(admin: Any) -> None:
    answer = admin.send(f"{SETTINGS}new/", entered(currencies="naira"))
    assert answer.status_code == 200
    assert "pk_live_1" in answer.content.decode()
    assert not shows_a_secret(answer.content.decode())


def test_the_table_of_secrets_has_no_page_in_the_admin(admin: Any) -> None:
    stripe()
    assert admin.get("/admin/online/providersecret/").status_code == 404


def test_neither_the_trail_nor_the_tables_hold_a_secret_in_the_clear(
    audit_trail: Callable[[], list[Any]],
) -> None:
    services.update_provider(stripe(), by=None, currencies=["NGN"], secret_key=f"{SECRET}2")
    trail = json.dumps([[entry.table_name, entry.old, entry.new] for entry in audit_trail()], default=str)
    assert "online_paymentprovider" in trail
    held = ProviderSecret.objects.get()
    for secret in ("NeverShow", "online_providersecret", held.secret_key, held.webhook_secret):
        assert secret not in trail
    with connection.cursor() as cursor:
        cursor.execute("SELECT p::text || s::text FROM online_paymentprovider p, online_providersecret s")
        assert not shows_a_secret(str(cursor.fetchall()))


def test_when_the_secrets_were_entered_is_in_the_trail(audit_trail: Callable[[], list[Any]]) -> None:
    provider = stripe()
    audit_trail()
    services.update_provider(provider, by=None, currencies=["NGN"], secret_key="sk_new")
    assert "secrets_changed_at" in audit_trail()[0].new


def test_what_is_left_empty_stays_as_it_is() -> None:
    provider = services.update_provider(stripe(), by=None, currencies=["NGN"], webhook_secret="whsec_new")
    assert provider.keys() == Keys(SECRET, "whsec_new")
    services.update_provider(provider, by=None, currencies=["USD"])
    assert provider.keys() == Keys(SECRET, "whsec_new")


def test_keys_print_as_nothing() -> None:
    assert not shows_a_secret(repr(Keys(SECRET, WEBHOOK)))
    assert not shows_a_secret(repr(ProviderSecret(secret_key=SECRET)))


def test_a_secret_opens_for_its_own_provider_alone() -> None:
    one, other = uuid4(), uuid4()
    text = sealed(one, SECRET)
    assert unsealed(one, text, text).secret_key == SECRET
    assert text != sealed(one, SECRET)
    with pytest.raises(Refusal, match="Enter them again") as refusal:
        unsealed(other, text, text)
    assert text not in str(refusal.value)


def test_a_new_key_of_the_installation_reads_what_the_old_one_wrote(settings: Any) -> None:
    provider = stripe()
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert provider.keys() == Keys(SECRET, WEBHOOK)
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[]), pytest.raises(Refusal):
        provider.keys()


@pytest.mark.parametrize("secret", ["sk test", "sk\nInjected: header", "sk\u00e9", "sk\x7f"])
def test_what_cannot_stand_in_a_header_is_no_secret(secret: str) -> None:
    with pytest.raises(Refusal, match="no key") as refusal:
        services.add_provider(by=None, kind="stripe", currencies=["EUR"], secret_key=secret)
    assert (refusal.value.field, secret in str(refusal.value)) == ("secret_key", False)


def test_nobody_pays_before_the_secrets_are_there() -> None:
    provider = services.add_provider(by=None, kind="stripe", currencies=["EUR"])
    with pytest.raises(Refusal, match="secret key"):
        services.switch_on_provider(provider, by=None)
    services.update_provider(provider, by=None, currencies=["EUR"], secret_key=SECRET)
    with pytest.raises(Refusal, match="webhook"):
        services.switch_on_provider(provider, by=None)
    assert not PaymentProvider.objects.live().exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentProvider(kind="paystack", currencies=["NGN"], is_live=True).save()


def test_paystack_takes_its_own_currencies_and_signs_with_its_key() -> None:
    assert paystack().is_live
    with pytest.raises(Refusal, match="does not take EUR"):
        services.update_provider(paystack(), by=None, currencies=["EUR"])


def test_the_trial_provider_is_for_trials_only(admin: Any, settings: Any) -> None:
    assert settings.PAYMENTS_SANDBOX is False
    with pytest.raises(Refusal):
        services.add_provider(by=None, kind="sandbox", currencies=["NGN"])
    assert "sandbox" not in admin.get(f"{SETTINGS}new/").content.decode()
    with override_settings(PAYMENTS_SANDBOX=True):
        provider = services.add_provider(by=None, kind="sandbox", currencies=["NGN"])
        services.switch_on_provider(provider, by=None)
        assert PaymentProvider.objects.taking("NGN").exists()
    assert not PaymentProvider.objects.taking("NGN").exists()


def test_a_provider_stays_what_it_is() -> None:
    stripe()
    for statement in (
        "UPDATE online_paymentprovider SET kind = 'paystack'",
        "DELETE FROM online_paymentprovider",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_only_administrators_set_providers_up(client_for: Callable[..., Any]) -> None:
    desk = client_for(with_login(StaffFactory(role=Role.RECEPTIONIST)))
    provider = stripe()
    assert desk.get(SETTINGS).status_code == 403
    assert desk.send(f"{SETTINGS}{provider.pk}/", entered()).status_code == 403
    assert desk.get("/online-payments/").status_code == 200
