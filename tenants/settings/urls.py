"""Where a clinic is set up."""

from django.urls import path

from tenants.settings import views

app_name = "settings"

urlpatterns = [
    path("settings/", views.overview, name="overview"),
    path("settings/contact/", views.update_contact, name="update_contact"),
    path("settings/brand/", views.update_brand, name="update_brand"),
    path("settings/brand/logo/remove/", views.remove_logo, name="remove_logo"),
    path("settings/letterhead/", views.update_letterhead, name="update_letterhead"),
    path("settings/letterhead/sheet/", views.letterhead_sheet, name="letterhead_sheet"),
    path("settings/languages/", views.update_languages, name="update_languages"),
    path("settings/place/", views.update_place, name="update_place"),
    path("logo/<str:name>", views.logo, name="logo"),
]
