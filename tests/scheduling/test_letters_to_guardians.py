"""What a child without an e-mail address is told reaches those who act for the child, each in one letter."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from accounts.members.models import Guardianship, Member, PatientProfile
from accounts.members.services import add_guardian, find_or_register_patient, update_patient
from billing.services.letters import address_of
from clinic.inbox.models import Notification
from clinic.models import Refusal
from clinic.notifications.models import OutboxMessage
from scheduling import emails, services
from tests.people import PatientFactory, StaffFactory, with_login
from tests.scheduling.factories import in_state

pytestmark = pytest.mark.django_db

BORN = datetime.date(2018, 3, 9)


@pytest.fixture
def tom() -> PatientProfile:
    return PatientFactory(given_name="Tom", family_name="Nowak", date_of_birth=BORN)


def parent(tom: PatientProfile, name: str, *, seen: bool = True, **contact: Any) -> Member:
    """A guardian of Tom's, with this contact."""
    person = PatientFactory(given_name=name, family_name="Nowak", **contact).member
    made: Guardianship = add_guardian(tom, by=None, guardian=person, relation="parent", papers_seen=seen)
    return made.guardian


def test_both_parents_get_the_letter_and_it_names_the_child(tom: PatientProfile) -> None:
    parent(tom, "Anna", email="anna@people.example")
    parent(tom, "Jan", email="jan@people.example")
    visit = in_state("booked", patient=PatientProfile.objects.with_people().get(pk=tom.pk))
    assert emails.tell("reminder", visit)
    assert not emails.tell("reminder", visit)
    told = OutboxMessage.objects.filter(kind="reminder").order_by("recipient")
    assert [letter.recipient for letter in told] == ["anna@people.example", "jan@people.example"]
    assert "Hello Anna," in told[0].body
    assert "This is about Tom Nowak." in told[0].body
    assert "mailto:jan@people.example" in told[1].calendar.replace("\r\n ", "")
    assert {letter.member_id for letter in told} == {tom.pk}


def test_parents_who_share_a_mailbox_get_one_letter(tom: PatientProfile) -> None:
    parent(tom, "Anna", email="nowak@people.example")
    parent(tom, "Jan", email="nowak@people.example")
    assert emails.tell("reminder", in_state("booked", patient=tom))
    assert OutboxMessage.objects.filter(kind="reminder").count() == 1


def test_a_child_with_an_own_address_is_told_alone(tom: PatientProfile) -> None:
    parent(tom, "Anna", email="anna@people.example")
    update_patient(tom, by=StaffFactory(), email="tom@people.example")
    visit = in_state("booked", patient=PatientProfile.objects.with_people().get(pk=tom.pk))
    emails.tell("reminder", visit)
    (letter,) = OutboxMessage.objects.filter(kind="reminder")
    assert letter.recipient == "tom@people.example"
    assert "This is about" not in letter.body


def test_a_guardian_with_a_mobile_only_gets_a_text_message_that_names_the_child(tom: PatientProfile) -> None:
    parent(tom, "Anna", phone="+2348031234567")
    emails.tell("reminder", in_state("booked", patient=tom))
    (message,) = OutboxMessage.objects.filter(kind="reminder")
    assert (message.channel, message.recipient) == ("sms", "+2348031234567")
    assert "Tom Nowak: " in message.body


def test_who_acts_no_more_is_told_no_more(tom: PatientProfile) -> None:
    anna = parent(tom, "Anna", email="anna@people.example")
    Guardianship.objects.filter(guardian=anna).update(ended_at=timezone.now(), ending="ended")
    emails.tell("reminder", in_state("booked", patient=tom))
    assert OutboxMessage.objects.get(kind="reminder").recipient == ""


def test_papers_about_money_go_only_to_guardians_whose_papers_were_seen(tom: PatientProfile) -> None:
    parent(tom, "Anna", seen=False, email="anna@people.example")
    with pytest.raises(Refusal, match="no e-mail address"):
        address_of(tom)
    tom.member.acted_by = None
    parent(tom, "Jan", email="jan@people.example")
    assert address_of(tom) == "jan@people.example"


def test_what_failed_is_sent_again_to_the_same_guardian(tom: PatientProfile) -> None:
    parent(tom, "Anna", email="anna@people.example")
    parent(tom, "Jan", email="jan@people.example")
    emails.tell("reminder", in_state("booked", patient=tom))
    letter = OutboxMessage.objects.get(kind="reminder", recipient="jan@people.example")
    for status, error in (("sending", ""), ("failed", "550")):
        OutboxMessage.objects.filter(pk=letter.pk).update(status=status, error=error)
    again = services.requeue_message(letter, by=None)
    assert again.recipient == "jan@people.example"


def test_booked_by_the_mothers_contact_the_childs_own_file_is_found(tom: PatientProfile) -> None:
    parent(tom, "Anna", email="anna@people.example", phone="+2348031234567")
    asked = {"given_name": "Tom", "family_name": "Nowak", "date_of_birth": BORN}
    assert find_or_register_patient(**asked, email="anna@people.example") == tom
    assert find_or_register_patient(**asked, phone="+2348031234567") == tom
    twin = find_or_register_patient(**{**asked, "given_name": "Tim"}, email="anna@people.example")
    assert twin != tom


def test_what_is_told_within_the_site_waits_for_the_guardian(client_for: Any, tom: PatientProfile) -> None:
    anna = with_login(parent(tom, "Anna"))
    visit = in_state("booked", patient=PatientProfile.objects.with_people().get(pk=tom.pk))
    services.cancel_appointment(visit, by=StaffFactory(), reason="The doctor is ill")
    (told,) = Notification.objects.filter(member=tom.pk)
    assert told.kind == "your_visit_cancelled"
    page = client_for(anna).get("/portal/").content.decode()
    assert "1 unread" in page
