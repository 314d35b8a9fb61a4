"""Addresses on the platform's site that concern a clinic's people."""

from django.urls import path

from accounts.members.views import platform

app_name = "members"

urlpatterns = [
    path("sign-up/", platform.sign_up_clinic, name="sign_up_clinic"),
    path("sign-up/done/", platform.clinic_signed_up, name="clinic_signed_up"),
]
