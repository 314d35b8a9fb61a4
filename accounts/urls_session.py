"""Addresses about the session one is in, on the platform's site and in every clinic."""

from django.urls import path

from accounts.views import session

app_name = "session"

urlpatterns = [
    path("session/", session.state, name="state"),
    path("session/back/", session.back, name="back"),
]
