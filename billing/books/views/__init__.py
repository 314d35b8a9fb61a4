"""The pages of the books."""

from billing.books.views.categories import (
    add_category,
    add_usual_categories,
    category_list,
    restore_category,
    retire_category,
    update_category,
)
from billing.books.views.entries import (
    add_entry,
    entry,
    entry_file,
    entry_list,
    export_entries,
    void_entry,
)
from billing.books.views.months import close_month, month_list, reopen_month, update_books_policy
from billing.books.views.reports import export_report, profit_and_loss

__all__ = [
    "add_category",
    "add_entry",
    "add_usual_categories",
    "category_list",
    "close_month",
    "entry",
    "entry_file",
    "entry_list",
    "export_entries",
    "export_report",
    "month_list",
    "profit_and_loss",
    "reopen_month",
    "restore_category",
    "retire_category",
    "update_books_policy",
    "update_category",
    "void_entry",
]
