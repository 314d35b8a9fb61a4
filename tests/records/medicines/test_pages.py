"""The pages of medicines: what the check knows, and the clinic's own lists loaded from files."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.members.roles import Role
from records.medicines.models import ClinicMedicineName, ClinicSubstance
from tests.people import DoctorFactory, StaffFactory, with_login
from tests.records.medicines.test_loading import HEADS, XYZOLIN, load

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]
LOAD = reverse("medicines:load_medicines")


@pytest.fixture
def admin(client_for: Browser) -> Any:
    return client_for(with_login(StaffFactory(role=Role.ADMIN)))


def test_a_file_is_looked_at_and_then_loaded(admin: Any) -> None:
    file = SimpleUploadedFile("list.csv", b"\xef\xbb\xbf" + XYZOLIN.encode())
    looked = admin.send(LOAD, {"file": file})
    assert "Xyzolin" in looked.content.decode()
    assert len(looked.context["changes"].new) == 1
    assert not ClinicSubstance.objects.exists()
    text = looked.context["form"].initial["text"]
    assert admin.send(LOAD, {"text": text, "then": "load"})["Location"] == reverse("medicines:medicine_lists")
    assert ClinicSubstance.objects.get().name == "Xyzolin"
    again = admin.send(LOAD, {"text": text})
    assert "the list says this already" in again.content.decode()


@pytest.mark.parametrize("then", ["", "load"])
def test_wrong_lines_are_named_and_the_text_stays_to_be_mended(admin: Any, then: str) -> None:
    page = admin.send(LOAD, {"text": XYZOLIN + "Foo,potion,,,,Us\n", "then": then})
    assert page.status_code == 200
    assert "Line 3" in page.content.decode()
    assert "Foo,potion" in page.content.decode()
    assert not ClinicSubstance.objects.exists()


@pytest.mark.parametrize(
    ("file", "why"),
    [(b"\xff\xfe\x00", "UTF-8"), (b"x" * 1_000_001, "1 MB"), (b"", "empty"), (None, "Choose a file")],
)
def test_what_is_no_list_is_said_beside_the_field(admin: Any, file: bytes | None, why: str) -> None:
    sent = {} if file is None else {"file": SimpleUploadedFile("list.csv", file)}
    page = admin.send(LOAD, sent)
    assert why in str(page.context["form"].errors["file"])


def test_a_list_is_downloaded_as_the_file_it_is_loaded_from(admin: Any) -> None:
    load("substances", XYZOLIN)
    load("names", HEADS["names"] + "=Xyzo,Xyzolin + Zinc,Us\n")
    answer = admin.get(reverse("medicines:medicine_file"))
    assert answer["Content-Type"].startswith("text/csv")
    assert answer.content.decode().replace("\r", "") == (
        HEADS["substances"] + "Xyzolin,medicine,nsaids,,,Our formulary\n"
    )
    names = admin.get(reverse("medicines:medicine_file") + "?list=names").content.decode()
    assert "'=Xyzo,xyzolin + zinc,Us" in names
    load("names", names)
    assert ClinicMedicineName.objects.get().key == "xyzo"
    assert admin.get(reverse("medicines:medicine_file") + "?list=nothing").status_code == 404


def test_a_doctor_asks_what_the_check_knows(client_for: Browser) -> None:
    browser = client_for(with_login(DoctorFactory()))
    page = reverse("medicines:medicine_lists")
    assert "Clavulanic acid" in browser.get(page, {"medicine": "Augmentin 625 mg"}).content.decode()
    assert "xyzolin" in browser.get(page, {"medicine": "Ibuprofen + Xyzolin"}).content.decode()
    assert "Nobody knows" in browser.get(page, {"medicine": "Xyzolin"}).content.decode()
    assert LOAD not in browser.get(page).content.decode()
    assert browser.get(LOAD).status_code == 403
