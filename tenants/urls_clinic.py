"""What a clinic's administrators decide with the platform: visits of support, addresses of its own."""

from django.urls import path

from tenants import views

app_name = "tenants"

urlpatterns = [
    path("support/", views.support_session_list, name="support_session_list"),
    path("support/forbid/", views.forbid_support, name="forbid_support"),
    path("support/allow/", views.allow_support, name="allow_support"),
    path("support/guests/<uuid:pk>/end/", views.end_support_visit, name="end_support_visit"),
    path("support/leave/", views.leave_support_session, name="leave_support_session"),
    path("support/<str:token>/", views.enter_for_support, name="enter_for_support"),
    path("domains/", views.domain_list, name="domain_list"),
    path("domains/claim/", views.claim_domain, name="claim_domain"),
    path("domains/arrived/", views.domain_arrived, name="domain_arrived"),
    path("domains/owned/<uuid:pk>/check/", views.check_domain, name="check_domain"),
    path("domains/owned/<uuid:pk>/withdraw/", views.withdraw_domain, name="withdraw_domain"),
    path("domains/hosts/<uuid:pk>/serve/", views.serve_domain, name="serve_domain"),
]
