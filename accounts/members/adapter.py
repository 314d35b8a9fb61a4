"""What a clinic adds to signing in and up: being one of its people."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.forms import BaseForm
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.adapter import AccountAdapter
from accounts.members.models import Member
from accounts.members.roles import Role
from accounts.members.services import start_registration
from accounts.models import User
from clinic.http import ClinicRequest

FIRST_PAGES: Mapping[str, str] = MappingProxyType(
    {
        Role.ADMIN: "scheduling:day",
        Role.RECEPTIONIST: "scheduling:day",
        Role.DOCTOR: "scheduling:my_day",
        Role.PATIENT: "scheduling:portal",
        Role.AGENT: "scheduling:my_patients",
        "": "members:finish_registration",
    }
)


def first_page(member: Member) -> str:
    """Where the member's work, or visit, begins."""
    return reverse(FIRST_PAGES.get(member.role, "members:me"))


def member_of(user: AbstractBaseUser) -> Member | None:
    """The member in whose name the user begins."""
    return Member.objects.active().filter(user_id=user.pk).order_by("created_at", "id").first()


class MemberAdapter(AccountAdapter):
    """The same on every host; on a clinic's, only for its people."""

    error_messages: ClassVar[dict[str, Any]] = {
        **AccountAdapter.error_messages,
        "not_a_member": _("You have no access to this clinic. Ask the clinic to invite you."),
    }

    def authenticate(self, request: ClinicRequest, **credentials: Any) -> AbstractBaseUser | None:
        """The user, if active in this clinic. A stranger learns nothing: the password was right by now."""
        user = super().authenticate(request, **credentials)
        if user is not None and request.organization and member_of(user) is None:
            raise self.validation_error("not_a_member")
        return user

    def pre_login(self, request: ClinicRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse | None:
        """Refuse whoever comes another way than by password (a link, a code) and is not active here."""
        if user.is_active and request.organization and member_of(user) is None:
            return HttpResponseRedirect(reverse("account_inactive"))
        return super().pre_login(request, user, **kwargs)

    def is_open_for_signup(self, request: ClinicRequest) -> bool:
        """A suspended clinic takes nobody on."""
        return request.organization is None or request.organization.is_open

    def save_user(self, request: ClinicRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        """Store who signed up; at a clinic also a member whose registration is not finished."""
        user = super().save_user(request, user, form, commit=commit)
        if commit and request.organization:
            start_registration(user=user)
        return user

    def get_login_redirect_url(self, request: ClinicRequest) -> str:
        """To where the member's work begins."""
        if request.organization is None:
            return super().get_login_redirect_url(request)
        member = member_of(cast(User, request.user))
        return first_page(member) if member else "/"
