"""The pages of a clinic's own address."""

from django.urls import include, path

from clinic.admin import clinic_site

urlpatterns = [
    path("", include("scheduling.urls")),
    path("queue/", include("scheduling.queue.urls")),
    path("", include("accounts.urls_session")),
    path("", include("accounts.members.urls")),
    path("", include("records.medicines.urls")),
    path("", include("records.urls")),
    path("", include("records.chart.urls")),
    path("", include("records.observations.urls")),
    path("", include("records.documents.urls")),
    path("", include("records.history.urls")),
    path("", include("billing.urls")),
    path("", include("billing.wallets.urls")),
    path("", include("billing.online.urls")),
    path("books/", include("billing.books.urls")),
    path("", include("billing.insurance.urls")),
    path("", include("billing.cash.urls")),
    path("", include("clinic.exports.urls")),
    path("", include("clinic.erasure.urls")),
    path("notifications/", include("clinic.inbox.urls")),
    path("jobs/", include("clinic.jobs.urls")),
    path("moving/fhir/", include("clinic.fhir.urls")),
    path("moving/", include("clinic.moving.urls")),
    path("", include("tenants.settings.urls")),
    path("settings/messages/", include("clinic.texts.urls")),
    path("", include("tenants.urls_clinic")),
    path("", include("accounts.urls_signins")),
    path("accounts/", include("accounts.urls_entrance")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("accounts.second_factor.urls")),
    path("admin/", clinic_site.urls),
]

handler404 = "accounts.members.views.errors.nowhere"
handler500 = "tenants.middleware.broken"
