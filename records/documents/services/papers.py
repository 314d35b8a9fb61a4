"""What is done with papers: handed in, looked at by somebody else, and asked for anew before they run out."""

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import Member
from accounts.members.roles import Role
from clinic.inbox.services import News, notify, publish, settle
from clinic.models import Refusal, relayed
from records.documents.models import Paper, PaperFile
from records.documents.services.files import keep_files

# Who hands something in of somebody else, or of the clinic.
DECIDE = "documents.verify_paper"


@transaction.atomic
def add_paper(
    member: Member | None, *, by: Member | None, uploads: Sequence[UploadedFile], **content: Any
) -> Paper:
    """Hand in a paper of `member`, or of the clinic itself (None). Administrators are told.

    Everybody hands in the own ones; those who decide on papers, anybody's.
    """
    if by is None or not by.may("documents.add_paper"):
        raise Refusal(_("Only people who work here hand in papers."))
    if (member is None or member.pk != by.pk) and not by.may(DECIDE):
        raise Refusal(_("You can hand in your own papers only."), "member")
    if not uploads:
        raise Refusal(_("Choose the file that shows the paper."), "uploads")
    paper = Paper(member=member, submitted_by=by, **content)
    paper.clean()
    with relayed(Paper):
        paper.save(force_insert=True)
    keep_files(PaperFile, uploads, paper=paper)
    facts = {"person": member or _("the clinic")}
    notify(kind="paper_to_check", to=_deciders(), by=by, facts=facts, link=_link(paper), about_id=paper.pk)
    return paper


def verify_paper(paper: Paper, *, by: Member | None, reason: str = "") -> Paper:
    """Say that the paper is genuine and says what it should. Whom it is about is told."""
    return _decide(paper, "verify_paper", "paper_verified", by, reason)


def reject_paper(paper: Paper, *, by: Member | None, reason: str) -> Paper:
    """Say that the paper cannot be accepted, and why. Whom it is about is told that it was."""
    if not reason.strip():
        raise Refusal(_("Say why the paper is rejected."), "reason")
    return _decide(paper, "reject_paper", "paper_rejected", by, reason)


@transaction.atomic
def _decide(paper: Paper, verb: str, kind: str, by: Member | None, reason: str) -> Paper:
    # Without a member it is the platform's owner in a support session, whom the clinic's admin let in.
    if by is not None and not by.may(f"documents.{verb}"):
        raise Refusal(_("Only administrators decide on papers."))
    paper = Paper.objects.locked(paper.pk)
    if by is not None and paper.member_id is not None and _same_person(paper.member_id, by):
        raise Refusal(_("Somebody else has to decide on your own paper."))
    paper.move(verb, decided_at=timezone.now(), decided_by=by, reason=reason.strip())
    settle([paper.pk], "paper_to_check")
    if paper.member_id:
        notify(kind=kind, to=[paper.member_id], by=by, link=_link(paper), about_id=paper.pk)
    return paper


def _same_person(member_id: Any, by: Member) -> bool:
    """Whether the member is `by`, perhaps in another role."""
    if member_id == by.pk:
        return True
    return by.user_id is not None and Member.objects.filter(pk=member_id, user_id=by.user_id).exists()


@transaction.atomic
def remind_of_papers() -> int:
    """Tell whose papers run out, and the administrators: 30 days before, 7 days before, on the day.

    Returns how many papers that were.
    """
    due = list(Paper.objects.unreminded().select_related("member").select_for_update(of=("self",)))
    for paper in due:
        facts = {"person": paper.member or _("the clinic")}
        others = _deciders().exclude(pk=paper.member_id)
        news = [News("paper_expires", others, facts, _link(paper), paper.pk)]
        if paper.member_id:
            news.append(News("your_paper_expires", [paper.member_id], facts, _link(paper), paper.pk))
        publish(*news)
    Paper.objects.filter(pk__in=[paper.pk for paper in due]).update(reminded_on=timezone.localdate())
    return len(due)


def _deciders() -> Any:
    return Member.objects.able_to_sign_in().filter(role=Role.ADMIN)


def _link(paper: Paper) -> str:
    return reverse("documents:paper", args=[paper.pk], urlconf="clinic.urls")
