"""What a consultation found, by code: in an order, of one patient, and signed with the text."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.urls import reverse

from clinic.models import Refusal
from records import services
from records.models import Consultation, Diagnosis
from tests.records.factories import begun, signed
from tests.records.test_for_ever import refused
from tests.scheduling.factories import DoctorFactory, PatientFactory, doctor_of

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]
HYPERTENSION, DIABETES, ASTHMA = "I10", "E11.9", "J45.9"
INTO_A_SIGNED_ONE = (
    "INSERT INTO records_diagnosis (id, created_at, consultation_id, patient_id, position, code, title) "
    "SELECT gen_random_uuid(), now(), id, patient_id, 5, 'A00', 'Cholera' "
    "FROM records_consultation WHERE id = %s"
)
OF_ANOTHER_PATIENT = (
    "INSERT INTO records_diagnosis (id, created_at, consultation_id, patient_id, position, code, title) "
    "VALUES (gen_random_uuid(), now(), %s, %s, 5, 'A00', 'Cholera')"
)


def diagnosed(*codes: str, consultation: Consultation | None = None) -> Consultation:
    consultation = consultation or begun()
    for code in codes:
        services.add_diagnosis(consultation, by=consultation.doctor.member, code=code)
    return consultation


def codes(consultation: Consultation) -> list[str]:
    with connection.cursor() as cursor:
        # The places are checked now, not at the commit that a test never comes to.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return [diagnosis.code for diagnosis in Diagnosis.objects.filter(consultation=consultation)]


def one(consultation: Consultation, code: str) -> Diagnosis:
    return Diagnosis.objects.get(consultation=consultation, code=code)


def test_the_first_is_the_main_one_and_titles_are_kept_as_they_were() -> None:
    consultation = diagnosed(HYPERTENSION, DIABETES)
    assert codes(consultation) == [HYPERTENSION, DIABETES]
    assert consultation.main_diagnosis.title == "Essential (primary) hypertension"  # type: ignore[union-attr]


def test_what_is_there_already_is_not_added_twice() -> None:
    assert codes(diagnosed(HYPERTENSION, DIABETES, HYPERTENSION)) == [HYPERTENSION, DIABETES]


def test_the_order_is_the_doctors() -> None:
    consultation = diagnosed(HYPERTENSION, DIABETES, ASTHMA)
    by = consultation.doctor.member
    services.make_main_diagnosis(one(consultation, ASTHMA), by=by)
    assert codes(consultation) == [ASTHMA, HYPERTENSION, DIABETES]
    services.raise_diagnosis(one(consultation, DIABETES), by=by)
    assert codes(consultation) == [ASTHMA, DIABETES, HYPERTENSION]
    services.raise_diagnosis(one(consultation, ASTHMA), by=by)
    services.remove_diagnosis(one(consultation, DIABETES), by=by)
    assert codes(consultation) == [ASTHMA, HYPERTENSION]
    services.add_diagnosis(consultation, by=by, code=DIABETES)
    assert codes(consultation) == [ASTHMA, HYPERTENSION, DIABETES]


def test_only_what_is_listed_is_a_diagnosis() -> None:
    with pytest.raises(Refusal, match="no diagnosis with this code"):
        diagnosed("Z99.99")


def test_a_consultation_has_twenty_at_most() -> None:
    many = [f"A0{number}" for number in range(10)] + [f"B0{number}" for number in range(10)]
    consultation = diagnosed(*[code for code in many if code not in ("B04", "B09")], "C16", "C18")
    with pytest.raises(Refusal, match="at most 20"):
        diagnosed(ASTHMA, consultation=consultation)


def test_what_was_removed_in_another_window_is_said() -> None:
    consultation = diagnosed(HYPERTENSION)
    gone = one(consultation, HYPERTENSION)
    services.remove_diagnosis(gone, by=consultation.doctor.member)
    with pytest.raises(Refusal, match="another window"):
        services.make_main_diagnosis(gone, by=consultation.doctor.member)


def test_only_the_treating_doctor_diagnoses() -> None:
    consultation, stranger = diagnosed(HYPERTENSION), DoctorFactory().member
    with pytest.raises(Refusal):
        services.add_diagnosis(consultation, by=stranger, code=DIABETES)
    for service in (services.make_main_diagnosis, services.raise_diagnosis, services.remove_diagnosis):
        with pytest.raises(Refusal):
            service(one(consultation, HYPERTENSION), by=stranger)


def test_a_code_alone_is_something_to_sign() -> None:
    doctor = DoctorFactory()
    consultation = services.start_walk_in(PatientFactory(), by=doctor.member)
    assert consultation.is_blank
    diagnosed(HYPERTENSION, consultation=consultation)
    assert services.sign_consultation(consultation, by=doctor.member).is_signed


def test_the_signature_covers_the_diagnoses() -> None:
    consultation = diagnosed(HYPERTENSION, DIABETES)
    done = services.sign_consultation(consultation, by=consultation.doctor.member)
    assert Consultation.objects.unfaithful() == []
    fresh = Consultation.objects.with_diagnoses().get(pk=done.pk)
    first, second = fresh.diagnoses.all()
    first.code, second.code = second.code, first.code
    assert fresh.fingerprint() != done.content_hash


def test_what_was_signed_without_a_code_is_covered_as_before() -> None:
    done = signed()
    assert done.fingerprint() == Consultation.objects.get(pk=done.pk).content_hash
    assert Consultation.objects.unfaithful() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records_diagnosis SET title = 'Other' WHERE consultation_id = %s",
        "UPDATE records_diagnosis SET position = 9 WHERE consultation_id = %s",
        "DELETE FROM records_diagnosis WHERE consultation_id = %s",
        INTO_A_SIGNED_ONE,
    ],
)
def test_the_diagnoses_of_a_signed_consultation_never_change(statement: str) -> None:
    consultation = diagnosed(HYPERTENSION)
    services.sign_consultation(consultation, by=consultation.doctor.member)
    assert "closed consultation" in refused(statement, consultation.pk)


def test_a_diagnosis_does_not_cross_patients() -> None:
    consultation, other = diagnosed(HYPERTENSION), PatientFactory()
    said = refused(
        "UPDATE records_diagnosis SET patient_id = %s WHERE consultation_id = %s", other.pk, consultation.pk
    )
    assert "diagnosis_consultation_patient" in said
    said = refused(OF_ANOTHER_PATIENT, consultation.pk, other.pk)
    assert "diagnosis_consultation_patient" in said


@pytest.mark.parametrize(
    ("column", "value"),
    [("code", "x"), ("title", ""), ("position", 0), ("position", 21), ("position", 2), ("code", DIABETES)],
)
def test_the_database_keeps_codes_titles_and_places_in_order(column: str, value: Any) -> None:
    consultation = diagnosed(HYPERTENSION, DIABETES)
    first = Diagnosis.objects.filter(consultation=consultation, code=HYPERTENSION)
    with pytest.raises(IntegrityError):
        first.update(**{column: value}) and codes(consultation)


def page(name: str, pk: Any) -> str:
    return reverse(f"records:{name}", args=[pk])


def test_a_diagnosis_is_found_and_put_in_order_without_javascript(client_for: Browser) -> None:
    consultation = diagnosed(DIABETES)
    browser, here = client_for(consultation.doctor.member), page("diagnoses", consultation.pk)
    shown = browser.get(here, {"term": "hyperten ess"}).content.decode()
    assert "Essential (primary) hypertension" in shown
    added = browser.send(page("add_diagnosis", consultation.pk), {"code": HYPERTENSION})
    assert added["Location"] == here
    browser.send(page("make_main_diagnosis", one(consultation, HYPERTENSION).pk))
    assert codes(consultation) == [HYPERTENSION, DIABETES]
    browser.send(page("raise_diagnosis", one(consultation, DIABETES).pk))
    browser.send(page("remove_diagnosis", one(consultation, HYPERTENSION).pk))
    assert codes(consultation) == [DIABETES]
    assert "Nothing found" in browser.get(here, {"term": "quidditch"}).content.decode()


def test_the_search_on_the_writing_page_keeps_the_text(client_for: Browser) -> None:
    consultation = begun()
    browser = client_for(consultation.doctor.member)
    typed = {"complaints": "Wheeze", "revision": consultation.revision, "term": "asthma", "then": "diagnose"}
    answer = browser.send(page("save_consultation", consultation.pk), typed)
    assert answer["Location"] == page("diagnoses", consultation.pk) + "?term=asthma"
    consultation.refresh_from_db()
    assert consultation.complaints == "Wheeze"


def test_while_typing_the_hits_come_alone_and_not_too_many(client_for: Browser) -> None:
    consultation = begun()
    browser, here = client_for(consultation.doctor.member), page("diagnoses", consultation.pk)
    hits = browser.get(here, {"term": "fracture"}, headers={"HX-Request": "true"}).content.decode()
    assert hits.count('role="option"') == 12
    assert "type another word" in hits
    assert "</html>" not in hits


def test_a_refusal_stands_in_the_list_that_htmx_brings(client_for: Browser) -> None:
    consultation = begun()
    browser = client_for(consultation.doctor.member)
    htmx = {"HX-Request": "true"}
    answer = browser.send(page("add_diagnosis", consultation.pk), {"code": "Z99.99"}, headers=htmx)
    assert "no diagnosis with this code" in browser.get(answer["Location"], headers=htmx).content.decode()


def test_diagnoses_are_read_before_and_after_the_signature(client_for: Browser) -> None:
    consultation = diagnosed(HYPERTENSION, DIABETES)
    browser = client_for(consultation.doctor.member)
    for address in (page("sign_consultation", consultation.pk), page("consultation", consultation.pk)):
        shown = browser.get(address).content.decode()
        assert shown.index("Essential (primary) hypertension") < shown.index("Type 2 diabetes mellitus")
        assert "main diagnosis" in shown
    services.sign_consultation(consultation, by=consultation.doctor.member)
    assert (
        "Essential (primary) hypertension"
        in browser.get(page("consultation", consultation.pk)).content.decode()
    )
    assert browser.get(page("diagnoses", consultation.pk)).status_code == 302


def test_the_chart_tells_the_codes_main_one_first(client_for: Browser) -> None:
    consultation = diagnosed(DIABETES, HYPERTENSION)
    services.sign_consultation(consultation, by=consultation.doctor.member)
    browser = client_for(consultation.doctor.member)
    chart = browser.get(reverse("chart:chart", args=[consultation.patient_id])).content.decode()
    assert chart.index("Type 2 diabetes mellitus") < chart.index("Essential (primary) hypertension")


def test_a_colleagues_diagnoses_are_not_touched(client_for: Browser) -> None:
    consultation = diagnosed(HYPERTENSION)
    browser, pk = client_for(doctor_of(consultation.patient).member), one(consultation, HYPERTENSION).pk
    for name in ("make_main_diagnosis", "raise_diagnosis", "remove_diagnosis"):
        assert browser.send(page(name, pk)).status_code == 404
    assert browser.send(page("add_diagnosis", consultation.pk), {"code": DIABETES}).status_code == 404
    assert codes(consultation) == [HYPERTENSION]


def test_what_is_found_often_here_is_offered_first(client_for: Browser) -> None:
    consultation = begun()
    browser, here = client_for(consultation.doctor.member), page("diagnoses", consultation.pk)
    assert browser.get(here, {"term": "hypert"}).context["hits"][0].code != HYPERTENSION
    diagnosed(HYPERTENSION)
    assert browser.get(here, {"term": "hypert"}).context["hits"][0].code == HYPERTENSION
