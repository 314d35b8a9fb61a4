"""Support's way into a clinic, on the clinic's own host."""

from django.urls import path

from tenants import views

app_name = "tenants"

urlpatterns = [
    path("leave/", views.leave_support_session, name="leave_support_session"),
    path("<str:token>/", views.enter_for_support, name="enter_for_support"),
]
