"""What is filed in the demo: reports and a picture of its own patient, and papers of those who work there."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import typst
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFilter

from accounts.members.models import Member
from clinic.demo.scene import Scene, at
from clinic.pdf import fonts
from records.documents.models import Paper
from records.documents.services import add_paper, add_record, reject_paper, remind_of_papers, verify_paper

LETTER = '#set page(paper: "a5")\n#set text(font: "Noto Sans")\n= {}\n{}\n\n#lorem(60)'
BLOOD = (
    ("Haemoglobin", "13.8", "g/dL"),
    ("Leucocytes", "6.4", "10*9/L"),
    ("Platelets", "251", "10*9/L"),
    ("Glucose, fasting", "5.1", "mmol/L"),
    ("HbA1c", "5.4", "%"),
)
# A finger's bones: where they begin and end on a picture of 600 by 800.
FINGERS = (
    (110, 330, 150, 190),
    (190, 300, 210, 110),
    (290, 290, 290, 80),
    (385, 300, 370, 120),
    (500, 420, 560, 300),
)


def file_away(scene: Scene, now: datetime) -> None:
    """Once, when the clinic is new: afterwards it has what it needs."""
    if not Paper.objects.exists():
        file_records(scene, now)
        hand_in_papers(scene, now)


def file_records(scene: Scene, now: datetime) -> None:
    """A lab report, an X-ray, a letter, and something for doctors only."""
    doctor = scene.doctors[0].member
    values = [dict(zip(("name", "value", "unit"), row, strict=True)) for row in BLOOD]
    filed: tuple[tuple[int, dict[str, Any]], ...] = (
        (41, {"kind": "discharge_letter", "title": "Appendectomy", "source": "General Hospital"}),
        (24, {"kind": "lab_report", "title": "Blood count", "source": "City Laboratory", "data": values}),
        (9, {"kind": "x_ray", "title": "Left hand, front", "source": "Radiology, City Laboratory"}),
        (9, {"kind": "other", "title": "Talk in confidence", "is_sensitive": True, "description": "Noted."}),
    )
    for days, facts in filed:
        with at(now - timedelta(days=days), doctor):
            day = (now - timedelta(days=days + 1)).date()
            files = [x_ray()] if facts["kind"] == "x_ray" else [letter(facts["title"], str(day))]
            uploads = [] if facts["kind"] == "other" else files
            add_record(scene.guest, by=doctor, recorded_on=day, uploads=uploads, **facts)


def hand_in_papers(scene: Scene, now: datetime) -> None:
    """One of each state: verified, running out, rejected, to be checked; and the clinic's own."""
    one, other = scene.doctors[0].member, scene.doctors[-1].member
    _paper(scene, one, now - timedelta(days=60), 700, kind="licence", title="Licence to practise")
    _paper(scene, other, now - timedelta(days=60), 25, kind="liability", title="Liability insurance")
    _paper(
        scene, None, now - timedelta(days=59), 900, kind="registration", title="Registration of the clinic"
    )
    blurred = _paper(scene, scene.desk, now - timedelta(days=3), None, kind="identity", title="Identity card")
    with at(now - timedelta(days=2), scene.admin):
        reject_paper(blurred, by=scene.admin, reason="The photo is blurred: the number cannot be read.")
    _paper(scene, other, now - timedelta(hours=5), None, kind="qualification", title="Fellowship certificate")
    with at(now - timedelta(hours=4), None):
        remind_of_papers()


def _paper(scene: Scene, member: Member | None, moment: datetime, days: int | None, **facts: Any) -> Paper:
    """A paper handed in then; one that is valid for some days from today is verified a day later."""
    by = member or scene.admin
    until = scene.today + timedelta(days=days) if days else None
    sheet = letter(facts["title"], scene.organization.name)
    with at(moment, by):
        paper = add_paper(member, by=by, expires_on=until, uploads=[sheet], **facts)
    if days:
        with at(moment + timedelta(days=1), scene.admin):
            verify_paper(paper, by=scene.admin)
    return paper


def letter(title: str, text: str) -> SimpleUploadedFile:
    """A sheet of paper."""
    sheet = typst.compile(LETTER.format(title, text).encode(), font_paths=fonts())
    return SimpleUploadedFile(f"{title}.pdf", sheet)


def x_ray() -> SimpleUploadedFile:
    """The bones of a hand, more or less."""
    hand = Image.new("L", (600, 800), 12)
    pen = ImageDraw.Draw(hand)
    pen.rounded_rectangle((160, 430, 450, 640), 80, fill=70)
    for left, lower, right, upper in FINGERS:
        pen.line((300, 600, left, lower), fill=170, width=30)
        pen.line((left, lower - 14, right, upper), fill=150, width=24)
    pen.rounded_rectangle((230, 650, 290, 800), 20, fill=160)
    pen.rounded_rectangle((310, 650, 370, 800), 20, fill=160)
    drawn = BytesIO()
    hand.filter(ImageFilter.GaussianBlur(6)).save(drawn, "PNG")
    return SimpleUploadedFile("hand.png", drawn.getvalue())
