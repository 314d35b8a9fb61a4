"""Backups in the platform's administration: made, carried away, restored, and a restore taken back."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from clinic.admin import platform_site
from clinic.models import Refusal
from tenants.admin.base import SeenOnlyAdmin
from tenants.forms import BackupForm, ConfirmForm, PlainForm, RestoreForm
from tenants.models import Backup, Organization, Restore
from tenants.services import backups

Links = list[tuple[str, Any]]


class WorkAdmin(SeenOnlyAdmin):
    """What the worker does for a while: its state with how far it has come."""

    template = "tenants/admin_backup.html"

    @admin.display(description=_("state"), ordering="status")
    def standing(self, work: Any) -> str:
        """In words; while it is being done, with a percentage."""
        label = work.get_status_display()
        return f"{label} ({work.percent} %)" if work.status == "running" else str(label)

    @admin.display(description=_("what is in it"))
    def content(self, work: Any) -> str:
        """Rows, files, and sums of money."""
        report = work.report or {}
        if "rows" not in report:
            return ""
        lines = [
            _("%(rows)s rows, %(files)s files") % report,
            _("audit trail up to entry %(id)s") % report["trail"],
            *(_sum(name, told) for name, told in report["sums"].items()),
        ]
        return format_html_join("", "<div>{}</div>", ([line] for line in lines))

    def links(self, pages: Links, work: models.Model) -> str:
        """Ways to what can be done with it now."""
        named = ((reverse(f"admin:{name}", args=[work.pk]), words) for name, words in pages)
        return format_html_join(" · ", '<a href="{}">{}</a>', named)

    def ask(
        self, request: HttpRequest, work: Any, form: Any, service: Callable[..., Any], **context: Any
    ) -> HttpResponse:
        """Show the form, or carry out what it asks for and go to where that is seen."""
        if request.method == "POST" and form.submit(partial(service, work), by=request.user):
            done = form.result
            self.log_change(request, done, service.__name__)
            return redirect(f"admin:tenants_{done._meta.model_name}_change", done.pk)
        back = reverse(f"admin:tenants_{work._meta.model_name}_change", args=[work.pk])
        context |= {"form": form, "work": work, "back": back, **self.admin_site.each_context(request)}
        return TemplateResponse(request, self.template, context)


def _sum(name: str, told: list[list[str]]) -> str:
    return f"{name}: {'; '.join(' '.join(row) for row in told)}"


@admin.register(Backup, site=platform_site)
class BackupAdmin(WorkAdmin):
    """Backups; a clinic's own page leads to a new one."""

    list_display = (
        "file_name",
        "organization",
        "standing",
        "is_encrypted",
        "bytes",
        "asked_by",
        "created_at",
    )
    list_select_related = ("organization",)
    list_filter = ("status", "is_encrypted", "is_nightly")
    search_fields = ("organization__name", "organization__label", "file_name")
    fields = (
        *("organization", "file_name", "standing", "what_next", "is_encrypted", "is_nightly", "bytes"),
        *("sha256", "content", "asked_by", "created_at", "started_at", "ended_at", "problem"),
    )
    readonly_fields = ("standing", "what_next", "bytes", "content")

    @admin.display(description=_("size"), ordering="size")
    def bytes(self, backup: Backup) -> str:
        """In words."""
        return filesizeformat(backup.size) if backup.size else ""

    @admin.display(description=_("what next"))
    def what_next(self, backup: Backup) -> str:
        """Carry it away, restore it, remove it."""
        if backup.status in (Backup.Status.ASKED, Backup.Status.RUNNING):
            here = reverse("admin:tenants_backup_change", args=[backup.pk])
            return format_html('<a href="{}">{}</a>', here, _("Look again"))
        if backup.status != Backup.Status.READY:
            return ""
        pages: Links = [
            ("tenants_backup_restore", _("Restore it…")),
            ("tenants_backup_remove", _("Remove the file…")),
        ]
        if backup.is_encrypted:
            pages.insert(0, ("tenants_backup_carry_away", _("Download")))
        return self.links(pages, backup)

    def get_urls(self) -> list[URLPattern]:
        """The admin's own, and a page for each thing that can be done."""
        wrap = self.admin_site.admin_view
        own = [
            path("of/<uuid:pk>/", wrap(self.make), name="tenants_backup_make"),
            path("<uuid:pk>/restore/", wrap(self.restore), name="tenants_backup_restore"),
            path("<uuid:pk>/remove/", wrap(self.remove), name="tenants_backup_remove"),
            path("<uuid:pk>/carry-away/", wrap(self.carry_away), name="tenants_backup_carry_away"),
        ]
        return own + super().get_urls()

    def make(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Ask for a password, then the worker makes a backup of the clinic."""
        clinic = get_object_or_404(Organization, pk=pk)
        words = _(
            "Everything of this clinic as it is at one moment goes into one file on the server: its records, "
            "its files, its log-ins. The clinic reads in its audit trail who asked for it."
        )
        about = {
            "title": _("Back up %(clinic)s") % {"clinic": clinic},
            "words": words,
            "button": _("Back up"),
        }
        return self.ask(request, clinic, BackupForm(request.POST or None), backups.ask_for_backup, **about)

    def restore(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Ask whereto, and for the clinic's name; then the worker restores it."""
        backup = get_object_or_404(Backup.objects.select_related("organization"), pk=pk)
        words = _(
            "With an address it becomes a new clinic, which is suspended until you reopen it. Without one it "
            "takes the place of what %(clinic)s holds now: whatever was entered since the backup is set "
            "aside, and nobody can work there until it is done. You can take that back."
        ) % {"clinic": backup.organization}
        about = {
            "title": _("Restore %(backup)s") % {"backup": backup},
            "words": words,
            "button": _("Restore"),
        }
        return self.ask(request, backup, RestoreForm(request.POST or None), backups.ask_for_restore, **about)

    def remove(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Ask once more, then delete the file."""
        backup = get_object_or_404(Backup.objects.select_related("organization"), pk=pk)
        words = _("The file is deleted. There is no way back.")
        title = _("Remove %(backup)s") % {"backup": backup}
        about = {"title": title, "words": words, "button": _("Remove")}
        return self.ask(request, backup, PlainForm(request.POST or None), backups.remove_backup, **about)

    def carry_away(self, request: HttpRequest, pk: Any) -> HttpResponse | FileResponse:
        """Send the encrypted file; the clinic's trail says to whom."""
        backup = get_object_or_404(Backup.objects.select_related("organization"), pk=pk)
        try:
            file = backups.carry_backup_away(backup, by=request.user)
        except Refusal as refusal:
            self.message_user(request, refusal.message, level="ERROR")
            return redirect("admin:tenants_backup_change", pk)
        return FileResponse(
            file.open("rb"), as_attachment=True, filename=file.name, content_type="application/octet-stream"
        )


@admin.register(Restore, site=platform_site)
class RestoreAdmin(WorkAdmin):
    """Restores, and the way back from those in place."""

    list_display = ("file_name", "organization", "standing", "is_in_place", "kept_schema", "created_at")
    list_select_related = ("organization",)
    list_filter = ("status", "is_in_place")
    search_fields = ("organization__name", "organization__label", "file_name", "label")
    fields = (
        *("file_name", "organization", "label", "is_in_place", "standing", "what_next", "content"),
        *("kept_schema", "asked_by", "created_at", "started_at", "ended_at", "problem"),
    )
    readonly_fields = ("standing", "what_next", "content")

    @admin.display(description=_("what next"))
    def what_next(self, restore: Restore) -> str:
        """Take it back, or settle it."""
        if restore.status in (Restore.Status.ASKED, Restore.Status.RUNNING):
            here = reverse("admin:tenants_restore_change", args=[restore.pk])
            return format_html('<a href="{}">{}</a>', here, _("Look again"))
        pages: Links = []
        if restore.status == Restore.Status.DONE and restore.kept_schema:
            pages.append(("tenants_restore_undo", _("Take it back…")))
        if restore.kept_schema:
            pages.append(("tenants_restore_drop", _("Drop what is kept…")))
        return self.links(pages, restore)

    def get_urls(self) -> list[URLPattern]:
        """The admin's own, and a page for each thing that can be done."""
        wrap = self.admin_site.admin_view
        own = [
            path("<uuid:pk>/undo/", wrap(self.undo), name="tenants_restore_undo"),
            path("<uuid:pk>/drop/", wrap(self.drop), name="tenants_restore_drop"),
        ]
        return own + super().get_urls()

    def undo(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Ask for the clinic's name, then exchange what was restored for what was kept."""
        restore = get_object_or_404(Restore, pk=pk, organization__isnull=False)
        words = _(
            "The clinic holds again what it held before the restore; what was entered since is set aside."
        )
        about = {"title": _("Take the restore back"), "words": words, "button": _("Take back")}
        return self.ask(request, restore, ConfirmForm(request.POST or None), backups.ask_for_undo, **about)

    def drop(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Ask for the clinic's name, then drop the other state for good."""
        restore = get_object_or_404(Restore, pk=pk, organization__isnull=False)
        words = _("The state that is set aside is dropped with its files. There is no way back.")
        about = {"title": _("Drop what is kept"), "words": words, "button": _("Drop for good")}
        return self.ask(request, restore, ConfirmForm(request.POST or None), backups.ask_for_drop, **about)
