"""Where the lists of medicines are found on a clinic's host."""

from django.urls import path

from records.medicines import views

app_name = "medicines"

urlpatterns = [
    path("medicines/", views.medicine_lists, name="medicine_lists"),
    path("medicines/load/", views.load_medicines, name="load_medicines"),
    path("medicines/file/", views.medicine_file, name="medicine_file"),
]
