"""What `manage.py check` says about the ways by which messages leave."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks

from clinic.notifications.sms import PROVIDERS

# Ways that end on this machine.
GOES_NOWHERE = ("console", "dummy", "filebased", "locmem")


def sms_url_is_understood(**kwargs: Any) -> list[checks.CheckMessage]:
    """SMS_URL names a provider, and what it needs."""
    url = urlsplit(settings.SMS_URL)
    if url.scheme in PROVIDERS and (
        url.scheme == "file" or all((url.username, url.password, url.path.strip("/")))
    ):
        return []
    return [
        checks.Error(
            "SMS_URL is not understood.",
            hint="Write file: or twilio://SID:TOKEN@/+15005550006 (README, In production).",
            id="clinic.E001",
        )
    ]


def messages_leave_this_machine(**kwargs: Any) -> list[checks.CheckMessage]:
    """In production, letters and text messages reach people."""
    problems: list[checks.CheckMessage] = []
    if settings.EMAIL_BACKEND.split(".")[-2] in GOES_NOWHERE:
        problems.append(
            checks.Warning(
                "Letters to patients and staff go nowhere.",
                hint="Set EMAIL_URL to a mail server: smtp+tls://user:password@host:587.",
                id="clinic.W001",
            )
        )
    if urlsplit(settings.SMS_URL).scheme == "file":
        problems.append(
            checks.Warning(
                "Text messages to patients are written to files.",
                hint="Set SMS_URL: twilio://SID:TOKEN@/+15005550006.",
                id="clinic.W002",
            )
        )
    return problems
