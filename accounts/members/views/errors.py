"""What stands at an address that leads nowhere."""

import re

from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.defaults import page_not_found

from accounts.members.models.merge import file_of
from accounts.members.second_factor import missing_factor, step_back
from clinic.http import ClinicRequest

_KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def nowhere(request: ClinicRequest, exception: Exception) -> HttpResponse:
    """The page that says so. The gate has not been asked: there is no view behind this address.

    Who has still to show a second factor is nobody here either: the head of a page names people. A page about
    a file that was merged into another one leads those who look patients up to the same page about that.
    """
    if missing_factor(request):
        step_back(request)
        request.user = AnonymousUser()
    elif there := _where_the_file_is(request):
        return redirect(there)
    return page_not_found(request, exception)


def _where_the_file_is(request: ClinicRequest) -> str:
    member, key = getattr(request, "member", None), _KEY.search(request.path)
    if request.method != "GET" or key is None or member is None or not member.may("members.view_patients"):
        return ""
    survivor = file_of(key[0])
    return request.get_full_path().replace(key[0], str(survivor)) if survivor else ""
