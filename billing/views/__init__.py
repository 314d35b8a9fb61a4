"""The pages of invoices and payments."""

from billing.views.claims import (
    accept_claim,
    claim_invoice,
    claim_list,
    claims_csv,
    claims_pdf,
    pay_claim,
    reject_claim,
    send_claims,
    withdraw_claim,
)
from billing.views.credits import credit_invoice, credit_note
from billing.views.invoices import (
    cancel_invoice,
    draft_invoice,
    invoice,
    invoice_list,
    issue_invoice,
    portal_invoices,
    update_invoice,
)
from billing.views.letters import email_invoice, remind_of_invoice
from billing.views.paper import invoice_pdf, invoice_sheet, receipt, receipt_pdf
from billing.views.payments import complete_payment, fail_payment, record_payment, refund_payment
from billing.views.statements import (
    email_statement,
    portal_statement,
    portal_statement_pdf,
    statement,
    statement_pdf,
)
from billing.views.taxes import (
    add_tax_rate,
    restore_tax_rate,
    retire_tax_rate,
    update_billing_policy,
    update_tax_rate,
)

__all__ = [
    "accept_claim",
    "add_tax_rate",
    "cancel_invoice",
    "claim_invoice",
    "claim_list",
    "claims_csv",
    "claims_pdf",
    "complete_payment",
    "credit_invoice",
    "credit_note",
    "draft_invoice",
    "email_invoice",
    "email_statement",
    "fail_payment",
    "invoice",
    "invoice_list",
    "invoice_pdf",
    "invoice_sheet",
    "issue_invoice",
    "pay_claim",
    "portal_invoices",
    "portal_statement",
    "portal_statement_pdf",
    "receipt",
    "receipt_pdf",
    "record_payment",
    "refund_payment",
    "reject_claim",
    "remind_of_invoice",
    "restore_tax_rate",
    "retire_tax_rate",
    "send_claims",
    "statement",
    "statement_pdf",
    "update_billing_policy",
    "update_invoice",
    "update_tax_rate",
    "withdraw_claim",
]
