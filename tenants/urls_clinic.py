"""Support's way into a clinic, on the clinic's own host."""

from django.urls import path

from tenants import views

app_name = "tenants"

urlpatterns = [
    path("", views.support_session_list, name="support_session_list"),
    path("forbid/", views.forbid_support, name="forbid_support"),
    path("allow/", views.allow_support, name="allow_support"),
    path("guests/<uuid:pk>/end/", views.end_support_visit, name="end_support_visit"),
    path("leave/", views.leave_support_session, name="leave_support_session"),
    path("<str:token>/", views.enter_for_support, name="enter_for_support"),
]
