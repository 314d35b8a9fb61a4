"""Where records and papers are found on a clinic's host."""

from django.urls import path

from records.documents import views

app_name = "documents"

urlpatterns = [
    path("patients/<uuid:pk>/records/", views.record_list, name="record_list"),
    path("patients/<uuid:pk>/records/add/", views.add_record, name="add_record"),
    path("health-records/rows/<int:number>/", views.record_row, name="record_row"),
    path("health-records/<uuid:pk>/", views.record, name="record"),
    path("health-records/<uuid:pk>/withdraw/", views.withdraw_record, name="withdraw_record"),
    path("record-files/<uuid:pk>/", views.record_file, name="record_file"),
    path("portal/records/", views.portal_records, name="portal_records"),
    path("papers/", views.paper_list, name="paper_list"),
    path("papers/add/", views.add_paper, name="add_paper"),
    path("papers/<uuid:pk>/", views.paper, name="paper"),
    path("papers/<uuid:pk>/verify/", views.verify_paper, name="verify_paper"),
    path("papers/<uuid:pk>/reject/", views.reject_paper, name="reject_paper"),
    path("paper-files/<uuid:pk>/", views.paper_file, name="paper_file"),
]
