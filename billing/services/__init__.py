"""What people do with invoices and payments. Each is one transaction, and locks the invoice first."""

from billing.services.claims import (
    accept_claim,
    claim_invoice,
    pay_claim,
    reject_claim,
    send_claim,
    send_claims,
    withdraw_claim,
)
from billing.services.credits import credit_invoice, refund_payment
from billing.services.invoices import cancel_invoice, draft_invoice, issue_invoice, update_invoice
from billing.services.letters import email_invoice, email_statement
from billing.services.payments import complete_payment, fail_payment, record_payment
from billing.services.reminders import remind_of_invoice, remind_of_overdue
from billing.services.taxes import (
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
    "complete_payment",
    "credit_invoice",
    "draft_invoice",
    "email_invoice",
    "email_statement",
    "fail_payment",
    "issue_invoice",
    "pay_claim",
    "record_payment",
    "refund_payment",
    "reject_claim",
    "remind_of_invoice",
    "remind_of_overdue",
    "restore_tax_rate",
    "retire_tax_rate",
    "send_claim",
    "send_claims",
    "update_billing_policy",
    "update_invoice",
    "update_tax_rate",
    "withdraw_claim",
]
