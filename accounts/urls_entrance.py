"""Pages behind links in letters, instead of allauth's own at the same addresses."""

from django.urls import re_path

from accounts.views import letters

urlpatterns = [
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", letters.confirm_email, name="account_confirm_email"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        letters.reset_password_from_key,
        name="account_reset_password_from_key",
    ),
]
