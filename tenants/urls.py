"""The platform's own pages."""

from django.conf import settings
from django.urls import path

from tenants import views

app_name = "tenants"

urlpatterns = [
    path("", views.home, name="home"),
    path("clinics/", views.find_clinic, name="find_clinic"),
    path("domains/known/", views.domain_known, name="domain_known"),
    path("clinics/<uuid:pk>/progress/", views.provisioning, name="provisioning"),
]
if settings.DEMO:
    urlpatterns += [
        path("demo/mails/", views.demo_mails, name="demo_mails"),
        path("demo/mails/<slug:key>/", views.demo_mail, name="demo_mail"),
    ]
