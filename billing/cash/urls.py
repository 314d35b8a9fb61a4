"""Addresses of the cash desks."""

from django.urls import path

from billing.cash import views

app_name = "cash"
urlpatterns = [
    path("cash/", views.session_list, name="session_list"),
    path("cash/mine/", views.my_session, name="my_session"),
    path("cash/open/", views.open_session, name="open_session"),
    path("cash/desks/", views.desk_list, name="desk_list"),
    path("cash/desks/new/", views.add_desk, name="add_desk"),
    path("cash/desks/<uuid:pk>/retire/", views.retire_desk, name="retire_desk"),
    path("cash/desks/<uuid:pk>/reopen/", views.reopen_desk, name="reopen_desk"),
    path("cash/<uuid:pk>/", views.session, name="session"),
    path("cash/<uuid:pk>/join/", views.join_session, name="join_session"),
    path("cash/<uuid:pk>/leave/", views.leave_session, name="leave_session"),
    path("cash/<uuid:pk>/move/", views.move_cash, name="move_cash"),
    path("cash/<uuid:pk>/close/", views.close_session, name="close_session"),
    path("cash/<uuid:pk>/sheet/", views.session_sheet, name="session_sheet"),
    path("cash/<uuid:pk>/pdf/", views.session_pdf, name="session_pdf"),
    path("takings/", views.takings, name="takings"),
    path("takings/pdf/", views.takings_pdf, name="takings_pdf"),
]
