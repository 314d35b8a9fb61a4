"""Addresses about log-ins on the platform's site."""

from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [path("my-clinics/", views.my_clinics, name="my_clinics")]
