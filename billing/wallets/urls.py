"""Addresses of wallets."""

from django.urls import path

from billing.wallets import views

app_name = "wallets"
urlpatterns = [
    path("wallets/", views.wallet_list, name="wallet_list"),
    path("patients/<uuid:pk>/wallet/", views.wallet, name="wallet"),
    path("patients/<uuid:pk>/wallet/top-up/", views.top_up_wallet, name="top_up_wallet"),
    path("patients/<uuid:pk>/wallet/pay-out/", views.pay_out_wallet, name="pay_out_wallet"),
    path("patients/<uuid:pk>/wallet/adjust/", views.adjust_wallet, name="adjust_wallet"),
    path("patients/<uuid:pk>/wallet/transfer/", views.transfer_wallet, name="transfer_wallet"),
    path("portal/wallet/", views.portal_wallet, name="portal_wallet"),
]
