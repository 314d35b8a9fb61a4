"""Addresses about log-ins on the platform's site."""

from django.urls import path

from accounts.views import clinics

app_name = "accounts"

urlpatterns = [
    path("my-clinics/", clinics.my_clinics, name="my_clinics"),
    path("my-clinics/<uuid:pk>/enter/", clinics.hand_over, name="hand_over"),
]
