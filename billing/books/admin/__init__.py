"""The books in the clinic's admin, read-only: they are kept on their own pages."""

from billing.books.admin.entries import BookEntryAdmin
from billing.books.admin.rules import BooksPolicyAdmin, CategoryAdmin, ClosedMonthAdmin

__all__ = ["BookEntryAdmin", "BooksPolicyAdmin", "CategoryAdmin", "ClosedMonthAdmin"]
