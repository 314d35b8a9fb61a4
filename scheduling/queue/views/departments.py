"""The departments people queue for."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.access import requires
from clinic.http import ClinicRequest, carry_out
from scheduling.queue import services
from scheduling.queue.forms import DepartmentForm
from scheduling.queue.models import Department


@requires("queue.view_departments")
def departments(request: ClinicRequest) -> HttpResponse:
    """All of them, and a form for one more."""
    return _list(request, DepartmentForm())


@requires("queue.add_department")
def add_department(request: ClinicRequest) -> HttpResponse:
    """Open a department."""
    form = DepartmentForm(request.POST or None)
    if request.method == "POST" and form.submit(services.add_department, by=request.member):
        messages.success(request, _("The department is open."))
        return redirect("queue:departments")
    return _list(request, form)


@requires("queue.update_department")
def update_department(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Change the name or the letter."""
    department = get_object_or_404(Department, pk=pk)
    form = DepartmentForm(request.POST or None, instance=department)
    if request.method == "POST" and form.submit(
        services.update_department, department=department, by=request.member
    ):
        messages.success(request, _("Changed. Slips handed out keep their letter."))
        return redirect("queue:departments")
    return render(request, "queue/update_department.html", {"form": form, "department": department})


@requires("queue.retire_department")
@require_POST
def retire_department(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Close a department."""
    department = get_object_or_404(Department, pk=pk)
    carry_out(request, services.retire_department, department, _("The department is closed."))
    return redirect("queue:departments")


@requires("queue.reopen_department")
@require_POST
def reopen_department(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Open a closed department again."""
    department = get_object_or_404(Department, pk=pk)
    carry_out(request, services.reopen_department, department, _("The department is open."))
    return redirect("queue:departments")


def _list(request: ClinicRequest, form: DepartmentForm) -> HttpResponse:
    found = Department.objects.order_by("-is_active", "prefix", "name")
    return render(request, "queue/departments.html", {"departments": found, "form": form})
