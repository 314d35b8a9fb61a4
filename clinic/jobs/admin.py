"""What runs by itself in both admins, read-only: in a clinic its own jobs, on the platform all of them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.admin import ClinicAdmin, clinic_site, platform_site
from clinic.jobs.models import JobRun
from clinic.jobs.table import JOBS, Line, lines


@admin.register(JobRun, site=clinic_site)
@admin.register(JobRun, site=platform_site)
class JobRunAdmin(ClinicAdmin):
    """The last run of each job of the table; those that never ran are named above the list."""

    list_display = ("purpose", "how_often", "started_at", "result", "error", "succeeded_at")
    fields = (
        "purpose",
        "how_often",
        "cron",
        "name",
        "started_at",
        "finished_at",
        "result",
        "error",
        "succeeded_at",
    )
    readonly_fields = ("purpose", "how_often", "cron", "result")
    search_fields = ("name", "error")
    may_add = False
    may_change = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[JobRun]:
        """Runs of jobs there still are."""
        return super().get_queryset(request).filter(name__in=JOBS)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, after a word about what never ran."""
        in_clinic = self.admin_site is clinic_site
        waiting = [line.job.name for line in lines(in_clinic=in_clinic) if line.run is None]
        if waiting:
            said = _("These have not run yet; the worker (manage.py work) does them: %(jobs)s.")
            self.message_user(request, said % {"jobs": ", ".join(waiting)}, level="INFO")
        return super().changelist_view(request, extra_context)

    @admin.display(description=_("what it does"), ordering="name")
    def purpose(self, run: JobRun) -> Any:
        """In a sentence."""
        return JOBS[run.name].purpose

    @admin.display(description=_("how often"))
    def how_often(self, run: JobRun) -> Any:
        """In words."""
        return JOBS[run.name].schedule.words

    @admin.display(description=_("schedule (cron, UTC)"))
    def cron(self, run: JobRun) -> str:
        """As the worker reads it."""
        return JOBS[run.name].schedule.cron

    @admin.display(description=_("result"))
    def result(self, run: JobRun) -> Any:
        """How the last run went, or that it should have been done again by now."""
        return Line(JOBS[run.name], run, timezone.now()).word
