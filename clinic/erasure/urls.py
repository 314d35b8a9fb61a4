"""Where patients are forgotten, and where it is said how long things are kept."""

from django.urls import path

from clinic.erasure import views

app_name = "erasure"

urlpatterns = [
    path("patients/<uuid:pk>/erase/", views.erase_patient, name="erase_patient"),
    path("patients/<uuid:pk>/hold/", views.place_legal_hold, name="place_legal_hold"),
    path("patients/<uuid:pk>/hold/lift/", views.lift_legal_hold, name="lift_legal_hold"),
    path("erasures/", views.erasure_list, name="erasure_list"),
    path("erasures/due/", views.erasure_proposals, name="erasure_proposals"),
    path("erasures/<uuid:pk>/", views.erasure, name="erasure"),
    path("retention/", views.retention_list, name="retention_list"),
    path("retention/change/", views.lengthen_retention, name="lengthen_retention"),
]
