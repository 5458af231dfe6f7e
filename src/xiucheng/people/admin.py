"""People's registers (人员台账): the system administrator keeps accounts and duty grids, the security administrator posts and locks."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xiucheng.audit import vault
from xiucheng.audit.keeping import SECURITY, SYSTEM, Kept, ReadOnly, posts_of
from xiucheng.audit.languages import listed, said
from xiucheng.city.pinyin import sort_key
from xiucheng.people.actions import accounts
from xiucheng.people.models import ADMINISTRATORS, Account, DutyGrid, Lockout, Posting
from xiucheng.rules.refusals import Refused


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only in the stubs
    """An account; the telephone is sealed, an empty field leaves it as it is."""

    phone = forms.CharField(label=_("电话"), max_length=20, required=False, help_text=_("加密保存；留空不改"))

    class Meta:
        model = Account
        fields = ("username", "name", "unit", "email", "training")

    def clean(self) -> dict[str, Any]:
        """A telephone that is one."""
        facts = super().clean() or {}
        try:
            accounts.check_contact(facts.get("phone", ""), facts.get("email", ""))
        except Refused as refusal:
            raise said(refusal) from None
        return facts


def _shown(account: Account, password: str) -> dict[str, str]:
    return {"name": account.name, "username": account.username, "password": password}


@admin.action(description=_("重设密码（显示一次）"))
def reset_passwords(register: Any, request: HttpRequest, chosen: Any) -> None:
    """New first passwords, each shown once to the administrator."""
    for account in chosen:
        password = accounts.reset_password(account_id=account.pk, by=int(request.user.pk or 0))
        said_once = gettext("%(name)s（%(username)s）的新密码：%(password)s，只显示这一次")
        messages.warning(request, said_once % _shown(account, password))


@admin.register(Account)
class AccountRegister(Kept):
    """Accounts. Nobody is deleted: people leave by handing over their work."""

    readers = (SECURITY,)
    form = AccountForm
    list_display = ("name", "username", "unit", "held", "training", "is_active", "last_login", "left_at")
    list_filter = ("is_active", "training", "postings__post")
    search_fields = ("name", "username", "pinyin", "unit__name")
    autocomplete_fields = ("unit",)
    readonly_fields = ("left_at", "last_login")
    actions = (reset_passwords,)

    @admin.display(description=_("岗位"))
    def held(self, account: Account) -> str:
        """The posts in words."""
        return listed(posting.get_post_display() for posting in account.postings.all())

    def get_queryset(self, request: HttpRequest) -> Any:
        """With their posts."""
        return super().get_queryset(request).select_related("unit").prefetch_related("postings")

    def get_actions(self, request: HttpRequest) -> Any:
        """Only for who keeps the register."""
        found = super().get_actions(request)
        return found if self._keeps(request) else {}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        """A new account gets a first password, shown once."""
        obj.pinyin = sort_key(obj.name, 120)
        if form.cleaned_data.get("phone"):
            obj.phone_sealed = vault.seal(form.cleaned_data["phone"])
        if not change:
            password = accounts.first_password()
            obj.set_password(password)
            obj.must_change = True
            said_once = gettext("%(name)s（%(username)s）的首次密码：%(password)s，只显示这一次")
            messages.warning(request, said_once % _shown(obj, password))
        super().save_model(request, obj, form, change)


class PostingForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only in the stubs
    """A post for a person; the three administrators hold nothing else."""

    def clean(self) -> dict[str, Any]:
        """Check against what the person holds already."""
        facts = super().clean() or {}
        account, post = facts.get("account"), facts.get("post")
        if account is not None and post:
            held = set(account.postings.exclude(pk=self.instance.pk).values_list("post", flat=True))
            try:
                accounts.check_posts({*held, post})
            except Refused as refusal:
                raise said(refusal) from None
        return facts


@admin.register(Posting)
class PostingRegister(Kept):
    """Who holds which post where."""

    keepers = (SECURITY,)
    readers = (SYSTEM,)
    form = PostingForm
    list_display = ("account", "post", "area")
    list_filter = ("post",)
    search_fields = ("account__name", "account__username")
    autocomplete_fields = ("account", "area")

    def _last(self, posting: Posting | None) -> bool:
        if posting is None or posting.post not in ADMINISTRATORS:
            return False
        others = Posting.objects.filter(post=posting.post, account__left_at=None, account__is_active=True)
        return not others.exclude(account_id=posting.account_id).exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The last administrator of a kind stays."""
        return super().has_delete_permission(request, obj) and not self._last(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The last administrator of a kind stays."""
        return super().has_change_permission(request, obj) and not self._last(obj)

    def get_actions(self, request: HttpRequest) -> Any:
        """Posts are taken away one by one, each with its own look."""
        return {}

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        """Administrators may enter the administration."""
        super().save_model(request, obj, form, change)
        _set_staff(obj.account)

    def delete_model(self, request: Any, obj: Any) -> None:
        """Others may not."""
        account = obj.account
        super().delete_model(request, obj)
        _set_staff(account)


def _set_staff(account: Account) -> None:
    held = set(account.postings.values_list("post", flat=True))
    Account.objects.filter(pk=account.pk).update(is_staff=bool(held & set(ADMINISTRATORS)))


@admin.register(DutyGrid)
class GridRegister(Kept):
    """Duty grids and their officers."""

    list_display = ("name", "code", "street", "walked_by")
    search_fields = ("name", "code")
    autocomplete_fields = ("street", "officers")
    exclude = ("cells",)

    @admin.display(description=_("巡查员"))
    def walked_by(self, grid: DutyGrid) -> str:
        """The officers in words."""
        return listed(account.name for account in grid.officers.all())

    def get_queryset(self, request: HttpRequest) -> Any:
        """With their officers."""
        return super().get_queryset(request).select_related("street").prefetch_related("officers")


@admin.action(description=_("解除锁定"))
def unlock(register: Any, request: HttpRequest, chosen: Any) -> None:
    """Open doors that too many failures closed."""
    register.delete_queryset(request, chosen)


@admin.register(Lockout)
class LockRegister(ReadOnly):
    """Names and addresses that are locked; they are kept as hashes."""

    readers = (SECURITY,)
    list_display = ("key", "failures", "last_at", "until")
    actions = (unlock,)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Only what is locked now."""
        return super().get_queryset(request).filter(until__gt=timezone.now())

    def get_actions(self, request: HttpRequest) -> Any:
        """Only for the security administrator."""
        return super().get_actions(request) if SECURITY in posts_of(request) else {}
