"""Registers that one administrator keeps (台账管理): only his posts see them, and every change is recorded before and after.

The three administrators (三员): system keeps registers and settings, security keeps who may what, audit reads the record.
"""

from collections.abc import Iterable
from typing import Any, ClassVar, Final

from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest

from xiucheng.audit.actions import record_change

SYSTEM: Final = "system_admin"
SECURITY: Final = "security_admin"
AUDIT: Final = "audit_admin"
_SECRET: Final = ("_sealed", "password", "_blind", "token", "digest")


def posts_of(request: HttpRequest) -> frozenset[str]:
    """The posts of the signed-in person, asked once per request."""
    known: frozenset[str] | None = getattr(request, "_keeper_posts", None)
    if known is None:
        user: Any = request.user
        active = user.is_active and getattr(user, "left_at", None) is None
        known = (
            frozenset(user.postings.values_list("post", flat=True))
            if active and hasattr(user, "postings")
            else frozenset()
        )
        request._keeper_posts = known  # type: ignore[attr-defined]  # remembered for this request only
    return known


def facts_of(row: models.Model) -> dict[str, Any]:
    """A row as the record keeps it; sealed and secret values are named, never shown."""
    facts: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        value = field.value_from_object(row)
        if any(mark in field.attname for mark in _SECRET):
            facts[field.attname] = "…" if value else ""
        elif isinstance(value, dict | list) and len(str(value)) > 2000:  # a polygon
            facts[field.attname] = f"…{len(str(value))}"
        else:
            facts[field.attname] = (
                value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)
            )
    return facts


class Kept(admin.ModelAdmin):  # type: ignore[type-arg]  # generic only in the stubs
    """A register in the administration; `keepers` may change it, `readers` only look."""

    keepers: ClassVar[tuple[str, ...]] = (SYSTEM,)
    readers: ClassVar[tuple[str, ...]] = ()
    list_per_page = 50
    show_full_result_count = False

    def _keeps(self, request: HttpRequest) -> bool:
        return bool(posts_of(request) & set(self.keepers))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the register is on the person's list."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keepers and readers."""
        return bool(posts_of(request) & {*self.keepers, *self.readers})

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keepers."""
        return self._keeps(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keepers."""
        return self._keeps(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keepers."""
        return self._keeps(request)

    def changed(self) -> None:
        """What follows a change, for example that every process reads the register again."""

    def _record(self, request: HttpRequest, row: models.Model, act: str, before: dict[str, Any]) -> None:
        after = {} if act == "delete" else facts_of(row)
        different = {k for k in {*before, *after} if before.get(k) != after.get(k)}
        if act == "change" and not different:
            return
        if act == "change":
            before, after = ({k: v for k, v in facts.items() if k in different} for facts in (before, after))
        record_change(
            account_id=request.user.pk,
            table=row._meta.db_table,
            key=str(row.pk)[:80],
            act=act,
            before=before,
            after=after,
        )

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        """Change, record, tell."""
        with transaction.atomic():
            old = type(obj)._default_manager.filter(pk=obj.pk).first() if change else None
            before = facts_of(old) if old is not None else {}
            super().save_model(request, obj, form, change)
            self._record(request, obj, "change" if change else "add", before)
            self.changed()

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        """Take a row away, record it, tell."""
        with transaction.atomic():
            self._record(request, obj, "delete", facts_of(obj))
            super().delete_model(request, obj)
            self.changed()

    def delete_queryset(self, request: HttpRequest, queryset: Iterable[models.Model]) -> None:
        """Take several away, each recorded."""
        for row in queryset:
            self.delete_model(request, row)

    def log_addition(self, *args: Any) -> None:  # type: ignore[override]  # Django asks for its own log's row and does nothing with it
        """The record is ours, not Django's."""

    def log_change(self, *args: Any) -> None:  # type: ignore[override]  # Django asks for its own log's row and does nothing with it
        """The record is ours, not Django's."""

    def log_deletions(self, *args: Any) -> None:  # type: ignore[override]  # Django asks for its own log's row and does nothing with it
        """The record is ours, not Django's."""


class ReadOnly(Kept):
    """A register that nobody changes here."""

    keepers: ClassVar[tuple[str, ...]] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """All of it."""
        return [field.name for field in self.model._meta.concrete_fields]
