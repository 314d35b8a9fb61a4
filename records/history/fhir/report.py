"""FHIR DiagnosticReport: a report of elsewhere, with its results."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from clinic.fhir.codes import first_coding
from clinic.fhir.reading import Bringing
from clinic.fhir.table import Answer, Resource, reads, writes
from clinic.fhir.writing import Writing
from records.history.fhir import facts, moments
from records.history.models import DiagnosticReport, OutsideObservation, ReportResult
from records.history.models.report import ReportStatus
from records.observations.models import Observation

MAPPED = (
    *("status", "category", "code", "subject", "encounter", "effectiveDateTime", "effectivePeriod", "issued"),
    *("performer", "resultsInterpreter", "result", "conclusion"),
)
AFTER = ("Patient", "Encounter", "Practitioner", "Organization", "Observation")
# HL7's table of departments (terminology.hl7.org, v2-0074).
DEPARTMENT = "http://terminology.hl7.org/CodeSystem/v2-0074"


@reads("DiagnosticReport", after=AFTER, maps=MAPPED)
def read_report(resource: Resource, bringing: Bringing) -> Answer:
    """The report, and a row for each of its results that came."""
    people = [*(resource.get("resultsInterpreter") or []), *(resource.get("performer") or [])]
    who = facts.told(resource, bringing, by=people)
    report = DiagnosticReport.objects.create(
        **who,
        **facts.in_visit(resource, bringing, who["patient"]),
        **moments.begun(resource, "effective").facts,
        **facts.coded(resource.get("code")),
        reported_status=facts.chosen(resource.get("status"), ReportStatus, ReportStatus.UNKNOWN),
        category=facts.fit(first_coding(resource.get("category")).get("code"), 50),
        issued_at=moments.when(resource.get("issued")).at,
        conclusion=facts.fit(resource.get("conclusion"), 8000),
    )
    return [report, *_results(report, resource.get("result") or [], bringing)]


def _results(report: DiagnosticReport, references: Any, bringing: Bringing) -> list[ReportResult]:
    rows: list[ReportResult] = []
    for reference in references:
        measurement = bringing.find(reference, Observation)
        result = None if measurement else bringing.find(reference, OutsideObservation)
        found = measurement or result
        if found is None or found.patient_id != report.patient_id:
            bringing.note("DiagnosticReport", _("A result of the report was not brought in."))
            continue
        place = {"report": report, "patient_id": report.patient_id, "position": len(rows) + 1}
        rows.append(ReportResult.objects.create(**place, measurement=measurement, result=result))
    return rows


@writes(
    DiagnosticReport,
    "DiagnosticReport",
    rows=lambda: facts.rows(DiagnosticReport).prefetch_related("results"),
)
def write_report(report: DiagnosticReport, writing: Writing) -> Resource:
    """The report as it was told."""
    by, where = facts.person(report, writing), facts.place(report, writing)
    category = {"coding": [{"system": DEPARTMENT, "code": report.category}]}
    return {
        **facts.head(report, writing),
        "category": [category] if report.category else [],
        "code": facts.concept(report),
        "effectiveDateTime": moments.written(report.happened_at, report.precision),
        "issued": report.issued_at,
        "performer": [each for each in (by, where) if each],
        "result": [_written(row, writing) for row in report.results.all()],
        "conclusion": report.conclusion,
    }


def _written(row: ReportResult, writing: Writing) -> Resource | None:
    if row.measurement_id:
        return writing.reference_to(Observation, row.measurement_id)
    return writing.reference_to(OutsideObservation, row.result_id)
