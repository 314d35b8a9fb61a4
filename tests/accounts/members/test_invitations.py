"""An invitation works once, for seven days, for whoever reads the letter."""

import datetime
import re
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.members import services
from accounts.members.models import Invitation, Member
from accounts.members.roles import Role
from accounts.models import Affiliation, User
from accounts.services import has_verified
from clinic.db.current import connection
from clinic.models import Refusal
from clinic.notifications.models import OutboxMessage
from tests.accounts.members.factories import DoctorFactory, StaffFactory, member_in
from tests.people import PASSWORD, PatientFactory, a_user

pytestmark = pytest.mark.django_db


def invited(**facts: Any) -> tuple[Member, str]:
    """A member of staff and the token of the letter."""
    member = StaffFactory(email="bola@example.com", invite=True, **facts)
    return member, token_of("bola@example.com")


def token_of(email: str) -> str:
    letter = OutboxMessage.objects.filter(kind="invitation", recipient=email).latest("created_at")
    return re.search(r"/invitation/([^/\s]+)/", letter.body)[1]  # type: ignore[index]


def test_the_link_names_the_clinics_own_address(acme: Any) -> None:
    invited()
    assert acme.url("/invitation/") in OutboxMessage.objects.get(kind="invitation").body


def test_the_token_is_stored_nowhere_but_in_the_letter() -> None:
    _member, token = invited()
    assert token not in str(list(Invitation.objects.values()))


def test_a_password_makes_the_login_and_signs_in(anonymous: Any, acme: Any) -> None:
    member, token = invited()
    browser = anonymous(acme)
    assert "choose a password" in browser.get(f"/invitation/{token}/").content.decode()
    form = {"password": PASSWORD, "password_again": PASSWORD}
    assert browser.send(f"/invitation/{token}/", form)["Location"] == "/day/"
    member.refresh_from_db()
    assert member.user.email == "bola@example.com"
    assert has_verified(member.user)
    assert browser.get("/patients/").status_code == 200
    connection.set_schema_to_public()
    assert Affiliation.objects.filter(user_id=member.user_id, organization=acme).exists()


def test_it_works_once(anonymous: Any, acme: Any) -> None:
    _member, token = invited()
    services.accept_invitation(token=token, password=PASSWORD)
    assert anonymous(acme).get(f"/invitation/{token}/").status_code == 410
    with pytest.raises(Refusal):
        services.accept_invitation(token=token, password=PASSWORD)


def test_it_expires() -> None:
    member, token = invited()
    member.invitations.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    with pytest.raises(Refusal):
        services.accept_invitation(token=token, password=PASSWORD)


def test_sending_again_ends_the_old_link() -> None:
    member, old = invited()
    services.resend_invitation(member.invitations.get(), by=None)
    new = token_of("bola@example.com")
    with pytest.raises(Refusal):
        services.accept_invitation(token=old, password=PASSWORD)
    assert services.accept_invitation(token=new, password=PASSWORD) == member


def test_withdrawn_it_opens_nothing() -> None:
    member, token = invited()
    services.revoke_invitation(member.invitations.get(), by=None)
    with pytest.raises(Refusal):
        services.accept_invitation(token=token, password=PASSWORD)


def test_a_token_of_one_clinic_opens_nothing_in_another(beta: Any) -> None:
    _member, token = invited()
    stored = Invitation.objects.get()
    with tenant_context(beta):
        other = StaffFactory()
        Invitation.objects.create(
            member=other, email="x@example.com", token_hash=stored.token_hash, expires_at=stored.expires_at
        )
        with pytest.raises(Refusal):
            services.accept_invitation(token=token, password=PASSWORD)


def test_one_login_serves_several_clinics(anonymous: Any, acme: Any) -> None:
    user = a_user("bola@example.com")
    member, token = invited()
    browser = anonymous(acme)
    assert "password" not in browser.get(f"/invitation/{token}/").content.decode().split("<main")[1]
    assert browser.send(f"/invitation/{token}/")["Location"] == "/accounts/login/"
    member.refresh_from_db()
    assert member.user == user
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_login_nobody_confirmed_is_taken_over_by_the_letters_reader() -> None:
    squatter = User.objects.create_user("bola@example.com", "the squatter's own words")
    member, token = invited()
    services.accept_invitation(token=token, password=PASSWORD)
    squatter.refresh_from_db()
    assert squatter.check_password(PASSWORD)
    assert Member.objects.get(pk=member.pk).user == squatter


def test_a_closed_login_does_not_come_back_by_invitation() -> None:
    a_user("bola@example.com", is_active=False)
    _member, token = invited()
    with pytest.raises(Refusal, match="closed"):
        services.accept_invitation(token=token)


def test_the_owner_who_practises_gets_both_roles_at_once() -> None:
    admin = StaffFactory(
        role=Role.ADMIN, given_name="Ada", family_name="Obi", email="ada@example.com", invite=True
    )
    doctor = DoctorFactory(given_name="Ada", family_name="Obi", email="ada@example.com")
    stranger = DoctorFactory(given_name="Eve", family_name="Obi", email="ada@example.com")
    services.accept_invitation(token=token_of("ada@example.com"), password=PASSWORD)
    users = dict(
        Member.objects.filter(pk__in=[admin.pk, doctor.pk, stranger.pk]).values_list("pk", "user_id")
    )
    assert users[admin.pk] == users[doctor.pk] is not None
    assert users[stranger.pk] is None


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"password": PASSWORD, "password_again": "another one, twelve"}, "not the same password"),
        ({"password": "short", "password_again": "short"}, "too short"),
        ({"password": "", "password_again": ""}, "required"),
        ({"password": "password1234", "password_again": "password1234"}, "too common"),
    ],
)
def test_a_bad_password_stores_nothing(
    anonymous: Any, acme: Any, form: dict[str, str], sentence: str
) -> None:
    member, token = invited()
    answer = anonymous(acme).send(f"/invitation/{token}/", form)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not User.objects.filter(email="bola@example.com").exists()
    member.refresh_from_db()
    assert member.user_id is None


def test_without_an_address_nobody_is_invited() -> None:
    with pytest.raises(Refusal, match="e-mail address first"):
        services.invite_member(PatientFactory().member, by=None)


def test_a_second_open_invitation_is_refused() -> None:
    member, _token = invited()
    with pytest.raises(Refusal, match="open invitation"):
        services.invite_member(member, by=None)


def test_the_desk_invites_patients_and_not_staff(client_for: Any) -> None:
    client = client_for(member_in(Role.RECEPTIONIST))
    patient = PatientFactory(email="ada@example.com")
    assert client.send(f"/patients/{patient.pk}/invite/").status_code == 302
    assert Invitation.objects.filter(member=patient.member).exists()
    staff, _token = invited()
    invitation = staff.invitations.get()
    assert client.send(f"/staff/{staff.pk}/invite/").status_code == 403
    assert client.send(f"/invitations/{invitation.pk}/resend/").status_code == 404
    assert client.send(f"/invitations/{invitation.pk}/revoke/").status_code == 404


def test_ending_access_withdraws_the_invitation() -> None:
    member, token = invited()
    services.change_member_status(member, by=None, status="inactive")
    with pytest.raises(Refusal):
        services.accept_invitation(token=token, password=PASSWORD)
