"""Where members read what they were told."""

from django.urls import path

from clinic.inbox import views

app_name = "inbox"

urlpatterns = [
    path("", views.notification_list, name="notification_list"),
    path("unread/", views.unread_count, name="unread_count"),
    path("read/", views.mark_all_read, name="mark_all_read"),
    path("<uuid:pk>/open/", views.open_notification, name="open_notification"),
]
