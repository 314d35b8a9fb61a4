"""Addresses of payers and policies."""

from django.urls import path

from billing.insurance import views

app_name = "insurance"
urlpatterns = [
    path("payers/", views.payer_list, name="payer_list"),
    path("payers/new/", views.add_payer, name="add_payer"),
    path("payers/<uuid:pk>/", views.update_payer, name="update_payer"),
    path("payers/<uuid:pk>/retire/", views.retire_payer, name="retire_payer"),
    path("payers/<uuid:pk>/restore/", views.restore_payer, name="restore_payer"),
    path("patients/<uuid:pk>/policies/", views.policy_list, name="policy_list"),
    path("patients/<uuid:pk>/policies/new/", views.add_policy, name="add_policy"),
    path("policies/<uuid:pk>/", views.update_policy, name="update_policy"),
]
