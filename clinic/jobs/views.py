"""What runs by itself, for the clinic's administrators."""

from django.http import HttpResponse
from django.shortcuts import render

from clinic.access import requires
from clinic.http import ClinicRequest
from clinic.jobs.table import lines, standstill


@requires("jobs.view_jobs")
def job_list(request: ClinicRequest) -> HttpResponse:
    """Every job that is done in this clinic, with its last run here."""
    jobs = lines(in_clinic=True)
    begun = any(line.run for line in jobs)
    return render(request, "jobs/job_list.html", {"lines": jobs if begun else [], "since": standstill(jobs)})
