"""The register of API keys (开放接口密钥台账): the security administrator gives and takes back, the key is shown once."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xiucheng.audit.keeping import SECURITY, Kept
from xiucheng.channels.open311 import keys
from xiucheng.channels.open311.models import Key
from xiucheng.people.models import Account


def _account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)  # the administration lets nobody else in
    return request.user


@admin.action(description=_("收回所选密钥（立即失效，不能恢复）"))
def revoke(register: Any, request: HttpRequest, chosen: Any) -> None:
    """They work no longer."""
    ended = sum(keys.take_back(by=_account(request), key=key) for key in chosen)
    taken = gettext("已收回 %(n)s 个密钥") % {"n": ended}
    messages.success(request, taken if ended else gettext("所选密钥早已收回"))


@admin.register(Key)
class KeyRegister(Kept):
    """Keys. A given key is not changed: take it back and give another."""

    keepers = (SECURITY,)
    list_display = ("name", "quota", "used_today", "stands", "made_at")
    list_filter = ("made_at",)
    search_fields = ("name",)
    ordering = ("-made_at",)
    actions = (revoke,)

    @admin.display(description=_("当天已用"))
    def used_today(self, key: Key) -> str:
        """How many requests on the day of the last one."""
        return f"{key.used}（{key.day}）" if key.day else "0"

    @admin.display(description=_("状态"))
    def stands(self, key: Key) -> str:
        """Whether it works."""
        return gettext("已收回") if key.revoked_at is not None else gettext("有效")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The list is a keeper's; a single key only looked at."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: who used which key must be known later."""
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is asked for; of a given one what became of it."""
        asked = ["name", "quota"]
        return asked if obj is None else [*asked, "used_today", "stands", "made_at", "revoked_at"]

    def get_actions(self, request: HttpRequest) -> Any:
        """Only for who keeps the register."""
        found = super().get_actions(request)
        return found if self._keeps(request) else {}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Give it; the record is written by the act."""
        facts = form.cleaned_data
        key = keys.give(by=_account(request), name=facts["name"], quota=facts["quota"])
        obj.pk = Key.objects.only("pk").get(digest=keys.digest(key)).pk
        shown = gettext("“%(name)s”的密钥：%(key)s，只显示这一次，请现在抄给使用方")
        messages.warning(request, shown % {"name": obj.name, "key": key})
