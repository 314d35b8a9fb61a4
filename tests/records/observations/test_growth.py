"""A child's growth by WHO's tables: the z-scores that WHO published, to the second decimal."""

import csv
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from records.observations.growth import standards
from records.observations.growth.children import age_in_words, growth_of
from records.observations.growth.curves import WINDOWS, draw_growth
from records.observations.growth.lms import LMS, percentile, score_of_percentile
from records.observations.growth.standards import Indicator, as_measured_at_that_age, by_age, by_stature
from records.observations.services import record_measurements
from records.observations.trends import readings_of
from tests.people import StaffFactory, with_login
from tests.scheduling.factories import DoctorFactory, PatientFactory, doctor_of

PUBLISHED = Path(__file__).parent / "published"
TABLES = sorted(path.stem for path in standards.HERE.glob("*.csv"))
EXACT = 0.01
LISTED = {
    "by_day": range(1857),
    "by_month": range(61, 229),
    "weight_by_month": range(61, 121),
    "weight_by_length": range(450, 1101),
    "weight_by_height": range(650, 1201),
}


def published(name: str) -> Iterator[dict[str, str]]:
    """The rows of a file of WHO's numbers."""
    with (PUBLISHED / f"{name}.csv").open(newline="") as file:
        yield from csv.DictReader(file)


def which(row: dict[str, str]) -> str:
    """The row's name in the list of tests."""
    return " ".join(list(row.values())[:5])


def score(table: str, known: LMS, value: float) -> float:
    """The z-score as WHO computes it for the table's indicator."""
    if table.startswith(("stature", "head")):
        return known.plain_score(value)
    return known.restricted_score(value)


@pytest.mark.parametrize("table", TABLES)
def test_each_table_is_whole(table: str) -> None:
    places = LISTED.get(table) or LISTED[f"by_{table.rpartition('_')[2]}"]
    for sex in standards.SEXES:
        assert list(standards.table(table)[sex]) == list(places)


@pytest.mark.parametrize("row", list(published("deviations")), ids=which)
def test_at_each_published_deviation_z_is_that_deviation(row: dict[str, str]) -> None:
    known = standards.table(row["table"])[row["sex"]][int(row["place"])]
    printed = {int(name): float(value) for name, value in list(row.items())[3:] if value}
    assert len(printed) >= 7
    for deviation, value in printed.items():
        assert score(row["table"], known, value) == pytest.approx(deviation, abs=EXACT)
        if abs(deviation) <= 3:
            assert known.plain_value(deviation) == pytest.approx(value, abs=0.002)


def test_the_tables_that_are_printed_with_one_decimal_are_met_to_that_decimal() -> None:
    for row in published("rounded"):
        known = standards.table(row["table"])[row["sex"]][int(row["place"])]
        for deviation, value in list(row.items())[3:]:
            assert round(known.plain_value(int(deviation)), 1) == float(value), row


@pytest.mark.parametrize("row", list(published("survey")), ids=which)
def test_the_children_of_whos_survey_get_the_scores_of_whos_program(row: dict[str, str]) -> None:
    days, weight, sex = int(row["days"]), Decimal(row["weight"]), row["sex"]
    stature = as_measured_at_that_age(Decimal(row["stature"]), days, lying=row["measured"] == "lying")
    values = {
        Indicator.WEIGHT: weight,
        Indicator.STATURE: stature,
        Indicator.BMI: weight / (stature / 100) ** 2,
    }
    for indicator, value in values.items():
        known = by_age(indicator, sex, days)
        assert known
        assert round(indicator.score(known, value), 2) == float(row[f"{indicator}_for_age"]), indicator
    known = by_stature(sex, days, stature)
    assert known
    got = Indicator.WEIGHT_FOR_STATURE.score(known, weight)
    assert round(got, 2) == float(row["weight_for_stature"])


@pytest.mark.parametrize("sex", standards.SEXES)
def test_between_two_months_the_parameters_lie_between_and_at_a_month_on_it(sex: str) -> None:
    """WHO AnthroPlus interpolates; 6088 days are 200.0 months of 30.4375 days, to a hundredth."""
    here, there = (standards.table("bmi_by_month")[sex][month] for month in (200, 201))
    exact = by_age(Indicator.BMI, sex, 6088)
    assert exact
    assert exact.median == pytest.approx(here.median, abs=0.001)
    middle = by_age(Indicator.BMI, sex, 6103)
    assert middle
    assert middle == pytest.approx(here.between(there, 6103 / 30.4375 - 200))


def test_from_five_years_on_the_reference_follows_without_a_gap_and_ends_at_nineteen() -> None:
    for indicator in (Indicator.WEIGHT, Indicator.STATURE, Indicator.BMI):
        assert all(by_age(indicator, "female", days) for days in (0, 1856, 1857, 3652))
    assert by_age(Indicator.WEIGHT, "male", 3700) is None
    assert by_age(Indicator.BMI, "male", 6939)
    assert by_age(Indicator.BMI, "male", 6970) is None
    assert by_age(Indicator.HEAD, "male", 1857) is None
    assert by_age(Indicator.WEIGHT, "male", -1) is None
    assert by_stature("male", 1857, Decimal(100)) is None
    assert by_stature("male", 100, Decimal("44.9")) is None


ANY = st.tuples(
    st.sampled_from([indicator for indicator in Indicator if indicator != Indicator.WEIGHT_FOR_STATURE]),
    st.sampled_from(standards.SEXES),
    st.integers(0, 6900),
)


@given(ANY, st.floats(-6, 6), st.floats(0.01, 2))
def test_more_of_it_scores_higher_and_the_value_of_a_score_has_that_score(
    child: tuple[Indicator, str, int], z: float, more: float
) -> None:
    indicator, sex, days = child
    known = by_age(indicator, sex, days)
    if known is None:
        return
    lower, higher = known.restricted_value(z), known.restricted_value(z + more)
    assert lower < higher
    assert known.restricted_score(lower) == pytest.approx(z, abs=1e-6)
    assert known.restricted_score(lower) < known.restricted_score(higher)
    if abs(z) <= 3:
        assert known.plain_score(known.plain_value(z)) == pytest.approx(z, abs=1e-6)


@given(st.floats(0.1, 99.9))
def test_a_percentile_and_its_score_belong_together(percent: float) -> None:
    assert percentile(score_of_percentile(percent)) == pytest.approx(percent, abs=1e-6)


def test_where_l_is_nought_the_score_is_the_limit() -> None:
    near, at = LMS(1e-9, 20.0, 0.1), LMS(0, 20.0, 0.1)
    for value in (14.0, 20.0, 27.0):
        assert at.plain_score(value) == pytest.approx(near.plain_score(value), abs=1e-5)
        assert at.plain_value(at.plain_score(value)) == pytest.approx(value)


def test_lying_and_standing_differ_by_seven_millimetres_on_the_side_that_who_says() -> None:
    height = Decimal("85.0")
    assert as_measured_at_that_age(height, 730, lying=False) == Decimal("85.7")
    assert as_measured_at_that_age(height, 730, lying=True) == height
    assert as_measured_at_that_age(height, 731, lying=True) == Decimal("84.3")
    assert as_measured_at_that_age(height, 731, lying=False) == height


def a_child(days: int, **facts: Any) -> Any:
    """A girl who is so many days old today."""
    return PatientFactory(date_of_birth=timezone.localdate() - timedelta(days=days), gender="female", **facts)


@pytest.mark.django_db
def test_a_page_shows_score_percentile_and_curves(client_for: Callable[..., Any]) -> None:
    """WHO's survey, child 56: a girl of 30 days with 4.3 kg and 55.3 cm."""
    child = a_child(30)
    doctor = doctor_of(child).member
    values = {"weight": Decimal("4.3"), "length": Decimal("55.3"), "head": Decimal(36)}
    record_measurements(child, by=doctor, values=values)
    page = reverse("observations:growth", args=[child.pk])
    browser = client_for(doctor)
    for show, said in (
        ("weight", "+0.22"),
        ("stature", "+0.85"),
        ("bmi", "\N{MINUS SIGN}0.35"),
        ("weight_for_stature", "\N{MINUS SIGN}0.82"),
    ):
        answer = browser.get(page, {"show": show})
        assert said in answer.content.decode()
        assert len(answer.context["chart"].lines) == 6
        assert len(answer.context["chart"].lines[-1].dots) == 1
    assert browser.get(page, {"show": "nonsense", "ages": "5-19"}).context["indicator"] == Indicator.WEIGHT
    reception = client_for(with_login(StaffFactory()))
    assert reception.get(page).status_code == 403


@pytest.mark.django_db
def test_without_birth_date_or_gender_the_page_says_what_to_do(client_for: Callable[..., Any]) -> None:
    nobody = PatientFactory(date_of_birth=None)
    answer = client_for(doctor_of(nobody).member).get(reverse("observations:growth", args=[nobody.pk]))
    assert reverse("members:update_patient", args=[nobody.pk]) in answer.content.decode()


@pytest.mark.django_db
def test_a_weight_is_compared_with_the_length_of_the_same_day_only() -> None:
    child, doctor = a_child(400), DoctorFactory().member
    before = timezone.now() - timedelta(days=40)
    record_measurements(child, by=doctor, values={"length": Decimal(72)}, measured_at=before)
    record_measurements(child, by=doctor, values={"weight": Decimal(9)})
    readings = readings_of(child.observations.all())
    assert growth_of(child, Indicator.WEIGHT_FOR_STATURE, readings) == []
    assert growth_of(child, Indicator.BMI, readings) == []
    assert len(growth_of(child, Indicator.WEIGHT, readings)) == 1


@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: window.name)
@pytest.mark.parametrize("indicator", Indicator)
def test_every_chart_keeps_within_its_frame_and_its_curves_in_order(
    indicator: Indicator, window: Any
) -> None:
    chart = draw_growth(indicator, "male", window, [])
    if chart is None:
        assert window.name == "5-19"
        assert indicator in (Indicator.HEAD, Indicator.WEIGHT_FOR_STATURE)
        return
    ends = [float(line.end.y) for line in chart.lines if line.end]
    assert ends == sorted(ends, reverse=True)
    for line in chart.lines:
        for point in line.path.split():
            x, y = map(float, point.split(","))
            assert chart.left <= x <= chart.far
            assert chart.top <= y <= chart.floor


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("born", "said"),
    [
        ((2026, 3, 1), "9 days"),
        ((2026, 2, 10), "1 month"),
        ((2024, 3, 11), "23 months"),
        ((2021, 12, 10), "4 y 3 mo"),
        ((2026, 3, 10), "at birth"),
        ((2022, 3, 10), "4 years"),
    ],
)
def test_an_age_is_said_as_people_say_it(born: tuple[int, int, int], said: str) -> None:
    moment = datetime(2026, 3, 10, 12, tzinfo=UTC)
    assert age_in_words(PatientFactory(date_of_birth=date(*born)), moment) == said
