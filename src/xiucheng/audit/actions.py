"""Write down who looked and who changed (记录查看与变更)."""

from typing import Any

from django.utils import timezone

from xiucheng.audit.models import Change, Look


def record_look(*, account_id: int, subject_kind: str, subject_key: str, field: str, reason: str) -> None:
    """Somebody saw a masked value in clear."""
    Look.objects.create(
        at=timezone.now(),
        account_id=account_id,
        subject_kind=subject_kind,
        subject_key=subject_key,
        field=field,
        reason=reason[:200],
    )


def record_change(
    *, account_id: int | None, table: str, key: str, act: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    """Somebody changed a register or a setting."""
    Change.objects.create(
        at=timezone.now(), account_id=account_id, table=table, key=key, act=act, before=before, after=after
    )
