"""As whom somebody with several members, or with children, asks: chosen in the header, told in the trail."""

import datetime

from accounts.members.models import Member
from accounts.members.roles import NEVER_FOR_ANOTHER, WITHHELD_BEFORE_PAPERS, Role
from clinic.http import SENT_AS, ClinicRequest

# Forms about the log-in of whoever sits there, for whomever they act: signing out is refused to nobody.
OF_THE_PERSON = ("members:switch_role", "account_", "mfa_", "signins:")


def choose(request: ClinicRequest, wanted: str | None) -> None:
    """Let the request be the wanted member's, if the person may ask as that one today, else the usual one's.

    A guardian asks as the dependant; the own member then is `request.guardian`.
    """
    known = [*request.members, *request.dependants]
    request.member = next((member for member in known if str(member.pk) == wanted), usual(request))
    acting = request.member.acting
    if acting is None or request.member in request.members:
        return
    request.guardian = next(own for own in request.members if str(own.pk) == acting["guardian"])
    acting["until"] = datetime.date.fromisoformat(acting["until"])
    request.member.withheld = NEVER_FOR_ANOTHER if acting["verified"] else WITHHELD_BEFORE_PAPERS


def usual(request: ClinicRequest) -> Member:
    """The first role the person has here; who has none of their own comes for the child."""
    with_role = (member for member in request.members if member.role)
    usual: Member = next(with_role, None) or next(iter(request.dependants), None) or request.members[0]
    return usual


def acting_as(request: ClinicRequest) -> str:
    """Who acts, as the audit trail says it: "Anna Nowak for Tom Nowak (patient)"."""
    member = request.member
    name = f"{member.name} ({member.role or 'no role'})"
    return f"{request.guardian.name} for {name}" if request.guardian else name


def sent_as(request: ClinicRequest) -> str:
    """What a form carries to say for whom its page was drawn; nothing where that can only be one person.

    A patient's page says it before there is a child: there may be one when the form is sent.
    """
    may_act = bool(request.dependants) or request.member.role in (Role.PATIENT, "")
    return str(request.member.pk) if may_act else ""


def is_sent_as_another(request: ClinicRequest) -> bool:
    """Whether a form comes from a page that was drawn while the person acted for somebody else."""
    if request.method != "POST" or request.member is None or _is_of_the_person(request):
        return False
    return request.POST.get(SENT_AS, str(request.member.pk)) != str(request.member.pk)


def _is_of_the_person(request: ClinicRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.view_name.startswith(OF_THE_PERSON)
