"""What is tried is counted before anything is done about it; each request is a line of the log."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django_structlog.middlewares.request import RequestMiddleware
from structlog.contextvars import bind_contextvars

from accounts.clients import client_ip
from accounts.limits import PASSWORD, RULES, Attempt, Rule, attempt_of, mark_device
from clinic.idempotency.middleware import unreadable

# Where the pages of RULES are.
UNDER = "/accounts/"


class LogMiddleware(RequestMiddleware):
    """The lines of the log; where a request comes from is what our own proxies saw."""

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        """Not by a library that reads a dozen headers, which any client may write."""
        bind_contextvars(ip=client_ip(request) or None)


class LimitsMiddleware:
    """Counts attempts (`accounts.limits`); outside the form's transaction, which a refusal undoes."""

    def __init__(self, get_response: Callable[[Any], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        """Count what is tried, answer it or not, and take back what does not count."""
        request.attempt, request.new_device = None, ""
        rule = _rule_of(request)
        response = self.get_response(request) if rule is None else self._counted(request, rule)
        mark_device(request, response)
        return response

    def _counted(self, request: Any, rule: Rule) -> HttpResponse:
        unread = unreadable(request)
        if unread:
            return unread
        attempt = request.attempt = attempt_of(request, rule)
        # At the sign-in page it is the form that says so.
        if not attempt.is_allowed and rule is not PASSWORD:
            return too_many(request, attempt)
        response = self.get_response(request)
        attempt.settle(response.status_code)
        return response


def _rule_of(request: Any) -> Rule | None:
    if request.method != "POST" or not request.path_info.startswith(UNDER):
        return None
    try:
        match = resolve(request.path_info, getattr(request, "urlconf", None))
    except Resolver404:
        return None
    return RULES.get(match.view_name)


def too_many(request: Any, attempt: Attempt) -> HttpResponse:
    """The page that says when to try again."""
    minutes = int(attempt.wait.total_seconds() // 60)
    response = render(request, "429.html", {"minutes": minutes}, status=429)
    response["Retry-After"] = str(minutes * 60)
    return response
