"""The pages of the books: what they show, what they take, and what they say when it is refused."""

import csv
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.members.roles import Role
from billing.books.models import BookEntry, BooksPolicy, Category, ClosedMonth
from billing.books.models.months import month_after, month_of
from billing.books.services import close_month, void_entry
from tests.billing.books.factories import category, entered, taxed
from tests.billing.factories import issued, pay
from tests.conftest import ClinicClient
from tests.people import StaffFactory, with_login
from tests.records.documents.factories import PDF

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client_for: Callable[..., ClinicClient]) -> ClinicClient:
    return client_for(with_login(StaffFactory(role=Role.ADMIN)))


def at(name: str, *args: Any) -> str:
    return reverse(f"books:{name}", "clinic.urls", args)


def typed(**changed: Any) -> dict[str, Any]:
    facts = {"category": category().pk, "booked_on": "2026-10-05", "amount": "1200.50", "method": "transfer"}
    return {**facts, "description": "October", **changed}


def test_an_entry_with_its_receipt_is_typed_found_and_voided(admin: ClinicClient) -> None:
    receipt = SimpleUploadedFile("receipt.pdf", PDF)
    answer = admin.send(at("add_entry"), typed(uploads=receipt))
    entry = BookEntry.objects.get()
    assert answer["Location"] == at("entry", entry.pk)
    assert (entry.amount, entry.booked_on, entry.entered_by.role) == (
        Decimal("1200.5"),
        date(2026, 10, 5),
        "admin",
    )
    page = admin.get(at("entry", entry.pk)).content.decode()
    assert "receipt.pdf" in page
    file = admin.get(at("entry_file", entry.files.get().pk))
    assert (file.content, file["Content-Disposition"]) == (PDF, 'attachment; filename="receipt.pdf"')
    assert "why" not in admin.send(at("void_entry", entry.pk), {"reason": ""}).headers.get("Location", "")
    assert admin.send(at("void_entry", entry.pk), {"reason": "Twice"})["Location"] == at("entry", entry.pk)
    assert "Twice" in admin.get(at("entry", entry.pk)).content.decode()
    assert "Void…" not in admin.get(at("entry", entry.pk)).content.decode()


def test_what_is_refused_stays_as_it_was_typed(admin: ClinicClient) -> None:
    close_month(by=None, month=date(2026, 10, 1))
    page = admin.send(at("add_entry"), typed(description="The bill of October")).content.decode()
    assert "The books of this month are closed." in page
    assert "The bill of October" in page
    assert not BookEntry.objects.exists()


def test_the_same_form_sent_twice_is_one_entry(admin: ClinicClient) -> None:
    form = typed(idempotency_key="the same")
    answers = [admin.post(at("add_entry"), form) for _time in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert BookEntry.objects.count() == 1


def test_only_administrators_see_the_books(client_for: Callable[..., ClinicClient]) -> None:
    desk = client_for(with_login(StaffFactory(role=Role.RECEPTIONIST)))
    entered()
    assert desk.get(at("entry_list")).status_code == 403
    assert not BookEntry.objects.visible_to(StaffFactory()).exists()
    assert BookEntry.objects.visible_to(StaffFactory(role=Role.ADMIN)).exists()


@pytest.fixture
def filled() -> dict[str, BookEntry]:
    pay(issued("100"), "100")
    entries = {
        "october": entered("10", on=date(2026, 10, 1), description="October"),
        "parking": entered("20", category=category("income", "Parking"), description="Parking lot"),
        "void": entered("40", description="Twice"),
    }
    void_entry(entries["void"], by=None, reason="Twice")
    return entries


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["INV-00001", "October", "Parking lot", "Twice"]),
        ("?what=income", ["INV-00001", "Parking lot"]),
        ("?what=expense", ["October", "Twice"]),
        ("?what={rent}", ["October", "Twice"]),
        ("?what=nonsense", ["INV-00001", "October", "Parking lot", "Twice"]),
        ("?q=parking", ["Parking lot"]),
        ("?q=inv-", ["INV-00001"]),
        ("?last=2026-10-31", ["October"]),
        ("?first=2026-11-01&what=expense", ["Twice"]),
        ("?first=when", ["INV-00001", "October", "Parking lot", "Twice"]),
        ("?q=nothing%20of%20this", []),
    ],
)
def test_the_list_and_the_file_show_what_was_asked_for(
    admin: ClinicClient, filled: Any, asked: str, found: list[str]
) -> None:
    asked = asked.format(rent=category().pk)
    shown = admin.get(at("entry_list") + asked).context["page_obj"]
    assert sorted(entry.description for entry in shown) == found
    file = admin.get(f"{at('export_entries')}{asked or '?'}&format=csv").content.decode("utf-8-sig")
    assert sorted(row["Description"] for row in csv.DictReader(io.StringIO(file, newline=""))) == found


def test_the_sums_leave_out_what_was_voided(admin: ClinicClient, filled: Any) -> None:
    assert admin.get(at("entry_list")).context["sums"] == {"income": 120, "expenses": 10, "result": 110}
    file = admin.get(f"{at('export_entries')}?format=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file, newline="")))
    assert sum(Decimal(row["Amount"] or 0) for row in rows) == 110
    assert [row["Voided"].partition(", voided")[0] for row in rows if row["Voided"]] == ["₦40.00"]


@pytest.mark.parametrize(("kind", "begins"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")])
@pytest.mark.parametrize("by", ["", "categories", "doctors", "services"])
def test_a_report_is_a_page_and_a_file(
    admin: ClinicClient, filled: Any, by: str, kind: str, begins: bytes
) -> None:
    page = admin.get(f"{at('profit_and_loss')}?by={by}")
    assert page.context["asked"].report.total.turnover == 120
    file = admin.get(f"{at('export_report')}?by={by}&format={kind}")
    assert file.content.startswith(begins)
    assert file["Content-Disposition"].startswith("attachment")


def test_a_cell_that_begins_like_a_formula_is_text_in_the_files(admin: ClinicClient) -> None:
    entered("5", description="=1+1")
    file = admin.get(f"{at('export_entries')}?format=csv").content.decode()
    assert "'=1+1" in file
    assert ",-5.00,0.00,-5.00," in file


@pytest.mark.parametrize("page", ["export_entries", "export_report"])
@pytest.mark.parametrize("kind", ["", "exe"])
def test_there_is_no_other_kind_of_file(admin: ClinicClient, page: str, kind: str) -> None:
    assert admin.get(f"{at(page)}?format={kind}").status_code == 404


@pytest.mark.parametrize(
    ("asked", "turnover"),
    [
        ("?by=services&month=2026-10-01", 0),
        ("?by=services&month=nonsense", 100),
        ("?year=2010", 0),
        ("?year=x", 100),
    ],
)
def test_a_report_is_about_the_period_asked_for(admin: ClinicClient, asked: str, turnover: int) -> None:
    pay(taxed(("100", "10")), "110")
    assert admin.get(at("profit_and_loss") + asked).context["asked"].report.total.turnover == turnover


def test_a_month_is_closed_and_opened_again(admin: ClinicClient) -> None:
    last = month_after(month_of(timezone.localdate()), -1)
    page = admin.get(at("month_list")).context["months"]
    assert [month.is_over for month in page[:2]] == [False, True]
    assert admin.send(at("close_month"), {"month": last.isoformat()})["Location"] == at("month_list")
    assert "closed already" in admin.send(at("close_month"), {"month": last.isoformat()}).content.decode()
    closed = ClosedMonth.objects.get()
    admin.send(at("reopen_month", closed.pk), {"reason": "A bill was found"})
    closed.refresh_from_db()
    assert (closed.reopen_reason, closed.reopened_by.role) == ("A bill was found", "admin")


def test_the_fiscal_year_is_chosen(admin: ClinicClient) -> None:
    assert admin.send(at("update_books_policy"), {"year_starts": "4"})["Location"] == at("profit_and_loss")
    assert BooksPolicy.objects.get().year_starts == 4
    assert "2026/27" in admin.get(at("profit_and_loss") + "?year=2026").content.decode()


def test_categories_are_made_renamed_retired_and_brought_back(admin: ClinicClient) -> None:
    assert "Make the usual categories" in admin.get(at("category_list")).content.decode()
    assert "Categories first" in admin.get(at("add_entry")).content.decode()
    admin.send(at("add_usual_categories"))
    assert "already" in admin.send(at("add_category"), {"kind": "expense", "name": "rent"}).content.decode()
    admin.send(at("add_category"), {"kind": "income", "name": "Parking"})
    own = Category.objects.get(name="Parking")
    admin.send(at("update_category", own.pk), {"name": "Parking lot"})
    admin.send(at("retire_category", own.pk))
    own.refresh_from_db()
    assert (own.name, own.is_retired) == ("Parking lot", True)
    assert "Parking lot" not in admin.get(at("add_entry")).content.decode()
    admin.send(at("restore_category", own.pk))
    assert "Parking lot" in admin.get(at("add_entry")).content.decode()
