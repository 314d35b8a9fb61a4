"""The clinics in the platform's administration: seen, helped, moved along by the services, never deleted."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from clinic.admin import ClinicAdmin, PartInline, platform_site
from tenants import services
from tenants.admin.base import PlatformAdmin, SeenOnlyAdmin
from tenants.admin.plans import EventInline, SubscriptionInline
from tenants.forms import DropForm, SupportForm, VerifyForm
from tenants.models import Domain, DomainClaim, Erasure, Listing, Organization, ReadySchema, SupportSession

# Where the address of a support session waits for the page that leads to it.
ENTRY = "support_entry"


class DomainInline(PartInline):
    """The clinic's host names; they are added in their own list."""

    model = Domain
    fields = readonly_fields = ("domain", "is_primary")


@admin.register(Organization, site=platform_site)
class OrganizationAdmin(PlatformAdmin):
    """Clinics. They are signed up on the site; here their trial and life cycle are looked after."""

    list_display = (
        "name",
        "address_of",
        "country",
        "phase",
        "trial_ends_at",
        "verified_at",
        "schema_version",
        "is_migrated",
    )
    list_filter = (
        "status",
        ("verified_at", admin.EmptyFieldListFilter),
        ("migration_error", admin.EmptyFieldListFilter),
        ("country", admin.AllValuesFieldListFilter),
    )
    search_fields = ("name", "label", "address", "email", "schema_name")
    ordering = ("name",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "name",
                    "label",
                    "phase",
                    "status_since",
                    "trial_ends_at",
                    "closing_since",
                    "dropped_at",
                    "enter_clinic",
                    "back_up",
                    "drop_clinic",
                )
            },
        ),
        (_("Directory"), {"fields": ("verified_at", "verified_papers", "verify_clinic")}),
        (_("Contact"), {"fields": ("email", "phone", "address", "country", "latitude", "longitude")}),
        (_("Ways of the place"), {"fields": ("currency", "time_zone", "locale", "brand_colour")}),
        (_("Papers"), {"fields": ("opening_words", "registration", "bank_details", "footer_words")}),
        (_("Database"), {"fields": ("schema_name", "schema_version", "migration_error")}),
    )
    state_fields = (
        *(
            "phase",
            "status_since",
            *("trial_ends_at", "closing_since", "dropped_at", "drop_clinic"),
            "label",
            "currency",
            "schema_name",
            "schema_version",
            "migration_error",
        ),
        *("enter_clinic", "back_up", "verified_at", "verified_papers", "verify_clinic"),
    )
    inlines = (DomainInline, SubscriptionInline, EventInline)
    actions = ("extend_trial", "activate", "suspend", "reopen", "close", "withdraw_verification")
    may_add = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """With each clinic's host, in the same query."""
        return super().get_queryset(request).with_host()  # type: ignore[attr-defined]

    @admin.display(description=_("address"), ordering="label")
    def address_of(self, clinic: Organization) -> str:
        """A link to the clinic's own pages."""
        return format_html('<a href="{}">{}</a>', clinic.url(), clinic.host())

    @admin.display(description=_("state"), ordering="status")
    def phase(self, clinic: Organization) -> str:
        """The state, and whether the clock has left it only reading."""
        if clinic.dropped_at:
            return str(_("closed, everything dropped"))
        if clinic.is_closing:
            return str(_("being closed: reading only"))
        return str(_("trial over: reading only") if clinic.is_read_only else clinic.get_status_display())

    @admin.display(description=_("migrated"), boolean=True)
    def is_migrated(self, clinic: Organization) -> bool:
        """Whether its last migration went well."""
        return not clinic.migration_error

    @admin.display(description=_("support"))
    def enter_clinic(self, clinic: Organization) -> str:
        """The way to a support session."""
        to = reverse("admin:tenants_organization_enter", args=[clinic.pk])
        return format_html('<a href="{}">{}</a>', to, _("Enter this clinic's administration…"))

    @admin.display(description=_("drop"))
    def drop_clinic(self, clinic: Organization) -> str:
        """The way to drop a closed clinic."""
        if clinic.status != Organization.Status.CLOSED or clinic.drop_asked_at:
            return str(_("Only a closed clinic is dropped, and only once."))
        to = reverse("admin:tenants_organization_drop", args=[clinic.pk])
        return format_html('<a href="{}">{}</a>', to, _("Drop everything of this clinic…"))

    @admin.display(description=_("backups"))
    def back_up(self, clinic: Organization) -> str:
        """The way to a new backup, and to those there are."""
        made = reverse("admin:tenants_backup_changelist") + f"?organization__id__exact={clinic.pk}"
        to = reverse("admin:tenants_backup_make", args=[clinic.pk])
        words = (to, _("Back up this clinic…"), made, _("Its backups"))
        return format_html('<a href="{}">{}</a> · <a href="{}">{}</a>', *words)

    @admin.display(description=_("verify"))
    def verify_clinic(self, clinic: Organization) -> str:
        """The way to vouch for a clinic."""
        if clinic.verified_at:
            return str(_("Verified: it is in the directory. To take it out, use the action in the list."))
        to = reverse("admin:tenants_organization_verify", args=[clinic.pk])
        return format_html('<a href="{}">{}</a>', to, _("Verify who this clinic is…"))

    @admin.action(description=_("Withdraw the verification: out of the directory"))
    def withdraw_verification(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """Its own pages stay."""
        self.run_service(request, queryset, services.withdraw_verification)

    @admin.action(description=_("Extend the trial"))
    def extend_trial(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """By the usual length of a trial."""
        self.run_service(request, queryset, services.extend_trial)

    @admin.action(description=_("Activate: the trial became a contract"))
    def activate(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """End the trial well."""
        self.run_service(request, queryset, services.activate_organization)

    @admin.action(description=_("Suspend: staff may only read, no bookings"))
    def suspend(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """Until it is reopened."""
        self.run_service(request, queryset, services.suspend_organization)

    @admin.action(description=_("Reopen a suspended clinic"))
    def reopen(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """Take back a suspension."""
        self.run_service(request, queryset, services.reopen_organization)

    @admin.action(description=_("Close a suspended clinic for good"))
    def close(self, request: HttpRequest, queryset: models.QuerySet) -> HttpResponse | None:
        """After a question: there is no way back."""
        if "confirmed" in request.POST:
            self.run_service(request, queryset, services.close_organization)
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Close for good?"),
            "clinics": queryset,
        }
        return TemplateResponse(request, "tenants/admin_close.html", context)

    def get_urls(self) -> list[URLPattern]:
        """The admin's own, and support's way in."""
        wrap = self.admin_site.admin_view
        own = [
            path("<uuid:pk>/enter/", wrap(self.enter), name="tenants_organization_enter"),
            path("<uuid:pk>/entered/", wrap(self.entered), name="tenants_organization_entered"),
            path("<uuid:pk>/drop/", wrap(self.drop), name="tenants_organization_drop"),
            path("<uuid:pk>/verify/", wrap(self.verify), name="tenants_organization_verify"),
        ]
        return own + super().get_urls()

    def enter(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Ask for the reason, then begin a support session."""
        clinic = get_object_or_404(Organization, pk=pk)
        form = SupportForm(request.POST or None)
        if request.method == "POST" and form.submit(
            services.start_support_session, organization=clinic, by=request.user
        ):
            _visit, token = form.result
            to = reverse("tenants:enter_for_support", args=[token], urlconf=settings.ROOT_URLCONF)
            request.session[ENTRY] = clinic.url(to)
            return redirect("admin:tenants_organization_entered", pk=clinic.pk)
        context = {"title": _("Enter %(clinic)s") % {"clinic": clinic}, "form": form, "clinic": clinic}
        context |= self.admin_site.each_context(request)
        return TemplateResponse(request, "tenants/admin_enter.html", context)

    def entered(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Lead on to the clinic's host, once.

        A page of its own: our content policy lets no form lead to another host.
        """
        clinic = get_object_or_404(Organization, pk=pk)
        entry = request.session.pop(ENTRY, "")
        if not entry:
            return redirect("admin:tenants_organization_enter", pk=pk)
        context = {"title": clinic.name, "clinic": clinic, "entry": entry}
        context |= self.admin_site.each_context(request)
        return TemplateResponse(request, "tenants/admin_entered.html", context)

    def drop(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Ask for the clinic's name, then have the worker drop its schema and files."""
        clinic = get_object_or_404(Organization, pk=pk)
        form = DropForm(request.POST or None)
        if request.method == "POST" and form.submit(
            services.drop_clinic, organization=clinic, by=request.user
        ):
            self.log_change(request, clinic, "drop_clinic")
            self.message_user(request, _("The worker drops it within a minute."))
            return redirect("admin:tenants_organization_change", clinic.pk)
        context = {"title": _("Drop %(clinic)s") % {"clinic": clinic}, "form": form, "clinic": clinic}
        context |= self.admin_site.each_context(request)
        return TemplateResponse(request, "tenants/admin_drop.html", context)

    def verify(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Ask which papers were seen, then put the clinic into the directory."""
        clinic = get_object_or_404(Organization, pk=pk)
        form = VerifyForm(request.POST or None)
        if request.method == "POST" and form.submit(
            services.verify_organization, organization=clinic, by=request.user
        ):
            self.log_change(request, clinic, "verify_organization")
            self.message_user(request, _("%(record)s: done.") % {"record": clinic})
            return redirect("admin:tenants_organization_change", clinic.pk)
        context = {"title": _("Verify %(clinic)s") % {"clinic": clinic}, "form": form, "clinic": clinic}
        context |= self.admin_site.each_context(request)
        return TemplateResponse(request, "tenants/admin_verify.html", context)


@admin.register(Listing, site=platform_site)
class ListingAdmin(ClinicAdmin):
    """What the clinics tell the directory by themselves."""

    list_display = (
        "organization",
        "specialisations",
        "next_free_at",
        "latitude",
        "longitude",
        "refreshed_at",
    )
    list_select_related = ("organization",)
    search_fields = ("organization__name", "specialisations")
    may_add = False
    may_change = False


@admin.register(Domain, site=platform_site)
class DomainAdmin(PlatformAdmin):
    """Host names. To move a clinic, add the new name and make it the one that serves."""

    list_display = ("domain", "tenant", "is_primary")
    list_filter = ("is_primary",)
    list_select_related = ("tenant",)
    search_fields = ("domain", "tenant__name")
    autocomplete_fields = ("tenant",)

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> tuple[str, ...]:
        """A name stays the clinic's; the primary gives way only to another one."""
        fixed = ("domain", "tenant") if obj else ()
        primary = ("is_primary",) if isinstance(obj, Domain) and obj.is_primary else ()
        return (*super().get_readonly_fields(request, obj), *fixed, *primary)


@admin.register(DomainClaim, site=platform_site)
class DomainClaimAdmin(SeenOnlyAdmin):
    """Addresses that clinics say are their own, and how far each has come."""

    list_display = ("host", "organization", "problem", "checked_at", "verified_at", "reached_at")
    list_select_related = ("organization",)
    list_filter = ("problem", ("verified_at", admin.EmptyFieldListFilter))
    search_fields = ("host", "organization__name")


@admin.register(Erasure, site=platform_site)
class ErasureAdmin(SeenOnlyAdmin):
    """Whom clinics have erased: keys alone, read again after a restore."""

    list_display = ("organization", "patient", "what", "at")
    list_select_related = ("organization",)
    list_filter = ("what",)
    search_fields = ("organization__name",)


@admin.register(ReadySchema, site=platform_site)
class ReadySchemaAdmin(SeenOnlyAdmin):
    """Schemas waiting for the next clinics; the worker makes them."""

    list_display = ("schema_name", "schema_version", "created_at")


@admin.register(SupportSession, site=platform_site)
class SupportSessionAdmin(SeenOnlyAdmin):
    """Who of the platform was in which clinic, when and why."""

    list_display = ("organization", "who", "reason", "started_at", "expires_at", "ended_at")
    list_select_related = ("organization",)
    search_fields = ("organization__name", "reason")
    date_hierarchy = "started_at"
    fields = ("organization", "who", "reason", "started_at", "expires_at", "ended_at")
    readonly_fields = ("who",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """With each visitor's e-mail, in the same query."""
        users = get_user_model().objects.filter(pk=models.OuterRef("user_id"))
        return super().get_queryset(request).annotate(email=models.Subquery(users.values("email")))

    @admin.display(description=_("who"), ordering="email")
    def who(self, visit: Any) -> str:
        """The visitor's e-mail."""
        return visit.email or ""
