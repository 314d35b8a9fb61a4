"""Where the calendar's pages are."""

from django.urls import path

from scheduling.views import (
    agents,
    availability,
    booking,
    calendar,
    closings,
    day,
    feeds,
    leave,
    outbox,
    policy,
    portal,
    public,
    series,
    steps,
    types,
    visit,
    waiting,
)

app_name = "scheduling"

urlpatterns = [
    # Anyone
    path("", public.home, name="home"),
    path("book/", public.choose_doctor, name="choose_doctor"),
    path("book/any/", public.choose_any_doctor, name="choose_any_doctor"),
    path("book/<uuid:doctor_id>/", public.choose_time, name="choose_time"),
    path("book/<uuid:doctor_id>/request/", public.request_appointment, name="request_appointment"),
    path("visit/<str:token>/", visit.visit, name="visit"),
    path("visit/<str:token>/confirm/<str:proof>/", visit.confirm_request, name="confirm_request"),
    path("visit/<str:token>/move/", visit.reschedule_visit, name="reschedule_visit"),
    path("visit/<str:token>/cancel/", visit.cancel_visit, name="cancel_visit"),
    path("visit/<str:token>/accept/", visit.accept_visit, name="accept_visit"),
    path("visit/<str:token>/decline/", visit.decline_visit, name="decline_visit"),
    path("visit/<str:token>/visit.ics", feeds.visit_file, name="visit_file"),
    path("calendar/feed/<str:token>.ics", feeds.feed, name="feed"),
    # Patients
    path("portal/", portal.portal, name="portal"),
    # The clinic
    path("day/", day.day, name="day"),
    path("day/print/", calendar.print_day, name="print_day"),
    path("my-day/", day.my_day, name="my_day"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("appointments/new/", booking.book_appointment, name="book_appointment"),
    path("appointments/new/patient/", booking.register_patient_to_book, name="register_patient_to_book"),
    path("appointments/<uuid:pk>/", day.appointment, name="appointment"),
    path("appointments/<uuid:pk>/visit.ics", feeds.appointment_file, name="appointment_file"),
    path("appointments/<uuid:pk>/confirm/", steps.confirm_appointment, name="confirm_appointment"),
    path("appointments/<uuid:pk>/decline/", steps.decline_appointment, name="decline_appointment"),
    path("appointments/<uuid:pk>/accept-offer/", steps.accept_offer, name="accept_offer"),
    path("appointments/<uuid:pk>/decline-offer/", steps.decline_offer, name="decline_offer"),
    path("appointments/<uuid:pk>/arrived/", steps.mark_arrived, name="mark_arrived"),
    path("appointments/<uuid:pk>/check-in/", steps.check_in_appointment, name="check_in_appointment"),
    path("appointments/<uuid:pk>/fulfil/", steps.fulfil_appointment, name="fulfil_appointment"),
    path("appointments/<uuid:pk>/no-show/", steps.mark_noshow, name="mark_noshow"),
    path("appointments/<uuid:pk>/move/", booking.reschedule_appointment, name="reschedule_appointment"),
    path("appointments/<uuid:pk>/resize/", calendar.resize_appointment, name="resize_appointment"),
    path("appointments/<uuid:pk>/cancel/", steps.cancel_appointment, name="cancel_appointment"),
    path(
        "appointments/<uuid:pk>/in-error/",
        steps.enter_appointment_in_error,
        name="enter_appointment_in_error",
    ),
    path("waiting-list/", waiting.waiting_list, name="waiting_list"),
    path("waiting-list/new/", waiting.join_waiting_list, name="join_waiting_list"),
    path("waiting-list/<uuid:pk>/leave/", waiting.leave_waiting_list, name="leave_waiting_list"),
    # The own calendar
    path("my-calendar/", feeds.my_feed, name="my_feed"),
    path("my-calendar/make/", feeds.make_feed, name="make_feed"),
    path("my-calendar/revoke/", feeds.revoke_feed, name="revoke_feed"),
    # Hours
    path("availability/", availability.availability, name="availability"),
    path("availability/<uuid:doctor_id>/", availability.doctor_availability, name="doctor_availability"),
    path(
        "availability/<uuid:doctor_id>/hours/new/",
        availability.add_availability_rule,
        name="add_availability_rule",
    ),
    path(
        "availability/<uuid:doctor_id>/exceptions/new/",
        availability.add_availability_exception,
        name="add_availability_exception",
    ),
    path(
        "availability/hours/<uuid:pk>/",
        availability.update_availability_rule,
        name="update_availability_rule",
    ),
    path(
        "availability/hours/<uuid:pk>/remove/",
        availability.remove_availability_rule,
        name="remove_availability_rule",
    ),
    path(
        "availability/exceptions/<uuid:pk>/remove/",
        availability.remove_availability_exception,
        name="remove_availability_exception",
    ),
    # What the clinic sends
    path("messages/", outbox.message_list, name="message_list"),
    path("messages/<uuid:pk>/", outbox.message, name="message"),
    path("messages/<uuid:pk>/again/", outbox.requeue_message, name="requeue_message"),
    path("messages/<uuid:pk>/arrived/", outbox.confirm_message, name="confirm_message"),
    path("messages/<uuid:pk>/withdraw/", outbox.void_message, name="void_message"),
    # Visits that come again
    path("series/new/", series.book_series, name="book_series"),
    path("series/<uuid:pk>/", series.series, name="series"),
    path("appointments/<uuid:pk>/move-series/", series.move_series, name="move_series"),
    path("appointments/<uuid:pk>/cancel-series/", series.cancel_series, name="cancel_series"),
    # Agents
    path("my-bookings/", agents.my_bookings, name="my_bookings"),
    path("my-bookings/new/", agents.request_for_patient, name="request_for_patient"),
    # Kinds of visits
    path("types/", types.appointment_type_list, name="appointment_type_list"),
    path("types/new/", types.add_appointment_type, name="add_appointment_type"),
    path("types/usual/", types.add_usual_appointment_types, name="add_usual_appointment_types"),
    path("types/<uuid:pk>/", types.appointment_type, name="appointment_type"),
    path("types/<uuid:pk>/change/", types.update_appointment_type, name="update_appointment_type"),
    path("types/<uuid:pk>/retire/", types.retire_appointment_type, name="retire_appointment_type"),
    path("types/<uuid:pk>/restore/", types.restore_appointment_type, name="restore_appointment_type"),
    path(
        "types/<uuid:pk>/doctors/<uuid:doctor_id>/",
        types.adapt_appointment_type,
        name="adapt_appointment_type",
    ),
    # The clinic's closing days and rules, and what leave came across
    path("closing-days/", closings.closing_days, name="closing_days"),
    path("closing-days/new/", closings.add_closing_day, name="add_closing_day"),
    path("closing-days/holidays/close/", closings.close_on_public_holidays, name="close_on_public_holidays"),
    path("closing-days/holidays/work/", closings.work_on_public_holidays, name="work_on_public_holidays"),
    path("closing-days/<uuid:pk>/remove/", closings.remove_closing_day, name="remove_closing_day"),
    path("closing-days/<uuid:pk>/close/", closings.close_on_holiday, name="close_on_holiday"),
    path("closing-days/<uuid:pk>/work/", closings.work_on_holiday, name="work_on_holiday"),
    path("booking-rules/", policy.update_booking_policy, name="update_booking_policy"),
    path("stranded/", leave.stranded_visits, name="stranded_visits"),
    path("stranded/move/", leave.move_stranded_visits, name="move_stranded_visits"),
    path("stranded/cancel/", leave.cancel_stranded_visits, name="cancel_stranded_visits"),
]
