"""Members, staff and invitations in a clinic's admin."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.members import services
from accounts.members.admin.base import ProfileAdmin
from accounts.members.forms import STAFF_FORMS
from accounts.members.models import (
    AdminProfile,
    AgentProfile,
    CaregiverProfile,
    DoctorProfile,
    Invitation,
    Member,
    ReceptionistProfile,
)
from accounts.members.roles import Role
from clinic.access import asking
from clinic.admin import ClinicAdmin, clinic_site


@admin.register(Member, site=clinic_site)
class MemberAdmin(ClinicAdmin):
    """Everybody in the clinic. They are added and corrected as what they are here: doctor, patient, …"""

    list_display = ("name", "role", "status", "email", "phone", "created_at")
    list_filter = ("role", "status")
    list_select_related = ("user",)
    search_fields = ("search", "email", "phone")
    fields = ("user", "role", "status", "given_name", "family_name", "email", "phone", "created_at")
    may_add = False
    may_change = False
    actions = ("activate_member", "suspend_member", "deactivate_member", "invite_member")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Member], search_term: str
    ) -> tuple[QuerySet[Member], bool]:
        """By name whatever its accents, or by the whole e-mail or phone number."""
        by_name = queryset.model.objects.named(search_term)
        reached = models.Q(email__iexact=search_term) | models.Q(phone=search_term)
        return queryset.filter(models.Q(pk__in=by_name) | reached) if search_term else queryset, False

    @admin.action(description=_("Let in again"))
    def activate_member(self, request: HttpRequest, queryset: QuerySet[Member]) -> None:
        """Let these people in again."""
        self.run_service(request, queryset, services.activate_member)

    @admin.action(description=_("Suspend"))
    def suspend_member(self, request: HttpRequest, queryset: QuerySet[Member]) -> None:
        """Keep these people out for now."""
        self.run_service(request, queryset, services.suspend_member)

    @admin.action(description=_("End access"))
    def deactivate_member(self, request: HttpRequest, queryset: QuerySet[Member]) -> None:
        """These people have left."""
        self.run_service(request, queryset, services.deactivate_member)

    @admin.action(description=_("Send an invitation"))
    def invite_member(self, request: HttpRequest, queryset: QuerySet[Member]) -> None:
        """Invite these people to log in."""
        self.run_service(request, queryset, services.invite_member)


class StaffAdmin(ProfileAdmin):
    """Staff of one role."""

    role: Role

    def adding(self, request: HttpRequest, facts: dict[str, Any]) -> models.Model:
        """Take on a member of staff."""
        return services.register_staff(by=asking(request), role=self.role, **facts)

    def changing(self, request: HttpRequest, obj: Any, facts: dict[str, Any]) -> None:
        """Correct the details."""
        facts.pop("invite", None)
        services.update_staff(obj.member, by=asking(request), **facts)


@admin.register(DoctorProfile, site=clinic_site)
class DoctorProfileAdmin(StaffAdmin):
    """Doctors."""

    role = Role.DOCTOR
    form = STAFF_FORMS[Role.DOCTOR]
    list_display = ("name", "specialisation", "licence_number", "consultation_fee", "is_bookable")
    list_filter = ("member__status", "is_bookable", "specialisation")
    search_fields = ("member__search", "specialisation", "licence_number")


@admin.register(ReceptionistProfile, site=clinic_site)
class ReceptionistProfileAdmin(StaffAdmin):
    """Receptionists."""

    role = Role.RECEPTIONIST
    form = STAFF_FORMS[Role.RECEPTIONIST]
    list_display = ("name", "desk", "created_at")


@admin.register(AdminProfile, site=clinic_site)
class AdminProfileAdmin(StaffAdmin):
    """Administrators."""

    role = Role.ADMIN
    form = STAFF_FORMS[Role.ADMIN]
    list_display = ("name", "job_title", "created_at")


@admin.register(AgentProfile, site=clinic_site)
class AgentProfileAdmin(StaffAdmin):
    """Agents."""

    role = Role.AGENT
    form = STAFF_FORMS[Role.AGENT]
    list_display = ("name", "agency", "territory", "created_at")


@admin.register(CaregiverProfile, site=clinic_site)
class CaregiverProfileAdmin(StaffAdmin):
    """Caregivers."""

    role = Role.CAREGIVER
    form = STAFF_FORMS[Role.CAREGIVER]
    list_display = ("name", "qualifications", "created_at")


@admin.register(Invitation, site=clinic_site)
class InvitationAdmin(ClinicAdmin):
    """Invitations; read-only but for sending again and withdrawing."""

    list_display = ("email", "member", "created_at", "expires_at", "accepted_at", "revoked_at")
    list_filter = ("accepted_at", "revoked_at")
    list_select_related = ("member", "invited_by")
    search_fields = ("email", "member__search")
    may_add = False
    may_change = False
    actions = ("resend_invitation", "revoke_invitation")

    @admin.action(description=_("Send again"))
    def resend_invitation(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        """Send these letters again."""
        self.run_service(request, queryset, services.resend_invitation)

    @admin.action(description=_("Withdraw"))
    def revoke_invitation(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        """Withdraw these invitations."""
        self.run_service(request, queryset, services.revoke_invitation)
