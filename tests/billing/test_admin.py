"""Money in the clinic's admin: to be seen, not changed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import Invoice, InvoiceSeries, Payment
from tests.billing.factories import issued, pay
from tests.people import StaffFactory, with_login

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client_for: Callable[..., Any]) -> Any:
    return client_for(with_login(StaffFactory(role="admin")))


def test_a_list_costs_the_same_for_one_row_and_twenty(office: Any) -> None:
    paths = ["/admin/billing/invoice/", "/admin/billing/payment/"]
    pay(issued("100"), "10")
    for path in paths:
        office.get(path)
    few = {path: cost(office, path) for path in paths}
    for number in range(19):
        pay(issued("100"), "10", key=str(number))
    assert {path: cost(office, path) for path in paths} == few


def cost(office: Any, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert office.get(path).status_code == 200
    return len(captured)


def test_an_issued_invoice_is_unchangeable_by_admin(office: Any) -> None:
    invoice = issued("100")
    path = f"/admin/billing/invoice/{invoice.pk}/change/"
    assert office.get(path).status_code == 200
    line = {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "1", "lines-0-amount": "1", "lines-0-id": "x"}
    assert office.post(path, {"status": "draft", "total": "1", **line}).status_code == 403
    assert office.post(path.replace("change", "delete"), {"post": "yes"}).status_code == 403
    assert Invoice.objects.get().total == invoice.lines.get().amount == 100


def test_actions_call_the_services_and_say_what_was_refused(office: Any) -> None:
    payment = pay(issued("100"), "100", is_received=False)
    chosen = {"action": "complete", "_selected_action": [payment.pk]}
    office.post("/admin/billing/payment/", chosen)
    assert Payment.objects.get().status == "completed"
    assert Invoice.objects.get().status == "balanced"
    again = office.post("/admin/billing/payment/", chosen, follow=True)
    assert "no longer possible" in again.content.decode()


def test_a_series_is_set_up_before_its_first_number(office: Any) -> None:
    office.post("/admin/billing/invoiceseries/add/", {"name": "Invoices", "prefix": "LF-"})
    assert issued("5").reference == "LF-00001"
    path = f"/admin/billing/invoiceseries/{InvoiceSeries.objects.get().pk}/change/"
    assert office.post(path, {"name": "Invoices", "prefix": "X-"}).status_code == 403


def test_what_the_database_refuses_is_a_sentence_and_what_was_typed_stays(
    office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else took the name between the form's question and the row."""
    InvoiceSeries.objects.create(name="Invoices")
    monkeypatch.setattr(InvoiceSeries, "validate_unique", lambda *args, **kwargs: None)
    answer = office.post("/admin/billing/invoiceseries/add/", {"name": "Invoices", "prefix": "LF-"})
    assert "already in use" in str(answer.context["adminform"].form.errors["name"])
    assert 'value="LF-"' in answer.content.decode()


def test_a_filter_that_cannot_be_asked_for_is_left_out(office: Any) -> None:
    answer = office.get("/admin/billing/invoice/", {"status__exact": "a\x00"})
    assert answer.status_code == 302
    assert office.get(answer["Location"]).status_code == 200
