"""Import one file (迁入一个文件): batch after batch, each with its own mark of how far it came, so that a broken run goes on there."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction

from xiucheng.cases.actions import bring
from xiucheng.cases.actions.bring import Brought
from xiucheng.city import clock
from xiucheng.intake.actions import take_in
from xiucheng.intake.actions.where import Point
from xiucheng.intake.importing import mapping as m
from xiucheng.intake.importing import sheets
from xiucheng.intake.importing.lines import Row, cells
from xiucheng.intake.importing.rows import Reader
from xiucheng.intake.models import ImportRun
from xiucheng.rules.refusals import Pair, Refused

BATCH: Final = 500
FAULTS_KEPT: Final = 1000
LOCK: Final = 74_201


@dataclass
class Report:
    """What came of it: rows read, stored now, there already, faulty (with line and sentence)."""

    mapping: str
    dry: bool = False
    read: int = 0
    stored: int = 0
    already: int = 0
    faulty: int = 0
    resumed_at: int = 0
    faults: list[dict[str, Any]] = field(default_factory=list)

    def fault(self, line: int, refusal: Refused) -> None:
        """Keep what is wrong with a line."""
        self.faulty += 1
        if len(self.faults) < FAULTS_KEPT:
            self.faults.append({"line": line, "code": refusal.code, "zh": refusal.zh, "en": refusal.en})


Progress = Callable[[int], None]


def import_file(
    path: Path, mapping: m.Mapping, *, dry: bool = False, restart: bool = False, progress: Progress | None = None
) -> Report:
    """Bring a file in. A dry run checks every row and writes nothing. The same file again stores nothing twice.

    `restart` begins again at the first row where an earlier run was broken off. Raises `Refused` (`unreadable_file`,
    `bad_mapping`, `import_running`, `mapping_changed`).
    """
    _once(sheets.header(path), mapping)
    told = progress or (lambda _done: None)
    report = Report(mapping.name, dry)
    reader = Reader(mapping, path.name, clock.now())
    if dry:
        _go(path, reader, report, None, told)
        return report
    with connection.cursor() as cursor:
        digest = sheets.digest(path)
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [LOCK, digest])
        if not cursor.fetchone()[0]:
            raise Refused("import_running")
        try:
            run = _begin(digest, path.name, mapping, report, restart=restart)
            _go(path, reader, report, run, told)
            ImportRun.objects.filter(id=run.id).update(finished_at=clock.now())
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [LOCK, digest])
    return report


def _once(header: Sequence[str], mapping: m.Mapping) -> None:
    """Refuse a file where a column that the mapping names stands more than once: nobody knows which of them is meant."""
    for name in sorted({name for columns in mapping.columns.values() for name in columns}):
        if header.count(name) > 1:
            count = header.count(name)
            why = Pair(
                f"表头里“{name}”有 {count} 列，不知道用哪一列，请在文件里改名",
                f"{count} columns are called “{name}”; give them different names in the file",
            )
            raise Refused("bad_mapping", why=why)


def _begin(digest: str, name: str, mapping: m.Mapping, report: Report, *, restart: bool) -> ImportRun:
    """The run of this file with this mapping: a new one, or the one that was broken off.

    That one goes on only with the mapping it began with: half a file understood one way and half another is nobody's wish.
    """
    fingerprint = mapping.fingerprint()
    run, new = ImportRun.objects.get_or_create(
        digest=digest,
        mapping=mapping.name,
        defaults={"name": name[:200], "at": clock.now(), "fingerprint": fingerprint},
    )
    if not new and run.finished_at is None and not restart:
        if run.fingerprint not in {"", fingerprint}:  # runs from before this was kept have none
            raise Refused("mapping_changed", name=mapping.name, read=run.read)
        report.resumed_at = run.read
        report.read, report.faulty, report.faults = run.read, run.faulty, list(run.faults)
        report.already = run.stored + run.skipped
    elif not new:
        run.read = run.stored = run.skipped = run.faulty = 0
        run.faults, run.finished_at, run.fingerprint = [], None, fingerprint
        run.save()
    return run


def _go(path: Path, reader: Reader, report: Report, run: ImportRun | None, told: Progress) -> None:
    """Row after row into batches; rows that an earlier run has done are passed over."""
    batch: list[Row] = []
    for seen, (number, row) in enumerate(sheets.rows(path, reader.mapping.dates()), 1):
        if seen <= report.resumed_at:
            continue
        batch.append((number, row))
        if len(batch) >= BATCH:
            _batch(batch, reader, report, run)
            batch = []
            told(report.read)
    if batch:
        _batch(batch, reader, report, run)
    told(report.read)


def _batch(rows: Sequence[Row], reader: Reader, report: Report, run: ImportRun | None) -> None:
    store = _store_cases if reader.mapping.way == "case" else _store_reports
    with transaction.atomic():
        store(rows, reader, report)
        report.read += len(rows)
        if run is not None:
            stored, skipped = report.stored, report.already
            ImportRun.objects.filter(id=run.id).update(
                read=report.read, stored=stored, skipped=skipped, faulty=report.faulty, faults=report.faults
            )


def _store_cases(rows: Sequence[Row], reader: Reader, report: Report) -> None:
    found: list[Brought] = []
    for number, row in rows:
        try:
            case = reader.case(number, cells(row))
            bring.check(case)
            found.append(case)
        except Refused as refusal:
            report.fault(number, refusal)
    if report.dry:
        return
    stored = bring.bring(found)
    report.stored += stored
    report.already += len(found) - stored


def _store_reports(rows: Sequence[Row], reader: Reader, report: Report) -> None:
    """Papers from an outage: each is taken in as a report of its own with the time that stands on it."""
    for number, row in rows:
        try:
            given = _paper(reader, cells(row))
            if not report.dry:
                made = take_in(**given)
                report.stored += not made.again
                report.already += made.again
        except Refused as refusal:
            report.fault(number, refusal)


def _paper(reader: Reader, row: dict[str, str]) -> dict[str, Any]:
    spot = reader.point(row)
    said: dt.datetime | None = reader.moment(row, "opened")
    if said is None:
        raise Refused("missing", field="反映时间")
    return {
        "channel": "import",
        "words": reader.text(row, "words", "内容", 20_000),
        "kind": reader.kind(row),
        "place": reader.text(row, "place", "地点", 200),
        "point": Point(spot.lng, spot.lat, by="paper") if spot else None,
        "contact": reader.contact(row),
        "said_at": said,
        "external_key": reader.key(row),
    }
