"""The pages of a clinic, and one beside them that asks the database nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from clinic.access import public
from clinic.urls import urlpatterns as pages


@public
def frame(request: HttpRequest) -> HttpResponse:
    """The frame that every page has, around nothing."""
    return render(request, "base.html")


urlpatterns = [path("bench/frame/", frame), *pages]
