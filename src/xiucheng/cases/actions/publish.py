"""What the public may see of a case (公开审核): words and pictures, after a person has looked (先审后发).

Publication is not an act on the case: it changes neither state nor clocks nor version, so it may follow after the end. The audit
keeps who decided what.
"""

from typing import Final

from django.db import transaction

from xiucheng.audit.actions import record_change
from xiucheng.cases.models import Case, Picture, Report
from xiucheng.rules.legible import legible
from xiucheng.rules.masking import mask_public
from xiucheng.rules.refusals import Refused

CHOICES: Final = ("public", "private")
WORDS_MOST: Final = 300


def publish_words(*, report_id: int, choice: str, words: str, by: int) -> None:
    """Show a report's words as edited (公开文字), or keep them back; the case follows its first report. Raises `Refused`."""
    _check(choice)
    shown = mask_public(legible(words)).strip()[:WORDS_MOST] if choice == "public" else ""
    if choice == "public" and not shown:
        raise Refused("missing", field="公开文字")
    with transaction.atomic():
        report = Report.objects.select_for_update().filter(id=report_id).first()
        if report is None:
            raise Refused("case_unknown")
        before = {"public": report.public, "public_words": report.public_words}
        Report.objects.filter(id=report_id).update(public=choice, public_words=shown)
        first = Report.objects.filter(case_id=report.case_id).order_by("id").values_list("id", flat=True)[0]
        if first == report_id:
            Case.objects.filter(id=report.case_id).update(public=choice)
        after = {"public": choice, "public_words": shown}
        record_change(
            account_id=by, table="cases_report", key=str(report_id), act="publish", before=before, after=after
        )


def publish_picture(*, picture_id: int, choice: str, by: int, sha256: str = "") -> None:
    """Show a picture (公开照片) or keep it back; `sha256` names a copy with faces and plates covered. Raises `Refused`."""
    _check(choice)
    with transaction.atomic():
        picture = Picture.objects.select_for_update().filter(id=picture_id).first()
        if picture is None:
            raise Refused("case_unknown")
        before = {"public": picture.public, "sha256": picture.sha256}
        picture.public = choice
        picture.sha256 = sha256 or picture.sha256
        picture.save(update_fields=["public", "sha256"])
        after = {"public": choice, "sha256": picture.sha256}
        record_change(
            account_id=by, table="cases_picture", key=str(picture_id), act="publish", before=before, after=after
        )


def _check(choice: str) -> None:
    if choice not in CHOICES:
        raise Refused("bad_choice", field="公开")
