"""Support's way into a clinic, on the clinic's own host."""

from django.urls import URLPattern

app_name = "tenants"

urlpatterns: list[URLPattern] = []
