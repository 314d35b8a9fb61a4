"""What stands at an address that leads nowhere."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.views.defaults import page_not_found

from accounts.members.second_factor import missing_factor, step_back
from clinic.http import ClinicRequest


def nowhere(request: ClinicRequest, exception: Exception) -> HttpResponse:
    """The page that says so. The gate has not been asked: there is no view behind this address.

    Who has still to show a second factor is nobody here either: the head of a page names people.
    """
    if missing_factor(request):
        step_back(request)
        request.user = AnonymousUser()
    return page_not_found(request, exception)
