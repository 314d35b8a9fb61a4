"""Where the books are found."""

from django.urls import path

from billing.books import views

app_name = "books"
urlpatterns = [
    path("", views.entry_list, name="entry_list"),
    path("export/", views.export_entries, name="export_entries"),
    path("entries/new/", views.add_entry, name="add_entry"),
    path("entries/<uuid:pk>/", views.entry, name="entry"),
    path("entries/<uuid:pk>/void/", views.void_entry, name="void_entry"),
    path("receipts/<uuid:pk>/", views.entry_file, name="entry_file"),
    path("report/", views.profit_and_loss, name="profit_and_loss"),
    path("report/export/", views.export_report, name="export_report"),
    path("categories/", views.category_list, name="category_list"),
    path("categories/new/", views.add_category, name="add_category"),
    path("categories/usual/", views.add_usual_categories, name="add_usual_categories"),
    path("categories/<uuid:pk>/", views.update_category, name="update_category"),
    path("categories/<uuid:pk>/retire/", views.retire_category, name="retire_category"),
    path("categories/<uuid:pk>/restore/", views.restore_category, name="restore_category"),
    path("months/", views.month_list, name="month_list"),
    path("months/close/", views.close_month, name="close_month"),
    path("months/<uuid:pk>/reopen/", views.reopen_month, name="reopen_month"),
    path("settings/", views.update_books_policy, name="update_books_policy"),
]
