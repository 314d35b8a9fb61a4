"""Where FHIR is brought in."""

from django.urls import path

from clinic.fhir import views

app_name = "fhir"

urlpatterns = [
    path("", views.upload_bundles, name="upload_bundles"),
    path("<uuid:pk>/", views.bundles, name="bundles"),
    path("<uuid:pk>/bring-in/", views.bring_in_bundles, name="bring_in_bundles"),
]
