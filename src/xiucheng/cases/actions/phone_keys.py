"""By which key a phone is found again (号码查找键), and how keys made in an older way are made anew."""

from typing import Final

import orjson
from cryptography.exceptions import InvalidTag
from django.db import connection, transaction
from django.db.models import Max

from xiucheng.audit import vault
from xiucheng.cases.models import Report, Upkeep
from xiucheng.city import clock
from xiucheng.rules.masking import dialled

JOB: Final = "phone_key_2"
"""2: by the digits dialled (1 was: as it was written). Another way of making the key needs another name, and all are made anew."""
BATCH: Final = 200
Sealed = bytes | memoryview | None
_WRITE: Final = """
UPDATE cases_report r SET phone_blind = n.key
FROM unnest(%(ids)s::bigint[], %(keys)s::bytea[]) AS n (id, key) WHERE r.id = n.id
"""


def phone_key(phone: str) -> bytes | None:
    """The key of a number, the same however it was written; none without a number."""
    return vault.blind(dialled(phone)) if phone else None


def renew(*, batch: int = BATCH) -> bool:
    """Make the keys of the next few reports anew, in one transaction with how far it came; gives whether more are left.

    Reports of later on have the new key already. Of several workers one does it. A contact that cannot be opened is
    counted and passed over, so that one damaged row does not hold up all others.
    """
    if not Upkeep.objects.filter(name=JOB).exists():
        last = Report.objects.aggregate(last=Max("id"))["last"] or 0
        Upkeep.objects.bulk_create([Upkeep(name=JOB, until=last)], ignore_conflicts=True)
    with transaction.atomic():
        job = Upkeep.objects.select_for_update(skip_locked=True).filter(name=JOB, finished_at=None).first()
        if job is None:
            return False
        reports = Report.objects.filter(id__gt=job.upto, id__lte=job.until).order_by("id")
        rows = list(reports.values_list("id", "contact_sealed", "phone_blind")[:batch])
        _renew(job, rows)
        job.upto = rows[-1][0] if rows else job.until
        job.finished_at = clock.now() if job.upto >= job.until else None
        job.save()
    return job.finished_at is None


def _renew(job: Upkeep, rows: list[tuple[int, Sealed, Sealed]]) -> None:
    differ: dict[int, bytes | None] = {}
    for pk, sealed, old in rows:
        if sealed is None:
            continue
        try:
            key = phone_key(orjson.loads(vault.unseal(sealed)).get("phone", ""))
        except (InvalidTag, ValueError):
            job.faulty += 1
            continue
        if key != (bytes(old) if old is not None else None):
            differ[pk] = key
    if differ:
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, {"ids": list(differ), "keys": list(differ.values())})
        job.changed += len(differ)


def to_renew() -> tuple[int, int]:
    """How many reports with a contact still wait for their new key, and how many could not be opened."""
    job = Upkeep.objects.filter(name=JOB).first()
    waiting = Report.objects.filter(contact_sealed__isnull=False)
    if job is None:
        return waiting.count(), 0
    if job.finished_at is not None:
        return 0, job.faulty
    return waiting.filter(id__gt=job.upto, id__lte=job.until).count(), job.faulty
