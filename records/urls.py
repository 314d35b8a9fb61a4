"""Where records are found on a clinic's host."""

from django.urls import path

from records import views

app_name = "records"

urlpatterns = [
    path("patients/<uuid:pk>/consult/", views.start_walk_in, name="start_walk_in"),
    path("appointments/<uuid:pk>/consult/", views.start_consultation, name="start_consultation"),
    path("consultations/", views.consultation_list, name="consultation_list"),
    path("consultations/<uuid:pk>/", views.consultation, name="consultation"),
    path("consultations/<uuid:pk>/save/", views.save_consultation, name="save_consultation"),
    path("consultations/<uuid:pk>/keep/", views.keep_consultation, name="keep_consultation"),
    path("consultations/<uuid:pk>/kept/<int:revision>/", views.kept_consultation, name="kept_consultation"),
    path("consultations/<uuid:pk>/sign/", views.sign_consultation, name="sign_consultation"),
    path("consultations/<uuid:pk>/cancel/", views.cancel_consultation, name="cancel_consultation"),
    path("consultations/<uuid:pk>/add/", views.add_addendum, name="add_addendum"),
    path("consultations/<uuid:pk>/add/keep/", views.keep_addendum, name="keep_addendum"),
    path("consultations/<uuid:pk>/diagnoses/", views.diagnoses, name="diagnoses"),
    path("consultations/<uuid:pk>/diagnoses/add/", views.add_diagnosis, name="add_diagnosis"),
    path("text-templates/", views.text_template_list, name="text_template_list"),
    path("text-templates/add/", views.add_text_template, name="add_text_template"),
    path("text-templates/<uuid:pk>/", views.update_text_template, name="update_text_template"),
    path("text-templates/<uuid:pk>/remove/", views.remove_text_template, name="remove_text_template"),
    path("diagnoses/<uuid:pk>/main/", views.make_main_diagnosis, name="make_main_diagnosis"),
    path("diagnoses/<uuid:pk>/raise/", views.raise_diagnosis, name="raise_diagnosis"),
    path("diagnoses/<uuid:pk>/remove/", views.remove_diagnosis, name="remove_diagnosis"),
    path("consultations/<uuid:pk>/prescribe/", views.prescribe, name="prescribe"),
    path("prescriptions/<uuid:pk>/", views.prescription, name="prescription"),
    path("prescriptions/<uuid:pk>/pdf/", views.prescription_pdf, name="prescription_pdf"),
    path("prescriptions/<uuid:pk>/edit/", views.save_prescription, name="save_prescription"),
    path("prescriptions/<uuid:pk>/keep/", views.keep_prescription, name="keep_prescription"),
    path("prescriptions/<uuid:pk>/kept/<int:revision>/", views.kept_prescription, name="kept_prescription"),
    path("prescriptions/<uuid:pk>/check/", views.check_prescription, name="check_prescription"),
    path("prescriptions/<uuid:pk>/activate/", views.activate_prescription, name="activate_prescription"),
    path("prescriptions/<uuid:pk>/complete/", views.complete_prescription, name="complete_prescription"),
    path("prescriptions/<uuid:pk>/stop/", views.stop_prescription, name="stop_prescription"),
    path("prescriptions/<uuid:pk>/cancel/", views.cancel_prescription, name="cancel_prescription"),
    path("prescriptions/favourites/", views.favourite_list, name="favourite_list"),
    path("prescriptions/favourites/<uuid:pk>/rename/", views.rename_favourite, name="rename_favourite"),
    path("prescriptions/favourites/<uuid:pk>/remove/", views.remove_favourite, name="remove_favourite"),
    path("prescriptions/rows/<int:number>/", views.prescription_row, name="prescription_row"),
    path("verify/<str:token>/", views.verify_prescription, name="verify_prescription"),
    path("portal/prescriptions/", views.portal_prescriptions, name="portal_prescriptions"),
]
