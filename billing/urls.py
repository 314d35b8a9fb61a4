"""Addresses of invoices and payments."""

from django.urls import path

from billing import views

app_name = "billing"
urlpatterns = [
    path("invoices/", views.invoice_list, name="invoice_list"),
    path("invoices/new/", views.draft_invoice, name="draft_invoice"),
    path("invoices/settings/", views.update_billing_policy, name="update_billing_policy"),
    path("invoices/settings/tax-rates/new/", views.add_tax_rate, name="add_tax_rate"),
    path("invoices/settings/tax-rates/<uuid:pk>/", views.update_tax_rate, name="update_tax_rate"),
    path("invoices/settings/tax-rates/<uuid:pk>/retire/", views.retire_tax_rate, name="retire_tax_rate"),
    path("invoices/settings/tax-rates/<uuid:pk>/restore/", views.restore_tax_rate, name="restore_tax_rate"),
    path("invoices/<uuid:pk>/", views.invoice, name="invoice"),
    path("invoices/<uuid:pk>/lines/", views.update_invoice, name="update_invoice"),
    path("invoices/<uuid:pk>/issue/", views.issue_invoice, name="issue_invoice"),
    path("invoices/<uuid:pk>/email/", views.email_invoice, name="email_invoice"),
    path("invoices/<uuid:pk>/remind/", views.remind_of_invoice, name="remind_of_invoice"),
    path("invoices/<uuid:pk>/cancel/", views.cancel_invoice, name="cancel_invoice"),
    path("invoices/<uuid:pk>/payments/", views.record_payment, name="record_payment"),
    path("invoices/<uuid:pk>/sheet/", views.invoice_sheet, name="invoice_sheet"),
    path("invoices/<uuid:pk>/pdf/", views.invoice_pdf, name="invoice_pdf"),
    path("invoices/<uuid:pk>/credit/", views.credit_invoice, name="credit_invoice"),
    path("credit-notes/<uuid:pk>/pdf/", views.credit_note, name="credit_note"),
    path("payments/<uuid:pk>/refund/", views.refund_payment, name="refund_payment"),
    path("payments/<uuid:pk>/receipt/", views.receipt, name="receipt"),
    path("payments/<uuid:pk>/receipt/pdf/", views.receipt_pdf, name="receipt_pdf"),
    path("patients/<uuid:pk>/statement/", views.statement, name="statement"),
    path("patients/<uuid:pk>/statement/pdf/", views.statement_pdf, name="statement_pdf"),
    path("patients/<uuid:pk>/statement/email/", views.email_statement, name="email_statement"),
    path("portal/statement/", views.portal_statement, name="portal_statement"),
    path("portal/statement/pdf/", views.portal_statement_pdf, name="portal_statement_pdf"),
    path("payments/<uuid:pk>/complete/", views.complete_payment, name="complete_payment"),
    path("payments/<uuid:pk>/fail/", views.fail_payment, name="fail_payment"),
    path("invoices/<uuid:pk>/claim/", views.claim_invoice, name="claim_invoice"),
    path("claims/", views.claim_list, name="claim_list"),
    path("claims/pdf/", views.claims_pdf, name="claims_pdf"),
    path("claims/csv/", views.claims_csv, name="claims_csv"),
    path("claims/send/", views.send_claims, name="send_claims"),
    path("claims/<uuid:pk>/withdraw/", views.withdraw_claim, name="withdraw_claim"),
    path("claims/<uuid:pk>/accept/", views.accept_claim, name="accept_claim"),
    path("claims/<uuid:pk>/reject/", views.reject_claim, name="reject_claim"),
    path("claims/<uuid:pk>/pay/", views.pay_claim, name="pay_claim"),
    path("portal/invoices/", views.portal_invoices, name="portal_invoices"),
]
