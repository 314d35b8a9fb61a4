"""Where measurements are found on a clinic's host."""

from django.urls import path

from records.observations import views

app_name = "observations"

urlpatterns = [
    path("patients/<uuid:pk>/measurements/", views.measurements, name="measurements"),
    path("patients/<uuid:pk>/measurements/record/", views.record_measurements, name="record_measurements"),
    path("patients/<uuid:pk>/growth/", views.growth, name="growth"),
    path("patients/<uuid:pk>/measurements/beside/", views.beside, name="beside"),
    path("consultations/<uuid:pk>/measurements/", views.of_consultation, name="of_consultation"),
    path(
        "measurements/<uuid:pk>/error/",
        views.enter_measurement_in_error,
        name="enter_measurement_in_error",
    ),
    path("portal/measurements/", views.portal_measurements, name="portal_measurements"),
]
