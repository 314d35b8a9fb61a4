"""Addresses of online payments: the patient's, the desk's, and the one that providers call."""

from django.urls import path

from billing.online import views

app_name = "online"
urlpatterns = [
    path("pay/<str:token>/", views.pay_invoice, name="pay_invoice"),
    path("pay/at/<str:token>/", views.online_payment, name="online_payment"),
    path("pay/trial/<str:token>/", views.sandbox_checkout, name="sandbox_checkout"),
    path("webhooks/payments/<uuid:pk>/", views.receive_webhook, name="receive_webhook"),
    path("invoices/<uuid:pk>/online/", views.invoice_online_payments, name="invoice_online_payments"),
    path("online-payments/", views.online_payment_list, name="online_payment_list"),
    path("online-payments/<uuid:pk>/fail/", views.fail_online_payment, name="fail_online_payment"),
    path("online-refunds/<uuid:pk>/retry/", views.retry_online_refund, name="retry_online_refund"),
    path("online-payments/providers/", views.provider_list, name="provider_list"),
    path("online-payments/providers/new/", views.add_provider, name="add_provider"),
    path("online-payments/providers/<uuid:pk>/", views.update_provider, name="update_provider"),
    path("online-payments/providers/<uuid:pk>/on/", views.switch_on_provider, name="switch_on_provider"),
    path("online-payments/providers/<uuid:pk>/off/", views.switch_off_provider, name="switch_off_provider"),
]
