"""Papers: who hands them in, who decides, and who is told that they run out."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.members.models import Member
from clinic.inbox.models import Notification
from clinic.models import Refusal
from records.documents import services
from records.documents.models import Paper
from tests import people
from tests.people import StaffFactory, with_login
from tests.records.documents.factories import PDF, handed_in, picture, sent
from tests.scheduling.factories import DoctorFactory

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]


def admin() -> Member:
    return with_login(StaffFactory(role="admin"))


def doctor() -> Member:
    return DoctorFactory().member


def told(member: Member) -> list[str]:
    """The kinds of what a member was told, in order."""
    return list(Notification.objects.filter(member=member).order_by("id").values_list("kind", flat=True))


def verified(days: int, member: Member | None = None, **facts: Any) -> Paper:
    """A verified paper that runs out in so many days."""
    paper = handed_in(member, expires_on=timezone.localdate() + timedelta(days=days), **facts)
    return services.verify_paper(paper, by=StaffFactory(role="admin"))


def test_a_doctor_hands_in_and_an_administrator_verifies(client_for: Browser) -> None:
    one, boss = doctor(), admin()
    browser = client_for(one)
    typed = {"kind": "licence", "title": "My licence", "expires_on": "2090-01-01"}
    answer = browser.send(reverse("documents:add_paper"), {**typed, "uploads": [sent(picture(), "a.png")]})
    paper = Paper.objects.get()
    assert answer["Location"] == reverse("documents:paper", args=[paper.pk])
    assert (paper.member, paper.submitted_by) == (one, one)
    assert told(boss) == ["paper_to_check"]
    deciding = client_for(boss)
    assert "My licence" in deciding.get(reverse("documents:paper_list") + "?show=pending").content.decode()
    deciding.send(reverse("documents:verify_paper", args=[paper.pk]))
    paper.refresh_from_db()
    assert (paper.status, paper.decided_by) == ("verified", boss)
    assert told(one) == ["paper_verified"]
    assert "Verified" in browser.get(answer["Location"]).content.decode()


def test_a_paper_is_rejected_with_a_reason_that_its_owner_reads(client_for: Browser) -> None:
    one, boss = doctor(), admin()
    paper = handed_in(one)
    deciding, page = client_for(boss), reverse("documents:reject_paper", args=[paper.pk])
    assert "reason" in deciding.send(page, {"reason": ""}).context["form"].errors
    deciding.send(page, {"reason": "The back is missing"})
    assert (
        "The back is missing"
        in client_for(one).get(reverse("documents:paper", args=[paper.pk])).content.decode()
    )
    assert told(one) == ["paper_rejected"]


def test_a_decision_is_taken_once() -> None:
    paper = services.verify_paper(handed_in(), by=admin())
    with pytest.raises(Refusal):
        services.reject_paper(paper, by=admin(), reason="Changed my mind")


def test_nobody_decides_on_an_own_paper_in_another_role_either() -> None:
    boss = admin()
    as_doctor = with_login(people.DoctorFactory(), user=boss.user)
    for own in (handed_in(boss), handed_in(as_doctor)):
        with pytest.raises(Refusal, match="Somebody else"):
            services.verify_paper(own, by=boss)
    assert services.verify_paper(handed_in(boss), by=None).status == "verified"


def test_only_administrators_decide_and_hand_in_for_others() -> None:
    one = doctor()
    with pytest.raises(Refusal, match="administrators"):
        services.verify_paper(handed_in(), by=one)
    with pytest.raises(Refusal, match="own papers only"):
        handed_in(DoctorFactory().member, by=one)
    with pytest.raises(Refusal, match="own papers only"):
        services.add_paper(None, by=one, kind="registration", title="x", uploads=[sent(PDF)])
    boss = admin()
    assert services.add_paper(None, by=boss, kind="registration", title="x", uploads=[sent(PDF)]).owner


def test_a_paper_without_a_file_or_one_that_has_run_out_is_refused() -> None:
    with pytest.raises(Refusal, match="Choose the file"):
        handed_in(uploads=[])
    with pytest.raises(Exception, match="has run out"):
        handed_in(expires_on=timezone.localdate() - timedelta(days=1))


def test_the_page_keeps_what_was_typed_and_asks_for_the_files_again(client_for: Browser) -> None:
    browser = client_for(doctor())
    typed = {"kind": "licence", "title": "My licence", "expires_on": "1999-01-01"}
    answer = browser.send(reverse("documents:add_paper"), {**typed, "uploads": [sent(PDF)]})
    assert "My licence" in answer.content.decode()
    assert "has run out" in answer.content.decode()
    assert not Paper.objects.exists()


@pytest.mark.parametrize("role", ["doctor", "receptionist", "caregiver", "agent"])
def test_papers_of_others_do_not_exist_for_anybody_but_administrators(client_for: Browser, role: str) -> None:
    paper = handed_in()
    browser = client_for(doctor() if role == "doctor" else with_login(StaffFactory(role=role)))
    assert browser.get(reverse("documents:paper", args=[paper.pk])).status_code == 404
    assert browser.get(reverse("documents:paper_file", args=[paper.files.get().pk])).status_code == 404
    assert paper.title not in browser.get(reverse("documents:paper_list")).content.decode()
    given = client_for(admin()).get(reverse("documents:paper_file", args=[paper.files.get().pk]))
    assert given.content == PDF


def test_the_papers_of_one_person_are_reached_from_that_person(client_for: Browser) -> None:
    paper = handed_in(title="Only mine")
    handed_in(title="Of somebody else")
    browser = client_for(admin())
    address = f"{reverse('documents:paper_list')}?person={paper.member_id}"
    assert address in browser.get(reverse("members:staff_member", args=[paper.member_id])).content.decode()
    shown = browser.get(address).content.decode()
    assert "Only mine" in shown
    assert "Of somebody else" not in shown
    assert browser.get(reverse("documents:paper_list") + "?person=nobody").status_code == 200


def test_reminders_come_thirty_and_seven_days_before_and_on_the_day() -> None:
    one, boss = doctor(), admin()
    paper = verified(40, one)
    start = timezone.now()
    days = []
    for day in range(60):
        with time_machine.travel(start + timedelta(days=day), tick=False):
            if services.remind_of_papers():
                days.append(day)
    assert days == [10, 33, 40]
    assert told(one).count("your_paper_expires") == 3
    assert told(boss).count("paper_expires") == 3
    assert Notification.objects.filter(member=one).latest("id").facts == {"person": one.name}
    paper.refresh_from_db()
    assert paper.reminded_on == timezone.localdate() + timedelta(days=40)


def test_a_missed_day_is_made_up_for_and_a_later_paper_ends_the_reminders() -> None:
    one = doctor()
    verified(5, one)
    assert services.remind_of_papers() == 1
    assert services.remind_of_papers() == 0
    other = verified(5)
    verified(500, other.member)
    assert services.remind_of_papers() == 0
    boss = admin()
    clinics = services.add_paper(
        None,
        by=boss,
        kind="licence",
        title="Ours",
        expires_on=timezone.localdate() + timedelta(days=5),
        uploads=[sent(PDF)],
    )
    services.verify_paper(clinics, by=StaffFactory(role="admin"))
    assert services.remind_of_papers() == 1


def test_what_is_pending_or_rejected_reminds_nobody() -> None:
    handed_in(expires_on=timezone.localdate() + timedelta(days=5))
    services.reject_paper(
        handed_in(expires_on=timezone.localdate() + timedelta(days=5)), by=admin(), reason="Blurred"
    )
    assert services.remind_of_papers() == 0
    assert not Paper.objects.expiring().exists()


def test_the_admin_decides_by_the_same_services(client_for: Browser) -> None:
    boss, paper = admin(), handed_in()
    page = reverse("admin:documents_paper_changelist", "clinic.urls")
    chosen = {"action": "reject_paper", "_selected_action": [str(paper.pk)], "reason": ""}
    browser = client_for(boss)
    said = browser.post(page, chosen, follow=True).content.decode()
    assert "Say why the paper is rejected" in said
    browser.post(page, {**chosen, "reason": "Blurred"})
    paper.refresh_from_db()
    assert (paper.status, paper.reason) == ("rejected", "Blurred")
