"""Somebody of the platform once looked into the demo's clinics, as its administrators can read."""

from datetime import datetime, timedelta

from django_tenants.utils import schema_context

from accounts.models import User
from clinic.demo.scene import Scene, at, read
from tenants.models import SupportSession
from tenants.services import end_support_session, redeem_support_token, start_support_session

WHY = "Asked by telephone to look why the holiday hours did not show."


def visit_as_support(scene: Scene, now: datetime) -> None:
    """One visit, the day before yesterday, of a quarter of an hour."""
    clinic = scene.organization
    if SupportSession.objects.filter(organization=clinic).exists():
        return
    begun = now - timedelta(days=2)
    with schema_context("public"):
        with at(begun, None):
            who = User.objects.get(email=read("log_ins")["superuser"])
            visit, token = start_support_session(clinic, by=who, reason=WHY)
            redeem_support_token(clinic, token)
        with at(begun + timedelta(minutes=14), None):
            end_support_session(visit)
