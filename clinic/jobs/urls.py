"""The page of what runs by itself."""

from django.urls import path

from clinic.jobs import views

app_name = "jobs"

urlpatterns = [path("", views.job_list, name="job_list")]
