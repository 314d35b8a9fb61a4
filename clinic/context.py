"""What every template may know of the installation."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def installation(request: HttpRequest) -> dict[str, Any]:
    """The clinic (None on the platform's site), its member, and whether this is a demo."""
    return {
        "organization": getattr(request, "organization", None),
        "member": getattr(request, "member", None),
        "support_session": getattr(request, "support_session", None),
        "is_demo": settings.DEMO,
    }
