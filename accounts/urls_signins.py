"""Addresses about where one is signed in, on the platform's site and in every clinic."""

from django.urls import path

from accounts.views import signins

app_name = "signins"

urlpatterns = [
    path("sign-ins/", signins.signin_list, name="signin_list"),
    path("sign-ins/<uuid:pk>/end/", signins.end_signin, name="end_signin"),
    path("sign-ins/everywhere/", signins.sign_out_everywhere, name="sign_out_everywhere"),
]
