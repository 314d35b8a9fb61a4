"""Where a clinic words its messages."""

from django.urls import path

from clinic.texts import views

app_name = "texts"

urlpatterns = [
    path("", views.message_text_list, name="message_text_list"),
    path("change/", views.update_message_text, name="update_message_text"),
    path("standard/", views.use_standard_text, name="use_standard_text"),
]
