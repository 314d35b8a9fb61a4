"""The categories of the books."""

import uuid

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.books import services
from billing.books.forms import AddCategoryForm, UpdateCategoryForm
from billing.books.models import Category
from clinic.access import requires
from clinic.http import ClinicRequest, carry_out


@require_GET
@requires("books.category_list")
def category_list(request: ClinicRequest) -> HttpResponse:
    """All categories, with how many entries each has."""
    counted = Category.objects.annotate(count=Count("entries")).order_by("-kind", "retired_at", "name")
    return render(request, "books/category_list.html", {"categories": counted})


@require_http_methods(["GET", "POST"])
@requires("books.add_category")
def add_category(request: ClinicRequest) -> HttpResponse:
    """A new category."""
    form = AddCategoryForm(request.POST or None, initial={"kind": request.GET.get("kind", "expense")})
    if form.submit(services.add_category, by=request.member):
        messages.success(request, _("The category is there."))
        return redirect("books:category_list")
    return render(request, "books/add_category.html", {"form": form})


@require_POST
@requires("books.add_usual_categories")
def add_usual_categories(request: ClinicRequest) -> HttpResponse:
    """The categories most clinics need."""
    services.add_usual_categories(by=request.member)
    messages.success(request, _("The usual categories are there. Rename or retire what you do not need."))
    return redirect("books:category_list")


@require_http_methods(["GET", "POST"])
@requires("books.update_category")
def update_category(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Call a category otherwise."""
    category = get_object_or_404(Category, pk=pk)
    form = UpdateCategoryForm(request.POST or None, category=category)
    if form.submit(services.update_category, by=request.member, category=category):
        messages.success(request, _("The category is renamed."))
        return redirect("books:category_list")
    return render(request, "books/update_category.html", {"form": form, "category": category})


@require_POST
@requires("books.retire_category")
def retire_category(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Offer a category no longer."""
    category = get_object_or_404(Category, pk=pk)
    carry_out(request, services.retire_category, category, _("The category is offered no longer."))
    return redirect("books:category_list")


@require_POST
@requires("books.restore_category")
def restore_category(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Offer a category again."""
    category = get_object_or_404(Category, pk=pk)
    carry_out(request, services.restore_category, category, _("The category is offered again."))
    return redirect("books:category_list")
