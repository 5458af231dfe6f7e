"""The record for the audit administrator (审计): who looked, who changed; nobody edits it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from xiucheng.audit.actions import record_look
from xiucheng.audit.keeping import AUDIT, ReadOnly
from xiucheng.audit.models import Change, Look


class Record(ReadOnly):
    """The record, for the audit administrator alone."""

    readers = (AUDIT,)
    actions = None
    date_hierarchy = "at"
    ordering = ("-at",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The audit administrator; that he looked at a line stands in the record, too."""
        allowed = super().has_view_permission(request, obj)
        if allowed and obj is not None and not getattr(request, "_look_recorded", False):
            request._look_recorded = True  # type: ignore[attr-defined]  # once per request
            table = obj._meta.db_table[:20]
            record_look(
                account_id=int(request.user.pk or 0),
                subject_kind=table,
                subject_key=str(obj.pk),
                field="*",
                reason="审计",
            )
        return allowed


@admin.register(Change)
class ChangeRecord(Record):
    """Changes of registers, sign-ins, posts (变更记录)."""

    list_display = ("at", "account_id", "table", "key", "act", "before", "after")
    list_filter = ("table", "act")
    search_fields = ("key", "=account_id")


@admin.register(Look)
class LookRecord(Record):
    """Looks at masked data (查看记录)."""

    list_display = ("at", "account_id", "subject_kind", "subject_key", "field", "reason")
    list_filter = ("subject_kind", "field")
    search_fields = ("subject_key", "=account_id", "reason")
