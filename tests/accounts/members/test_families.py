"""A guardian acts for a child: in the child's place, seen by everybody, and never for longer than it runs."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.members import services
from accounts.members.models import Guardianship, Member, PatientProfile
from accounts.members.roles import Role
from clinic.db.current import connection
from clinic.models import Refusal
from clinic.notifications.models import OutboxMessage
from tests.people import PatientFactory, StaffFactory, with_login

pytestmark = pytest.mark.django_db

PARENT = {"relation": "parent"}


def years_ago(years: int, days: int = 100) -> datetime.date:
    today = timezone.localdate()
    return datetime.date(today.year - years, today.month, 1) - datetime.timedelta(days=days)


@pytest.fixture
def anna() -> Member:
    """A patient with a log-in: the mother."""
    return with_login(
        PatientFactory(given_name="Anna", family_name="Nowak", email="anna@people.example").member
    )


@pytest.fixture
def tom() -> PatientProfile:
    """Her son, who is eight and has neither log-in nor e-mail."""
    return PatientFactory(given_name="Tom", family_name="Nowak", date_of_birth=years_ago(8))


@pytest.fixture
def desk() -> Member:
    return with_login(StaffFactory())


@pytest.fixture
def family(anna: Member, tom: PatientProfile, desk: Member) -> Guardianship:
    """Entered at the desk, with the papers."""
    return services.add_guardian(tom, by=desk, guardian=anna, papers_seen=True, **PARENT)


def acting(client_for: Callable[..., Any], guardian: Member, child: PatientProfile) -> Any:
    """A browser in which the guardian goes on for the child."""
    client = client_for(guardian)
    assert client.send("/switch-role/", {"member": str(child.pk)}).status_code == 302
    return client


def test_a_guardian_goes_on_for_the_child_and_every_page_says_so(
    client_for: Any, anna: Member, tom: PatientProfile, family: Guardianship
) -> None:
    client = client_for(anna)
    assert "Go on for Tom Nowak" in client.get("/portal/").content.decode()
    client.send("/switch-role/", {"member": str(tom.pk)})
    page = client.get("/me/").content.decode()
    assert "You act for Tom Nowak." in page
    assert tom.number in page
    client.send("/switch-role/", {"member": str(anna.pk)})
    assert "You act for" not in client.get("/me/").content.decode()


def test_nobody_goes_on_for_a_stranger(client_for: Any, anna: Member, tom: PatientProfile) -> None:
    client = client_for(anna)
    assert client.send("/switch-role/", {"member": str(tom.pk)}).status_code == 404
    session = client.session
    session["member"] = str(tom.pk)
    session.save()
    assert tom.number not in client.get("/me/").content.decode()


def test_acting_costs_no_statement_more(
    client_for: Any, anna: Member, tom: PatientProfile, family: Guardianship, django_assert_num_queries: Any
) -> None:
    client = acting(client_for, anna, tom)
    client.get("/notifications/count/")
    with django_assert_num_queries(2):  # the session; the members with the user and the guardianship
        assert client.get(reverse("inbox:unread_count")).status_code == 200


def test_the_trail_names_who_acted_for_whom(
    client_for: Any, anna: Member, tom: PatientProfile, family: Guardianship, audit_trail: Any
) -> None:
    client = acting(client_for, anna, tom)
    audit_trail()
    with connection.cursor() as cursor:
        # As at the commit that ends the request in life, not the one that ends the test.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    form = {"phone": "+2348031234567", "email": "", "address_line": "1 Marina", "country": "NG"}
    assert client.send("/me/edit/", form).status_code == 302
    changed = next(entry for entry in audit_trail() if entry.table_name == "members_member")
    assert changed.actor_label == "Anna Nowak for Tom Nowak (patient)"
    assert changed.actor_id == str(anna.pk)
    assert changed.patient_id == tom.pk


def test_ended_at_the_desk_it_ends_at_the_next_request(
    client_for: Any, anna: Member, tom: PatientProfile, family: Guardianship, desk: Member
) -> None:
    client = acting(client_for, anna, tom)
    services.end_guardianship(family, by=desk, reason="The court decided otherwise")
    assert tom.number not in client.get("/me/").content.decode()
    assert client.send("/switch-role/", {"member": str(tom.pk)}).status_code == 404


@pytest.mark.parametrize("who", ["guardian", "child"])
def test_who_is_let_in_no_more_acts_for_nobody(
    client_for: Any, anna: Member, tom: PatientProfile, family: Guardianship, who: str
) -> None:
    client = acting(client_for, anna, tom)
    member = anna if who == "guardian" else tom.member
    services.change_member_status(member, by=None, status="suspended")
    answer = client.get("/me/")
    assert answer.status_code == (302 if who == "guardian" else 200)
    assert tom.number not in answer.content.decode()


def test_the_role_by_which_one_acts_has_to_be_let_in_itself(
    client_for: Any, anna: Member, tom: PatientProfile, family: Guardianship
) -> None:
    colleague = with_login(StaffFactory(), user=anna.user)
    services.change_member_status(anna, by=None, status="suspended")
    client = client_for(colleague)
    assert "Tom Nowak" not in client.get("/me/").content.decode()
    assert client.send("/switch-role/", {"member": str(tom.pk)}).status_code == 404


def test_the_eighteenth_birthday_ends_it_by_itself(
    client_for: Any, anna: Member, desk: Member, family: Guardianship, tom: PatientProfile
) -> None:
    assert family.ends_on == tom.date_of_birth.replace(year=tom.date_of_birth.year + 18)
    client = acting(client_for, anna, tom)
    noon = datetime.datetime.combine(family.ends_on, datetime.time(12), timezone.get_current_timezone())
    session = client.session
    session.set_expiry(20 * 365 * 86400)
    session.save()
    with time_machine.travel(noon - datetime.timedelta(days=1), tick=False):
        assert tom.number in client.get("/me/").content.decode()
    with time_machine.travel(noon, tick=False):
        assert tom.number not in client.get("/me/").content.decode()
        assert services.end_past_guardianships() == 1
    family.refresh_from_db()
    assert family.ending == "over"


def test_who_was_born_on_a_leap_day_is_of_age_on_the_first_of_march(anna: Member, desk: Member) -> None:
    child = PatientFactory(date_of_birth=datetime.date(2020, 2, 29))
    made = services.add_guardian(child, by=desk, guardian=anna, papers_seen=True, **PARENT)
    assert made.ends_on == datetime.date(2038, 3, 1)


def test_beyond_the_birthday_there_must_be_a_reason(family: Guardianship, desk: Member) -> None:
    later = family.ends_on + datetime.timedelta(days=1)
    with pytest.raises(Refusal, match="Say why it goes on"):
        services.extend_guardianship(family, by=desk, ends_on=later)
    extended = services.extend_guardianship(family, by=desk, ends_on=later, reason="Court order of 3 May")
    assert extended.ends_on == later


def test_an_adult_has_a_guardian_only_until_a_day_and_for_a_reason(anna: Member, desk: Member) -> None:
    adult = PatientFactory(date_of_birth=years_ago(40))
    with pytest.raises(Refusal, match="of age"):
        services.add_guardian(adult, by=desk, guardian=anna, **PARENT)
    until = timezone.localdate() + datetime.timedelta(days=365)
    with pytest.raises(Refusal, match="Say why"):
        services.add_guardian(adult, by=desk, guardian=anna, ends_on=until, **PARENT)
    made = services.add_guardian(adult, by=desk, guardian=anna, ends_on=until, reason="Dementia", **PARENT)
    assert made.is_running


def test_a_corrected_date_of_birth_moves_the_end(
    family: Guardianship, tom: PatientProfile, desk: Member
) -> None:
    services.update_patient(tom, by=desk, date_of_birth=years_ago(10))
    family.refresh_from_db()
    assert family.ends_on == years_ago(10).replace(year=years_ago(10).year + 18)
    services.update_patient(tom, by=desk, date_of_birth=years_ago(30))
    family.refresh_from_db()
    assert family.ending == "over"


def test_nobody_is_their_own_guardian(tom: PatientProfile, desk: Member) -> None:
    with pytest.raises(Refusal, match="own guardian"):
        services.add_guardian(tom, by=desk, guardian=tom.member, **PARENT)


def test_nobody_acts_for_those_who_act_for_them(family: Guardianship, anna: Member, desk: Member) -> None:
    until, reason = timezone.localdate() + datetime.timedelta(days=9), "A trial"
    lena = PatientFactory(date_of_birth=years_ago(5))
    services.add_guardian(
        lena, by=desk, guardian=family.dependant.member, ends_on=until, reason=reason, **PARENT
    )
    for child in (lena, family.dependant):
        with pytest.raises(Refusal, match="acts for this person"):
            services.add_guardian(
                anna.patient, by=desk, guardian=child.member, ends_on=until, reason=reason, **PARENT
            )


def test_the_same_two_are_entered_once_at_a_time(family: Guardianship, anna: Member, desk: Member) -> None:
    with pytest.raises(Refusal, match="already"):
        services.add_guardian(family.dependant, by=desk, guardian=anna, **PARENT)
    services.end_guardianship(family, by=desk, reason="By mistake")
    assert services.add_guardian(family.dependant, by=desk, guardian=anna, **PARENT).is_running


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.AGENT])
def test_staff_act_for_their_families_as_patients(tom: PatientProfile, desk: Member, role: str) -> None:
    with pytest.raises(Refusal, match="register the person as a patient"):
        services.add_guardian(tom, by=desk, guardian=StaffFactory(role=role), **PARENT)


@pytest.mark.parametrize(
    "change",
    [
        {"relation": "other"},
        {"ended_at": None, "ending": "", "end_reason": "", "ended_by": None},
    ],
)
def test_what_has_ended_stays_as_it_was(family: Guardianship, desk: Member, change: dict[str, Any]) -> None:
    services.end_guardianship(family, by=desk, reason="By mistake")
    with pytest.raises(IntegrityError, match="has ended stays"), transaction.atomic():
        Guardianship.objects.filter(pk=family.pk).update(**change)


def test_who_acts_for_whom_is_never_rewritten_nor_deleted(family: Guardianship) -> None:
    other = PatientFactory()
    for change in ({"guardian": other.member}, {"dependant": other}, {"starts_on": years_ago(1)}):
        with pytest.raises(IntegrityError, match="stays as it was"), transaction.atomic():
            Guardianship.objects.filter(pk=family.pk).update(**change)
    with pytest.raises(IntegrityError, match="stays as it was"), transaction.atomic():
        Guardianship.objects.filter(pk=family.pk).delete()
    with pytest.raises(IntegrityError, match="papers were seen"), transaction.atomic():
        Guardianship.objects.filter(pk=family.pk).update(verified_at=None, verified_by=None)


def test_a_form_of_a_page_for_the_child_does_nothing_for_the_mother(
    client_for: Any, anna: Member, tom: PatientProfile, family: Guardianship
) -> None:
    client = acting(client_for, anna, tom)
    page = client.get("/me/edit/").content.decode()
    assert f'name="sent_as" value="{tom.pk}"' in page
    client.send("/switch-role/", {"member": str(anna.pk)})
    form = {"sent_as": str(tom.pk), "phone": "+2348031234567", "country": "NG"}
    answer = client.send("/me/edit/", form)
    assert answer.status_code == 409
    assert "By now you are here for Anna Nowak" in answer.content.decode()
    anna.refresh_from_db()
    assert not anna.phone


def test_a_form_drawn_before_there_was_a_child_does_nothing_for_the_child(
    client_for: Any, anna: Member
) -> None:
    client = client_for(anna)
    drawn_for = re.search('name="sent_as" value="([^"]+)"', client.get("/me/edit/").content.decode())
    child = {
        "given_name": "Lena",
        "family_name": "Nowak",
        "date_of_birth": years_ago(3).isoformat(),
        "gender": "female",
        "relation": "parent",
    }
    assert client.send("/family/children/new/", child).status_code == 302
    form = {"phone": "+2348031234567", "country": "NG", "sent_as": drawn_for and drawn_for[1]}
    assert client.send("/me/edit/", form).status_code == 409
    assert not Member.objects.get(given_name="Lena").phone


def test_signing_out_is_refused_to_nobody(
    client_for: Any, anna: Member, tom: PatientProfile, family: Guardianship
) -> None:
    client = acting(client_for, anna, tom)
    assert client.send("/accounts/logout/", {"sent_as": str(anna.pk)}).status_code == 302
    assert client.get("/portal/")["Location"].startswith("/accounts/login/")


def test_who_is_here_only_for_a_child_begins_with_the_child(
    client_for: Any, tom: PatientProfile, desk: Member
) -> None:
    made = services.add_guardian(
        tom,
        by=desk,
        given_name="Jan",
        family_name="Nowak",
        email="jan@people.example",
        papers_seen=True,
        invite=True,
        **PARENT,
    )
    assert OutboxMessage.objects.get(kind="invitation").recipient == "jan@people.example"
    client = client_for(with_login(made.guardian, "jan@people.example"))
    session = client.session
    del session["member"]
    session.save()
    assert "You act for Tom Nowak." in client.get("/portal/").content.decode()
    services.end_guardianship(made, by=desk, reason="Moved away")
    assert client.get("/portal/")["Location"] == "/welcome/"


def test_a_contact_can_be_reached(tom: PatientProfile, desk: Member) -> None:
    with pytest.raises(Refusal, match="e-mail address or a phone number"):
        services.add_guardian(tom, by=desk, given_name="Jan", **PARENT)


def test_before_the_papers_are_seen_a_guardian_books_and_reads_no_record(
    client_for: Any, anna: Member, desk: Member
) -> None:
    facts = {"given_name": "Lena", "family_name": "Nowak", "date_of_birth": years_ago(3)}
    made = services.register_child(by=anna, **facts, **PARENT)
    client = acting(client_for, anna, made.dependant)
    assert client.get("/portal/").status_code == 200
    for page in (
        "records:portal_prescriptions",
        "billing:portal_invoices",
        "observations:portal_measurements",
    ):
        assert client.get(reverse(page)).status_code == 403
    services.verify_guardianship(made, by=desk)
    assert client.get(reverse("records:portal_prescriptions")).status_code == 200


def test_before_the_papers_are_seen_no_letter_is_turned_to_another_mailbox(
    client_for: Any, anna: Member, tom: PatientProfile, desk: Member
) -> None:
    """With an own address of the child's, what only its verified guardians may read would go there."""
    made = services.add_guardian(tom, by=desk, guardian=anna, **PARENT)
    client = acting(client_for, anna, tom)
    typed = {"email": "annas.other@people.example", "phone": "", "country": "NG", "city": "Lagos"}
    assert client.send("/me/edit/", typed).status_code == 302
    tom.refresh_from_db()
    assert (tom.city, Member.objects.get(pk=tom.pk).email) == ("Lagos", "")
    services.verify_guardianship(made, by=desk)
    client.send("/me/edit/", typed)
    assert Member.objects.get(pk=tom.pk).email == typed["email"]


def test_the_childs_calendar_address_is_not_the_guardians_to_make(
    client_for: Any, anna: Member, tom: PatientProfile, family: Guardianship
) -> None:
    client = acting(client_for, anna, tom)
    assert client.get(reverse("scheduling:my_feed")).status_code == 403
    assert client.send(reverse("scheduling:make_feed")).status_code == 403


def test_registering_a_child_never_tells_who_is_registered_already(anna: Member, tom: PatientProfile) -> None:
    facts = {"given_name": "Tom", "family_name": "Nowak", "date_of_birth": tom.date_of_birth}
    made = services.register_child(by=anna, **facts, **PARENT)
    assert made.dependant != tom
    assert made.verified_at is None


def test_somebody_of_age_is_not_registered_as_a_child(client_for: Any, anna: Member) -> None:
    facts = {"given_name": "Jan", "family_name": "Nowak", "gender": "male", "relation": "parent"}
    grown = {**facts, "date_of_birth": years_ago(18).isoformat()}
    said = client_for(anna).send(reverse("members:register_child"), grown).context["form"].errors
    assert list(said) == ["date_of_birth"]
    assert "ask the desk" in said["date_of_birth"][0]


def test_the_childs_own_access_begins_when_the_guardian_hands_over(
    client_for: Any, anna: Member, tom: PatientProfile, family: Guardianship, desk: Member
) -> None:
    with pytest.raises(Refusal, match="hands over"):
        services.invite_member(tom.member, by=desk)
    services.hand_over(family, by=anna, email="Tom@people.example")
    client = acting(client_for, anna, tom)
    letter = OutboxMessage.objects.get(kind="invitation")
    assert letter.recipient == "tom@people.example"
    link = next(line for line in letter.body.splitlines() if "://" in line)
    services.accept_invitation(token=link.rstrip("/").rpartition("/")[2], password="four calm horses run")
    assert tom.number not in client.get("/me/").content.decode()
    family.refresh_from_db()
    assert (family.ending, family.handed_over_by) == ("handed_over", anna)
    told = OutboxMessage.objects.get(kind="guardianship_ended")
    assert told.recipient == "anna@people.example"
    assert tom.member.given_name in told.body


def test_what_was_handed_over_can_be_taken_back(
    anna: Member, tom: PatientProfile, family: Guardianship
) -> None:
    services.hand_over(family, by=anna, email="tom@people.example")
    again = services.take_back(family, by=anna)
    assert again.handed_over_at is None
    assert not tom.member.invitations.unanswered().exists()


def test_only_the_guardian_hands_over_and_never_to_the_own_address(
    anna: Member, tom: PatientProfile, family: Guardianship, desk: Member
) -> None:
    for by in (desk, tom.member, None):
        with pytest.raises(Refusal, match="You do not act"):
            services.hand_over(family, by=by, email="tom@people.example")
    for address in ("ANNA@people.example", anna.user.email):
        with pytest.raises(Refusal, match="their own"):
            services.hand_over(family, by=anna, email=address)


def test_a_month_before_the_guardian_is_told_once(family: Guardianship) -> None:
    day = family.ends_on - datetime.timedelta(days=20)
    with time_machine.travel(datetime.datetime.combine(day, datetime.time(9), datetime.UTC), tick=False):
        assert services.announce_endings() == 1
        assert services.announce_endings() == 0
    letter = OutboxMessage.objects.get(kind="guardianship_ending")
    assert letter.recipient == "anna@people.example"


def test_the_desk_enters_a_guardian_who_is_known(
    client_for: Any, anna: Member, tom: PatientProfile, desk: Member
) -> None:
    client = client_for(desk)
    assert "Nobody acts for this patient." in client.get(f"/patients/{tom.pk}/").content.decode()
    found = client.get(f"/patients/{tom.pk}/guardians/new/?q=nowak").content.decode()
    assert f"?guardian={anna.pk}" in found
    assert f"?guardian={tom.pk}" not in found
    address = f"/patients/{tom.pk}/guardians/new/?guardian={anna.pk}"
    assert client.send(address, {"relation": "parent", "papers_seen": "on"}).status_code == 302
    assert "acts for the patient" in client.get(f"/patients/{tom.pk}/").content.decode()
    assert "Papers seen" in client.get(f"/patients/{tom.pk}/family/").content.decode()


def test_the_desk_enters_a_guardian_who_is_new_and_is_warned_of_a_likeness(
    client_for: Any, anna: Member, tom: PatientProfile, desk: Member
) -> None:
    client, address = client_for(desk), f"/patients/{tom.pk}/guardians/new/"
    typed = {
        "given_name": "Anna",
        "family_name": "Nowak",
        "email": "anna@people.example",
        "relation": "parent",
    }
    shown = client.send(address, typed).content.decode()
    assert f"?guardian={anna.pk}" in shown
    assert 'value="Nowak"' in shown
    assert client.send(address, {**typed, "sure": "1", "invite": "on"}).status_code == 302
    made = Guardianship.objects.get()
    assert (made.guardian.role, made.verified_at) == ("", None)
    page = client.get(f"/patients/{tom.pk}/family/").content.decode()
    assert "Papers not seen yet" in page
    assert client.send(f"/guardianships/{made.pk}/verify/").status_code == 302
    assert client.send(f"/guardianships/{made.pk}/invite/").status_code == 302
    assert client.send(f"/guardianships/{made.pk}/end/", {"reason": ""}).status_code == 200
    assert client.send(f"/guardianships/{made.pk}/end/", {"reason": "Moved away"}).status_code == 302
    assert "Moved away" in client.get(f"/patients/{tom.pk}/family/").content.decode()


def test_a_guardian_registers_a_child_hands_over_and_takes_back(
    client_for: Any, anna: Member, desk: Member
) -> None:
    client = client_for(anna)
    born = years_ago(3).isoformat()
    typed = {"given_name": "Lena", "family_name": "Nowak", "date_of_birth": born, "gender": "female"}
    refused = client.send("/family/children/new/", {**typed, "relation": "spouse"})
    assert refused.status_code == 200
    assert 'value="Lena"' in refused.content.decode()
    assert client.send("/family/children/new/", {**typed, "relation": "parent"})["Location"] == "/portal/"
    assert "You act for Lena Nowak." in client.get("/portal/").content.decode()
    made = Guardianship.objects.get()
    services.verify_guardianship(made, by=desk)
    page = f"/family/{made.pk}/hand-over/"
    assert "their own" in client.send(page, {"email": "anna@people.example"}).content.decode().lower()
    assert client.send(page, {"email": "lena@people.example"}).status_code == 302
    assert "Take it back" in client.get("/family/").content.decode()
    assert client.send(f"/family/{made.pk}/take-back/").status_code == 302
    made.refresh_from_db()
    assert made.handed_over_at is None


def test_somebody_elses_family_does_not_exist(
    client_for: Any, family: Guardianship, tom: PatientProfile
) -> None:
    stranger = client_for(with_login(PatientFactory().member))
    for page in ("hand-over", "take-back"):
        assert stranger.send(f"/family/{family.pk}/{page}/", {"email": "x@people.example"}).status_code == 404
    assert stranger.get(f"/patients/{tom.pk}/family/").status_code == 403


def test_who_books_chooses_for_whom(
    client_for: Any, anna: Member, tom: PatientProfile, family: Guardianship
) -> None:
    client = client_for(anna)
    page = client.get("/book/").content.decode()
    assert "Who is the visit for?" in page
    assert client.send("/switch-role/", {"member": str(tom.pk), "next": "/book/"})["Location"] == "/book/"
    abroad = {"member": str(anna.pk), "next": "//evil.example/"}
    assert client.send("/switch-role/", abroad)["Location"] == "/portal/"
    client.send("/switch-role/", {"member": str(tom.pk)})
    assert reverse("scheduling:my_feed") not in client.get("/portal/").content.decode()
