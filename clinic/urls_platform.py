"""The pages of the platform's site."""

from django.urls import include, path

from clinic.admin import platform_site

urlpatterns = [
    path("", include("tenants.urls")),
    path("", include("accounts.urls")),
    path("", include("accounts.urls_session")),
    path("", include("accounts.members.urls_platform")),
    path("", include("accounts.urls_signins")),
    path("accounts/", include("accounts.urls_entrance")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("accounts.second_factor.urls")),
    path("admin/", platform_site.urls),
]

handler404 = "accounts.members.views.errors.nowhere"
