"""Pages of ours instead of allauth's own at the same addresses."""

from django.urls import path, re_path

from accounts.views import letters, login

urlpatterns = [
    path("email/", login.email, name="account_email"),
    path("password/change/", login.change_password, name="account_change_password"),
    path("password/set/", login.set_password, name="account_set_password"),
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", letters.confirm_email, name="account_confirm_email"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        letters.reset_password_from_key,
        name="account_reset_password_from_key",
    ),
]
