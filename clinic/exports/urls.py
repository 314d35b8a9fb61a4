"""Where copies of everything are asked for and fetched."""

from django.urls import path

from clinic.exports import views

app_name = "exports"

urlpatterns = [
    path("patients/<uuid:pk>/exports/", views.patient_exports, name="patient_exports"),
    path("patients/<uuid:pk>/exports/ask/", views.ask_for_patient, name="ask_for_patient"),
    path("portal/data/", views.my_data, name="my_data"),
    path("portal/data/ask/", views.ask_for_mine, name="ask_for_mine"),
    path("moving/out/", views.clinic_exports, name="clinic_exports"),
    path("moving/out/ask/", views.ask_for_clinic, name="ask_for_clinic"),
    path("exports/<uuid:pk>/", views.export_state, name="export_state"),
    path("exports/<uuid:pk>/fetch/", views.fetch_export, name="fetch_export"),
    path("exports/<uuid:pk>/download/", views.download_export, name="download_export"),
    path("exports/<uuid:pk>/delete/", views.delete_export, name="delete_export"),
]
