"""What the clinic says in its own words: what it may say, what goes out, what stays on record."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from django.urls import reverse
from django_tenants.utils import tenant_context

from accounts.members.roles import Role
from clinic.languages import languages
from clinic.models import Refusal
from clinic.notifications.kinds import KINDS
from clinic.notifications.models import OutboxMessage
from clinic.notifications.sms import segments
from clinic.texts import services
from clinic.texts.composing import compose, stored
from clinic.texts.models import MessageText, parts_of
from clinic.texts.samples import preview
from clinic.texts.wordings import PLACEHOLDERS, WORDINGS, Wording
from scheduling.services import book_appointment
from tenants.models import Organization
from tests.conftest import ClinicClient
from tests.databases import rows
from tests.people import PatientFactory, StaffFactory, with_login
from tests.scheduling.factories import doctor_with_hours, free_times

database = pytest.mark.django_db
REMINDER, BOOKED = WORDINGS["reminder"], WORDINGS["appointment_booked"]
HERE = {"kind": "appointment_booked", "channel": "email", "language": "en"}
# About log-ins: what opens something is worded by us alone.
OURS = {
    *("invitation", "email_confirmation", "email_confirmation_signup", "password_reset_key"),
    *("unknown_account", "account_already_exists"),
}


@pytest.fixture
def admin(client_for: Callable[..., ClinicClient]) -> ClinicClient:
    return client_for(with_login(StaffFactory(role=Role.ADMIN)))


def said(wording: Wording, channel: str = "email", language: str = "en", seen: int = 0, **words: str) -> Any:
    return services.update_message_text(
        wording, by=None, channel=channel, language=language, seen=seen, **words
    )


def letter_of_a_visit(**facts: Any) -> OutboxMessage:
    doctor = doctor_with_hours()
    patient = PatientFactory(**{"email": "ada@people.example", **facts})
    starts_at = free_times(doctor)[0].starts_at
    visit = book_appointment(
        by=None, doctor=doctor, patient=patient, starts_at=starts_at, reason="canary-reason"
    )
    return OutboxMessage.objects.get(about_id=visit.pk, kind="appointment_booked")


def here(name: str = "update_message_text", **other: str) -> str:
    query = "&".join(f"{key}={value}" for key, value in {**HERE, **other}.items())
    return f"{reverse(f'texts:{name}')}?{query}"


@database
def test_a_letter_says_the_clinics_words_around_the_facts_that_are_ours() -> None:
    said(
        BOOKED,
        subject="{clinic}: {date}",
        opening="Dear {patient},\n{doctor} sees you at {time}.",
        closing="Call {phone}.",
    )
    letter = letter_of_a_visit()
    assert letter.subject.startswith("Acme Family Clinic: ")
    assert "Dear " in letter.body
    assert "Your visit is booked." not in letter.body
    assert letter.body.index("Dear ") < letter.body.index("/visit/") < letter.body.index("Call ")
    assert "canary" not in letter.subject + letter.body


@database
def test_only_the_language_that_was_worded_says_it() -> None:
    said(BOOKED, opening="Good news.")
    assert "Good news." in letter_of_a_visit().body
    french = letter_of_a_visit(email="fr@people.example", language="fr")
    assert "Good news." not in french.body
    assert french.subject.startswith("Votre rendez-vous")


@database
def test_a_clinic_without_own_words_is_asked_for_none(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert stored("appointment_booked", "email") == {}
    said(REMINDER, opening="See you.")
    with django_assert_num_queries(0):
        assert stored("appointment_booked", "email") == {}


@database
def test_a_text_message_is_worded_whole() -> None:
    said(BOOKED, "sms", text="{date} {time}, {doctor}: {link}")
    message = letter_of_a_visit(email="", phone="+2348031234567")
    assert message.channel == "sms"
    assert "Acme" not in message.body
    assert "/visit/" in message.body


@database
def test_a_parent_is_told_whose_visit_it_is(acme: Any) -> None:
    said(BOOKED, "sms", text="{date} {time}: {link}")
    child = SimpleNamespace(pk=1, member=SimpleNamespace(name="Tom Nowak", given_name="Tom"))
    context = {"clinic": acme, "patient": child, "reader": SimpleNamespace(pk=2)}
    _subject, to_parent = compose("appointment_booked", "sms", "", context, "en")
    assert to_parent.startswith("Tom Nowak: ")
    _subject, to_self = compose("appointment_booked", "sms", "", {**context, "reader": child}, "en")
    assert "Tom" not in to_self


@database
def test_what_a_name_stands_for_is_no_name_again_and_no_template(acme: Any) -> None:
    said(BOOKED, opening="Dear {patient}")
    name = "{link} {% now 'Y' %} {{ clinic.schema_name }}"
    letter = letter_of_a_visit(given_name=name)
    assert f"Dear {name}" in letter.body
    assert acme.schema_name not in letter.body


@pytest.mark.parametrize(
    ("wording", "words", "part", "sentence"),
    [
        (BOOKED, {"opening": "You have {reason}."}, "opening", "{reason} means nothing here"),
        (BOOKED, {"subject": "For {patient}"}, "subject", "{patient} means nothing here"),
        (BOOKED, {"closing": "{% now %}"}, "closing", "Braces"),
        (BOOKED, {"closing": "{{ clinic.schema_name }}"}, "closing", "Braces"),
        (BOOKED, {"opening": "{"}, "opening", "Braces"),
        (BOOKED, {"text": "See you on {date} at {time}."}, "text", "{link}"),
        (WORDINGS["time_offered"], {"opening": "A time is free."}, "opening", "{until}"),
        (WORDINGS["series_booked"], {"opening": "Booked."}, "opening", "{doctor}"),
        (WORDINGS["payment_reminder"], {"text": "Please pay."}, "text", "{number}, {due}, {amount}"),
    ],
)
def test_what_could_not_be_said_is_refused_beside_its_part(
    wording: Wording, words: dict[str, str], part: str, sentence: str
) -> None:
    with pytest.raises(Refusal) as refused:
        services.check_words(wording, words)
    assert refused.value.field == part
    assert sentence in str(refused.value.message)


@database
def test_the_page_refuses_beside_the_field_and_keeps_what_was_typed(admin: ClinicClient) -> None:
    page = admin.send(here(), {"seen": 0, "subject": "For {patient}", "opening": "Hello"}).content.decode()
    assert "{patient} means nothing here" in page
    assert 'id="error_1_id_subject"' in page
    assert "Hello" in page
    assert not MessageText.objects.exists()


@database
def test_words_are_looked_at_before_they_are_saved(admin: ClinicClient) -> None:
    page = admin.send(here(), {"seen": 0, "opening": "Come on {date}.", "preview": "1"})
    assert page.status_code == 200
    assert "Come on " in page.context["preview"].body
    assert "{date}" not in page.context["preview"].body
    assert not MessageText.objects.exists()
    wrong = admin.send(here() + "&preview=1", {"seen": 0, "opening": "Come on {day}."})
    assert "{day} means nothing here" in wrong.content.decode()
    admin.send(here() + "&preview=1", {"seen": 0, "opening": "Come on {date}."})
    assert not MessageText.objects.exists()


@database
def test_each_change_is_a_version_with_its_author_and_ours_come_back(acme: Any, admin: ClinicClient) -> None:
    assert admin.send(here(), {"seen": 0, "opening": "First."}).status_code == 302
    assert admin.send(here(), {"seen": 1, "opening": "Second."}).status_code == 302
    assert Organization.objects.get(pk=acme.pk).own_texts == ["appointment_booked/email/en"]
    assert "Second." in admin.get(here()).content.decode()
    assert admin.send(here("use_standard_text")).status_code == 302
    assert Organization.objects.get(pk=acme.pk).own_texts == []
    versions = MessageText.objects.order_by("version").values_list("version", "opening", "author")
    assert [(number, words) for number, words, _author in versions] == [
        (1, "First."),
        (2, "Second."),
        (3, ""),
    ]
    assert all(author.startswith("Bola") for _number, _words, author in versions)
    assert "Your visit is booked." in letter_of_a_visit().body


@database
def test_who_changed_what_another_has_changed_since_is_told(admin: ClinicClient) -> None:
    said(BOOKED, opening="First.")
    page = admin.send(here(), {"seen": 0, "opening": "Mine."}).content.decode()
    assert "Somebody else has just changed this text" in page
    assert "Mine." in page
    assert MessageText.objects.count() == 1


@database
def test_no_version_is_left_out() -> None:
    with pytest.raises(Refusal, match="Somebody else"):
        said(BOOKED, seen=3, opening="Fourth.")


@database
def test_what_was_said_is_never_changed_not_even_in_the_database() -> None:
    said(BOOKED, opening="First.")
    for change in ("UPDATE texts_messagetext SET opening = ''", "DELETE FROM texts_messagetext"):
        with pytest.raises(DatabaseError, match="stays on record"), transaction.atomic():
            rows(change)


@database
@pytest.mark.parametrize(
    "facts",
    [
        {"channel": "email", "text": "A text"},
        {"channel": "sms", "opening": "An opening"},
        {"channel": "email", "subject": "Two\nlines"},
    ],
)
def test_a_letter_has_paragraphs_and_a_text_message_one_text(facts: dict[str, str]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        MessageText(kind="reminder", language="en", version=1, **facts).save()


@database
def test_no_clinic_speaks_with_anothers_words(acme: Any, beta: Any) -> None:
    said(BOOKED, opening="Acme's own.")
    with tenant_context(beta):
        assert not MessageText.objects.exists()
        assert "Acme's own." not in letter_of_a_visit().body


@database
def test_every_message_to_patients_can_be_worded_and_looked_at_in_every_language(admin: ClinicClient) -> None:
    assert set(WORDINGS) | OURS <= set(KINDS)
    patients = {path.stem for path in _templates()} - {
        "frame",
        "greeting",
        "series",
        "changes",
        "links",
        "sums",
    }
    assert patients == set(WORDINGS)
    for wording in WORDINGS.values():
        for channel in wording.channels:
            for language, _name in languages():
                ours = preview(wording, channel, language, {})
                assert "Ada" in ours.body or channel == "sms"
                for part in parts_of(channel):
                    every = " ".join(f"{{{name}}}" for name in wording.names_in(part))
                    own = preview(wording, channel, language, {part: f"Own {every} words"})
                    assert "Own " in own.subject + own.body, (wording.kind, part)
                    assert "{" not in own.subject + own.body, (wording.kind, part)
    page = admin.get(reverse("texts:message_text_list"), {"language": "fr"}).content.decode()
    assert all(str(wording.label) in page for wording in WORDINGS.values())


def _templates() -> list[Any]:
    home = Path(settings.BASE_DIR) / "templates"
    return [path for room in ("scheduling", "billing") for path in home.glob(f"{room}/*/*.txt")]


def test_no_name_tells_why_somebody_is_seen() -> None:
    clinical = {"reason", "type", "kind", "notes", "diagnos", "medicine", "consultation", "record"}
    for name, placeholder in PLACEHOLDERS.items():
        assert not any(word in f"{name} {placeholder.says}".lower() for word in clinical), name


@database
@pytest.mark.parametrize("other", [{"kind": "invitation"}, {"channel": "fax"}, {"language": "xx"}])
def test_a_text_that_does_not_exist_is_a_404(other: dict[str, str], admin: ClinicClient) -> None:
    assert admin.get(here(**other)).status_code == 404
    assert admin.send(here("use_standard_text", **other)).status_code == 404


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("я" * 70, 1),
        ("я" * 71, 2),
        ("€" * 81, 2),
    ],
)
def test_a_long_text_is_several_messages(text: str, messages: int) -> None:
    assert segments(text) == messages
