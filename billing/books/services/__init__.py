"""What is done with the books."""

from billing.books.services.categories import (
    add_category,
    add_usual_categories,
    restore_category,
    retire_category,
    update_category,
)
from billing.books.services.entries import add_entry, void_entry
from billing.books.services.months import close_month, reopen_month, update_books_policy

__all__ = [
    "add_category",
    "add_entry",
    "add_usual_categories",
    "close_month",
    "reopen_month",
    "restore_category",
    "retire_category",
    "update_books_policy",
    "update_category",
    "void_entry",
]
