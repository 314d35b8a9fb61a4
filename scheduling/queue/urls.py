"""Where the queue's pages are."""

from django.urls import path

from scheduling.queue.views import calling, departments, desk, screen

app_name = "queue"

urlpatterns = [
    # Anyone
    path("screen/", screen.screen, name="screen"),
    # The desk
    path("", desk.queue, name="queue"),
    path("take/", desk.take_ticket, name="take_ticket"),
    path("day/", desk.day, name="day"),
    path("tickets/<uuid:pk>/slip/", desk.slip, name="slip"),
    path("tickets/<uuid:pk>/priority/", desk.change_priority, name="change_priority"),
    # Whoever calls
    path("call/", calling.call, name="call"),
    path("call/next/", calling.call_next, name="call_next"),
    path("tickets/<uuid:pk>/recall/", calling.recall_entry, name="recall_entry"),
    path("tickets/<uuid:pk>/begin/", calling.begin_service, name="begin_service"),
    path("tickets/<uuid:pk>/not-there/", calling.return_to_queue, name="return_to_queue"),
    path("tickets/<uuid:pk>/done/", calling.complete_entry, name="complete_entry"),
    path("tickets/<uuid:pk>/left/", calling.leave_queue, name="leave_queue"),
    # Settings
    path("departments/", departments.departments, name="departments"),
    path("departments/new/", departments.add_department, name="add_department"),
    path("departments/<uuid:pk>/", departments.update_department, name="update_department"),
    path("departments/<uuid:pk>/retire/", departments.retire_department, name="retire_department"),
    path("departments/<uuid:pk>/reopen/", departments.reopen_department, name="reopen_department"),
]
