"""What calendar programs are given, read back by two of them: the right times, and texts as they were."""

import datetime
import shutil
import subprocess
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from scheduling.calendars.entries import Entry
from scheduling.calendars.files import File
from scheduling.calendars.zones import clocks

KHAL = shutil.which("khal")
UTC = datetime.UTC
# Both directions; Dublin saves time in winter, by law; Vancouver's rules are of another year in each table;
# Lagos never changes; the others are what zones can come to.
ZONES = ("Europe/Dublin", "America/Vancouver", "Africa/Lagos", "Australia/Lord_Howe", "Africa/Casablanca")
TIMES = ("2026-03-01T09:00", "2026-03-30T09:00", "2026-07-01T09:00", "2026-10-25T00:30", "2026-12-01T09:00")


def entry(starts_at: datetime.datetime, number: int = 0, **facts: Any) -> Entry:
    ends_at = starts_at + datetime.timedelta(minutes=30)
    told = {"summary": "Visit", "location": "", "description": "", "url": "https://acme.example/", **facts}
    return Entry(f"{number}@clinic.example", 0, "CONFIRMED", starts_at, ends_at, starts_at, **told)


def file_in(zone: str, instants: list[datetime.datetime], **facts: Any) -> File:
    entries = tuple(entry(at.astimezone(UTC), number, **facts) for number, at in enumerate(instants))
    shown = clocks(ZoneInfo(zone), min(instants), max(instants))
    return File(entries, zone, shown)


def local(zone: str) -> list[datetime.datetime]:
    return [datetime.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)) for text in TIMES]


def unknown(text: str, zone: str) -> str:
    """The file with a zone of which no reader has a table: the file's own clocks must do."""
    return text.replace(zone, f"Elsewhere/{zone}")


def events(text: str) -> list[Any]:
    return icalendar.Calendar.from_ical(text).walk("VEVENT")


@pytest.mark.parametrize("zone", ZONES)
def test_icalendar_reads_the_instants_that_were_written(zone: str) -> None:
    instants = local(zone)
    text = file_in(zone, instants).text
    for readable in (text, unknown(text, zone)):
        assert [event["dtstart"].dt.astimezone(UTC) for event in events(readable)] == instants


@pytest.mark.parametrize("zone", ZONES)
def test_the_clocks_that_are_described_are_those_of_python(zone: str) -> None:
    """Any day of three years, by the description alone, as a reader works it out."""
    text = file_in(zone, local(zone)).text
    [described] = icalendar.Calendar.from_ical(text).walk("VTIMEZONE")
    parts = described.subcomponents
    onsets = sorted((part["dtstart"].dt - part["tzoffsetfrom"].td, part["tzoffsetto"].td) for part in parts)
    assert [part["tzoffsetfrom"].td for part in parts[1:]] == [part["tzoffsetto"].td for part in parts[:-1]]
    day = datetime.datetime(2025, 1, 1, 12, tzinfo=UTC)
    while day.year < 2028:
        shift = [to for since, to in onsets if since <= day.replace(tzinfo=None)][-1]
        assert shift == day.astimezone(ZoneInfo(zone)).utcoffset(), day
        day += datetime.timedelta(days=1)
    assert any(part.name == "STANDARD" for part in parts)


def test_an_hour_that_the_clock_shows_twice_is_told_apart() -> None:
    first = datetime.datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    instants = [first, first + datetime.timedelta(hours=1)]
    text = file_in("Europe/Dublin", instants).text
    assert [event["dtstart"].dt.astimezone(UTC) for event in events(text)] == instants


NAMES = (
    "Ọládélé; Ṣọlá, Jr.",
    "王小明",
    "محمد بن علي",
    'Ann "Annie"\\n O’Neil',
    "A\r\nB:C",
    "é" * 200,
    "👩 Zoë",
)


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_names_of_any_script_come_back_as_they_were(name: str) -> None:
    at = datetime.datetime(2026, 5, 4, 9, tzinfo=UTC)
    text = file_in("Africa/Lagos", [at], summary=name, description=f"With {name}\nPhone: 1,2;3").text
    [event] = events(text)
    assert event["summary"].replace("\n", "").replace("\r", "") == name.replace("\r", "").replace("\n", "")
    assert event["description"].endswith("\nPhone: 1,2;3")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


# --- khal, a calendar program -------------------------------------------------------------------------


class Khal:
    """A calendar of khal's own, whose owner lives in `zone`."""

    def __init__(self, home: Path, zone: str) -> None:
        self.home = home
        clock = "timeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
        clock += "datetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M"
        (home / "visits").mkdir()
        (home / "config").write_text(
            f"[calendars]\n[[visits]]\npath = {home}/visits\ntype = calendar\n"
            f"[sqlite]\npath = {home}/khal.db\n"
            f"[locale]\nlocal_timezone = {zone}\ndefault_timezone = {zone}\n{clock}\n"
            "[default]\ndefault_calendar = visits\n"
        )

    def run(self, *arguments: str) -> list[str]:
        command = [str(KHAL), "-c", str(self.home / "config"), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        return done.stdout.splitlines()

    def printed(self, text: str) -> list[str]:
        file = self.home / "printed.ics"
        file.write_text(text, newline="")
        return self.run("printics", str(file), "--format", "{start-long}")[1:]


@pytest.fixture
def khal_in(tmp_path: Path) -> Any:
    if not KHAL:
        pytest.skip("No khal: install the package khal (as root: apt-get install khal).")
    return lambda zone: Khal(tmp_path, zone)


@pytest.mark.parametrize("zone", ZONES[:3])
def test_khal_shows_the_local_times_that_were_written(zone: str, khal_in: Any) -> None:
    text, khal = file_in(zone, local(zone)).text, khal_in(zone)
    expected = [time.replace("T", " ") for time in TIMES]
    assert khal.printed(text) == expected
    assert khal.printed(unknown(text, zone)) == expected


@pytest.mark.parametrize("zone", ZONES[:2])
def test_khal_elsewhere_shows_the_same_instants(zone: str, khal_in: Any) -> None:
    """Its owner is in Lagos, whose clock never changes: a wrong change of ours would show."""
    shown = [at.astimezone(ZoneInfo("Africa/Lagos")) for at in local(zone)]
    text = unknown(file_in(zone, local(zone)).text, zone)
    assert khal_in("Africa/Lagos").printed(text) == [f"{at:%Y-%m-%d %H:%M}" for at in shown]
