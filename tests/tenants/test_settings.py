"""What a clinic's administrator sets for the whole clinic."""

import itertools
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils.translation import get_language, get_language_info
from django_tenants.utils import tenant_context
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from accounts.members.roles import Role, allows
from clinic.audit.models import AuditEvent
from clinic.colours import LEGIBLE, WHITE, contrast, ink_for_paper, ink_on
from clinic.languages import languages, speaking
from clinic.models import Refusal
from clinic.pdf import letterhead, render_pdf
from tenants import directory
from tenants.models import Logo, Organization
from tenants.settings import services
from tenants.settings.overview import OVERVIEW
from tests.conftest import ClinicClient
from tests.people import StaffFactory, with_login
from tests.scheduling.factories import AppointmentFactory
from tests.sweeps.pages import CLINIC, pages

database = pytest.mark.django_db


@pytest.fixture
def admin(client_for: Callable[..., ClinicClient]) -> ClinicClient:
    return client_for(with_login(StaffFactory(role=Role.ADMIN)))


def picture(
    size: tuple[int, int] = (900, 300), kind: str = "PNG", mode: str = "RGB", **told: Any
) -> SimpleUploadedFile:
    drawn = BytesIO()
    Image.new(mode, size, "#0f766e").save(drawn, kind, **told)
    return SimpleUploadedFile(f"logo.{kind.lower()}", drawn.getvalue())


def stored(acme: Any) -> Organization:
    return Organization.objects.get(pk=acme.pk)


def last_entry() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return AuditEvent.objects.latest("id").reason


CONTACT = {"name": "Acme", "address": "3 Marina Road", "phone": "+234 1", "email": "desk@acme.example"}


@database
def test_the_contact_is_corrected_by_the_clinic_itself_and_entered_in_its_trail(
    acme: Any, admin: ClinicClient
) -> None:
    to = reverse("settings:update_contact")
    answer = admin.send(to, {**CONTACT, "latitude": "6.454070", "longitude": "3.394670"})
    assert (answer.status_code, answer["Location"]) == (302, to)
    now = stored(acme)
    assert (now.name, now.phone, str(now.latitude)) == ("Acme", "+234 1", "6.454070")
    assert "name: Acme Family Clinic → Acme" in last_entry()
    assert "3 Marina Road" in admin.get(reverse("settings:overview")).content.decode()


@database
def test_one_coordinate_alone_is_refused_and_what_was_typed_is_kept(acme: Any, admin: ClinicClient) -> None:
    page = admin.send(reverse("settings:update_contact"), {**CONTACT, "latitude": "6.454070"})
    assert page.status_code == 200
    assert "Give both coordinates or neither." in page.content.decode()
    assert "6.454070" in page.content.decode()
    assert stored(acme).name == acme.name


@database
def test_the_overview_leads_to_every_page_there_is(admin: ClinicClient) -> None:
    page = admin.get(reverse("settings:overview")).content.decode()
    every = [setting for _title, settings in OVERVIEW for setting in settings]
    assert {setting.page for setting in every} <= {known.name for known in pages(CLINIC)}
    assert all(allows(Role.ADMIN, setting.permission) for setting in every)
    assert all(f'href="{reverse(setting.page)}"' in page for setting in every)


@database
def test_a_logo_is_its_pixels_alone_and_shown_on_pages_and_papers(acme: Any, admin: ClinicClient) -> None:
    told = PngInfo()
    told.add_text("Author", "Eve")
    to = reverse("settings:update_brand")
    assert admin.send(to, {"brand_colour": "#AA0000", "picture": picture(pnginfo=told)}).status_code == 302
    now = stored(acme)
    assert now.brand_colour == "#aa0000"
    address = reverse("settings:logo", args=[f"{now.logo}.png"])
    answer = admin.get(address)
    assert answer["Content-Type"] == "image/png"
    assert "immutable" in answer["Cache-Control"]
    assert b"Eve" not in answer.content
    assert Image.open(BytesIO(answer.content)).size == (640, 213)
    assert address in admin.get(reverse("settings:overview")).content.decode()
    sheet = render_pdf("settings/sheet.typ", {"title": "Sheet", "clinic": letterhead(now)})
    assert b"/Image" in sheet
    admin.send(reverse("settings:remove_logo"))
    assert stored(acme).logo == ""
    assert address not in admin.get(reverse("settings:overview")).content.decode()
    assert admin.get(address).status_code == 200, "open pages still ask for it"


@database
@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (SimpleUploadedFile("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "no PNG or JPEG"),
        (SimpleUploadedFile("logo.png", b"\x89PNG\r\n\x1a\nbroken"), "no PNG or JPEG"),
        (picture((8000, 6000), mode="1"), "too many pixels"),
        (SimpleUploadedFile("logo.png", b"0" * (5 * 1024 * 1024 + 1)), "larger than 5 MB"),
    ],
    ids=["svg", "broken", "pixels", "bytes"],
)
def test_what_is_no_picture_is_refused_beside_the_field(
    upload: SimpleUploadedFile, sentence: str, acme: Any, admin: ClinicClient
) -> None:
    upload.seek(0)
    page = admin.send(reverse("settings:update_brand"), {"brand_colour": "#0f766e", "picture": upload})
    assert sentence in page.content.decode()
    assert 'id="error_1_id_picture"' in page.content.decode()
    assert stored(acme).logo == ""


@database
def test_a_logo_that_does_not_fit_is_drawn_smaller(acme: Any) -> None:
    noise = Image.effect_noise((640, 240), 90).convert("RGB")
    drawn = BytesIO()
    noise.save(drawn, "PNG")
    services.update_brand(
        acme, by=None, brand_colour="#0f766e", picture=SimpleUploadedFile("a.png", drawn.getvalue())
    )
    assert len(stored(acme).logo_content()) <= 200 * 1024


@database
def test_a_clinic_sees_and_adds_its_own_logos_only_and_changes_none(acme: Any, beta: Any) -> None:
    services.update_brand(acme, by=None, brand_colour="#0f766e", picture=picture())
    with tenant_context(beta):
        assert not Logo.objects.exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            Logo(organization_id=acme.pk, digest="a" * 64, content=b"").save()
    with tenant_context(acme), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Logo.objects.update(content=b"")
    connection.set_schema_to_public()
    with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        Logo.objects.update(content=b"")
    with pytest.raises(DatabaseError, match="organization_logo"), transaction.atomic():
        Organization.objects.filter(pk=acme.pk).update(logo="../../etc/passwd")


def test_every_colour_has_an_ink_that_is_read_on_it_and_on_paper() -> None:
    for parts in itertools.product(range(0, 256, 17), repeat=3):
        colour = "#{:02x}{:02x}{:02x}".format(*parts)
        assert contrast(ink_on(colour), colour) >= LEGIBLE, colour
        assert contrast(ink_for_paper(colour), WHITE) >= LEGIBLE, colour
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48, "WCAG's well-known example"


@database
def test_the_letterhead_stands_on_papers_and_the_bank_only_where_something_is_paid(
    acme: Any, admin: ClinicClient
) -> None:
    words = {
        "opening_words": "General practice",
        "registration": "RC 12345",
        "bank_details": "First Bank\r\nNGN 001",
        "footer_words": "Open every day",
    }
    assert admin.send(reverse("settings:update_letterhead"), words).status_code == 302
    now = stored(acme)
    head = letterhead(now)
    assert (head["words"], head["foot"], head["small"]) == (
        "General practice",
        "Open every day",
        ["RC 12345"],
    )
    assert letterhead(now, has_bank=True)["small"] == ["RC 12345", "First Bank · NGN 001"]
    assert admin.get(reverse("settings:letterhead_sheet"))["Content-Type"] == "application/pdf"


@database
def test_letters_go_out_in_the_languages_chosen_and_always_in_the_clinics_own(
    acme: Any, admin: ClinicClient
) -> None:
    to = reverse("settings:update_languages")
    assert admin.send(to, {"locale": "en_NG", "letter_languages": ["fr"]}).status_code == 302
    now = stored(acme)
    assert now.letter_languages == ["en", "fr"]
    with tenant_context(now):
        assert [code for code, _name in languages()] == ["en", "fr"]
        with speaking("de"):
            assert str(_hello()) == "English"
        with speaking("fr"):
            assert str(_hello()) == "français"


def _hello() -> str:
    return get_language_info(get_language() or "")["name_local"]


@database
def test_time_zone_and_currency_are_corrected_until_something_was_booked(
    acme: Any, beta: Any, admin: ClinicClient
) -> None:
    to = reverse("settings:update_place")
    assert admin.send(to, {"time_zone": "Africa/Accra", "currency": "GHS"}).status_code == 302
    assert (stored(acme).time_zone, stored(acme).currency) == ("Africa/Accra", "GHS")
    AppointmentFactory()
    page = admin.send(to, {"time_zone": "Africa/Lagos", "currency": "GHS"}).content.decode()
    assert "The time zone stays" in page
    assert 'id="error_1_id_time_zone"' in page
    page = admin.send(to, {"time_zone": "Africa/Accra", "currency": "NGN"}).content.decode()
    assert "The currency stays" in page
    # The platform's own login is refused as well, and nobody else's clinic is looked at.
    connection.set_schema_to_public()
    with pytest.raises(DatabaseError, match="The time zone stays"), transaction.atomic():
        Organization.objects.filter(pk=acme.pk).update(time_zone="Africa/Lagos")
    Organization.objects.filter(pk=beta.pk).update(time_zone="Europe/London")


@database
def test_what_the_platform_decides_a_clinic_does_not(acme: Any) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        services._set(acme, "any", {"status": "active"})
    with pytest.raises(Refusal):
        services.update_contact(acme, by=None, name="")
    directory.forget()
