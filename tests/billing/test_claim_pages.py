"""The desk's pages of claims, and what the patient sees of the split."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.members.roles import Role
from billing import services
from billing.models import Claim, Invoice, Payment
from billing.sheets import invoice_pdf
from tests.billing.factories import draft, issued
from tests.billing.insurance.factories import insured
from tests.billing.test_claims import brought, claimed
from tests.people import StaffFactory, with_login

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client_for: Callable[..., Any]) -> Any:
    """The receptionist's browser."""
    return client_for(with_login(StaffFactory()))


LIST = "billing:claim_list"


def text(answer: Any) -> str:
    """What the page says."""
    return answer.content.decode()


def step(desk: Any, name: str, claim: Claim, **sent: str) -> str:
    """The page after a step of the claim was sent."""
    return text(desk.send(reverse(f"billing:{name}", args=[claim.pk]), sent, follow=True))


def test_an_invoice_is_split_when_it_is_issued_and_what_is_unticked_is_not_asked(desk: Any) -> None:
    policy = insured("80")
    one, two = (draft("100", patient=policy.patient) for _number in range(2))
    page = text(desk.get(reverse("billing:issue_invoice", args=[one.pk])))
    assert "Hygeia: ₦80.00" in page
    due = {"due_on": timezone.localdate().isoformat()}
    desk.send(reverse("billing:issue_invoice", args=[one.pk]), {**due, "policies": str(policy.pk)})
    desk.send(reverse("billing:issue_invoice", args=[two.pk]), due)
    assert [Invoice.objects.with_paid().get(pk=row.pk).payable for row in (one, two)] == [20, 100]


def test_where_the_insurance_pays_all_the_desk_is_not_asked_to_take_nothing(desk: Any) -> None:
    invoice = claimed("100").invoice
    page = text(desk.get(invoice.get_absolute_url()))
    assert "Nothing is left for the patient to pay" in page
    assert reverse("billing:record_payment", args=[invoice.pk]) not in page


def test_an_insurance_is_asked_afterwards_by_one_click(desk: Any) -> None:
    policy = insured("80")
    invoice = issued("100", patient=policy.patient)
    assert "Ask Hygeia for ₦80.00" in text(desk.get(invoice.get_absolute_url()))
    sent = {"policy": str(policy.pk)}
    page = text(desk.send(reverse("billing:claim_invoice", args=[invoice.pk]), sent, follow=True))
    assert "Ask Hygeia" not in page
    assert 'value="20.00"' in page, "the payment form proposes the patient's part"
    stranger = insured("80")
    refused = {"policy": str(stranger.pk)}
    desk.send(reverse("billing:claim_invoice", args=[invoice.pk]), refused)
    assert Claim.objects.count() == 1


def test_a_claim_goes_its_way_from_the_list(desk: Any) -> None:
    one, two = claimed(), claimed(payer="Second")
    page = text(desk.get(reverse(LIST)))
    assert page.count('name="claims"') == 2
    nothing = text(desk.send(reverse("billing:send_claims")))
    assert "Choose the claims that are sent." in nothing
    answer = desk.send(reverse("billing:send_claims"), {"claims": [one.pk, two.pk]}, follow=True)
    assert "2 claims are sent." in text(answer)
    less = step(desk, "accept_claim", one, amount="50")
    assert "Write down why the insurance pays less." in less
    step(desk, "accept_claim", one, amount="50", reason="Visit only")
    assert "Visit only" in step(desk, "pay_claim", one, reference="HMO 7")
    assert "Not a member" in step(desk, "reject_claim", two, reason="Not a member")
    assert Payment.objects.get().amount == 50
    assert {claim.status for claim in Claim.objects.all()} == {"paid", "rejected"}


def test_the_list_is_filtered_by_insurance_and_state_and_adds_up(desk: Any) -> None:
    claimed(state="sent"), claimed(payer="Second"), claimed(payer="Second", state="paid")
    second = Claim.objects.filter(payer__name="Second").first()
    page = text(desk.get(reverse(LIST), {"payer": str(second.payer_id)}))
    assert page.count("₦80.00") >= 4
    assert reverse("billing:accept_claim", args=[Claim.objects.get(status="sent").pk]) not in page
    empty = text(desk.get(reverse(LIST), {"payer": str(second.payer_id), "state": "rejected"}))
    assert "No claim fits" in empty
    totals = Claim.objects.filter(payer=second.payer).totals("NGN")
    assert (totals["draft"], totals["paid"], totals["sent"]) == (80, 80, 0)


def test_the_list_for_an_insurance_runs_no_formula_and_numbers_stay_numbers(desk: Any) -> None:
    claimed(member_number="=cmd|' /C calc'!A0", payer="@Evil")
    table = text(desk.get(reverse("billing:claims_csv")))
    assert "'=cmd|' /C calc'!A0" in table
    assert "'@Evil" in table
    assert ",NGN,100.00,80.00," in table
    sheet = desk.get(reverse("billing:claims_pdf"), {"state": "draft"})
    assert sheet.content.startswith(b"%PDF")
    assert sheet["Content-Type"] == "application/pdf"


def test_the_patient_sees_who_pays_what_and_no_buttons(client_for: Callable[..., Any]) -> None:
    claim = claimed(state="sent")
    browser = client_for(with_login(claim.patient.member))
    page = text(browser.get(claim.invoice.get_absolute_url()))
    assert "The patient still pays" in page
    assert "₦20.00" in page
    assert "/claims/" not in page
    listed = text(browser.get(reverse("billing:portal_invoices")))
    assert "₦80.00 from the insurance" in listed
    sheet = text(browser.get(reverse("billing:invoice_sheet", args=[claim.invoice_id])))
    assert "Hygeia" in sheet
    assert browser.get(reverse(LIST)).status_code == 403


def test_the_pdf_says_both_parts(acme: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    claim, drawn = claimed(), {}
    monkeypatch.setattr("billing.sheets.render_pdf", lambda _name, sheet: drawn.update(sheet))
    shown = Invoice.objects.with_people().with_paid().get(pk=claim.invoice_id)
    invoice_pdf(shown, acme)
    sums = dict(drawn["sums"])
    assert sums["Part of Hygeia"] == "₦80.00"
    assert sums["Part of the patient"] == "₦20.00"
    assert drawn["sums"][-1] == ("Of it the patient still pays", "₦20.00")


def test_what_was_given_back_to_the_insurance_is_not_its_part_any_more() -> None:
    claim = claimed("100", state="paid")
    services.credit_invoice(claim.invoice, by=None, key="c", amount=Decimal(30), reason="Not done")
    services.refund_payment(claim.payment, by=None, key="r", amount=Decimal(30), method="insurance")
    split = Claim.objects.of(Invoice.objects.with_paid().get(pk=claim.invoice_id))
    assert ([one.part for one in split.claims], split.patient) == ([70], 0)


def test_a_claim_that_was_not_sent_is_withdrawn(desk: Any) -> None:
    claim = claimed()
    assert "the patient owes its part" in step(desk, "withdraw_claim", claim)
    assert Claim.objects.get().status == "withdrawn"
    sent = claimed(state="sent")
    assert "no longer possible" in step(desk, "withdraw_claim", sent)


def test_administrators_see_claims_in_their_admin(client_for: Callable[..., Any]) -> None:
    claim = brought(claimed(), "sent")
    browser = client_for(with_login(StaffFactory(role=Role.ADMIN)))
    assert "₦80.00" in text(browser.get(reverse("admin:billing_claim_changelist")))
    page = browser.get(reverse("admin:billing_claim_change", args=[claim.pk]))
    assert page.status_code == 200
    assert 'name="_save"' not in text(page)
