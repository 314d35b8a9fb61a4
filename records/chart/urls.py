"""Where the whole record is found on a clinic's host."""

from django.urls import path

from records.chart import views

app_name = "chart"

urlpatterns = [
    path("patients/<uuid:pk>/chart/", views.chart, name="chart"),
    path("patients/<uuid:pk>/glass/", views.break_glass, name="break_glass"),
    path("broken-glass/", views.broken_glass, name="broken_glass"),
    path("trail/", views.search_trail, name="search_trail"),
    path("trail/<int:pk>/", views.trail_entry, name="trail_entry"),
    path("portal/access/", views.portal_access, name="portal_access"),
]
