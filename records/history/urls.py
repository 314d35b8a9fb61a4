"""Where what was done elsewhere is found on a clinic's host."""

from django.urls import path

from records.history import views
from records.history.kinds import KINDS

app_name = "history"

urlpatterns = [
    path("patients/<uuid:pk>/history/", views.history, name="history"),
    path("patients/<uuid:pk>/history/vaccination/", views.add_immunization, name="add_immunization"),
    path("patients/<uuid:pk>/history/procedure/", views.add_past_procedure, name="add_past_procedure"),
    path("past-medications/<uuid:pk>/stop/", views.stop_past_medication, name="stop_past_medication"),
    path("portal/vaccinations/", views.portal_immunizations, name="portal_immunizations"),
    *(
        path(f"{kind.segment}/<uuid:pk>/", views.entry, {"kind": kind.name}, kind.name)
        for kind in KINDS.values()
    ),
    *(
        path(
            f"{kind.segment}/<uuid:pk>/withdraw/",
            views.withdraw_entry,
            {"kind": kind.name},
            f"withdraw_{kind.name}",
        )
        for kind in KINDS.values()
    ),
]
