"""Where a clinic moves in."""

from django.urls import path

from clinic.moving import views

app_name = "moving"

urlpatterns = [
    path("", views.import_list, name="import_list"),
    path("upload/", views.upload_table, name="upload_table"),
    path("template/", views.template_file, name="template_file"),
    path("imports/<uuid:pk>/", views.import_run, name="import_run"),
    path("imports/<uuid:pk>/progress/", views.progress, name="progress"),
    path("tables/<uuid:pk>/", views.preview_import, name="preview_import"),
    path("tables/<uuid:pk>/shape/", views.change_shape, name="change_shape"),
    path("tables/<uuid:pk>/columns/", views.map_columns, name="map_columns"),
    path("tables/<uuid:pk>/problems/", views.problem_file, name="problem_file"),
    path("tables/<uuid:pk>/decide/", views.decide_row, name="decide_row"),
    path("tables/<uuid:pk>/start/", views.start_table, name="start_table"),
    path("tables/<uuid:pk>/discard/", views.discard_import, name="discard_import"),
    path("imports/<uuid:pk>/undo/", views.undo_import, name="undo_import"),
]
