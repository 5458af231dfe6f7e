"""The register of machines' tokens (接口令牌台账): the security administrator gives and takes back, the token is shown once."""

from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xiucheng.api.actions import digest, give_token, take_back
from xiucheng.api.models import Token
from xiucheng.audit.keeping import SECURITY, Kept
from xiucheng.audit.languages import listed
from xiucheng.city import clock
from xiucheng.people.models import ADMINISTRATORS, Account, Posting
from xiucheng.people.queries import holder

GIVEN: Final = [(post, name) for post, name in Posting.Post.choices if post not in ADMINISTRATORS]


class TokenForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only in the stubs
    """A new token: for what, as whom, with which posts, until when."""

    posts = forms.MultipleChoiceField(
        label=_("只限岗位"),
        choices=GIVEN,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不选就是这个账号的全部岗位；接口只需要一部分时请只选那一部分"),
    )

    class Meta:
        model = Token
        fields = ("name", "account", "posts", "expires_at")

    def clean(self) -> dict[str, Any]:
        """The account works, is no administrator's, and holds what the token may do; the end lies ahead."""
        facts = super().clean() or {}
        account, until = facts.get("account"), facts.get("expires_at")
        if account is not None:
            _check_account(account, set(facts.get("posts") or ()))
        if until is not None and until <= clock.now():
            raise ValidationError({"expires_at": gettext("有效期要晚于现在")})
        return facts


def _check_account(account: Account, wanted: set[str]) -> None:
    held = holder(account).posts
    if not held - set(ADMINISTRATORS):
        raise ValidationError({"account": gettext("这个账号已停用，或没有可用于接口的岗位；管理员账号不能发令牌")})
    names = dict(GIVEN)
    missing = listed(names[post] for post in names if post in wanted - held)
    if missing:
        raise ValidationError({"posts": gettext("这个账号没有这些岗位：%(posts)s") % {"posts": missing}})


def _account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)  # the administration lets nobody else in
    return request.user


@admin.action(description=_("收回所选令牌（立即失效，不能恢复）"))
def revoke(register: Any, request: HttpRequest, chosen: Any) -> None:
    """They work no longer."""
    ended = sum(take_back(by=_account(request), token=token) for token in chosen)
    taken = gettext("已收回 %(n)s 个令牌") % {"n": ended}
    messages.success(request, taken if ended else gettext("所选令牌早已收回"))


@admin.register(Token)
class TokenRegister(Kept):
    """Tokens. A given token is not changed: take it back and give another."""

    keepers = (SECURITY,)
    form = TokenForm
    list_display = ("name", "account", "may", "stands", "made_at", "expires_at", "last_used_at")
    list_filter = ("made_at", "expires_at")
    list_select_related = ("account",)
    search_fields = ("name", "account__name", "account__username")
    autocomplete_fields = ("account",)
    ordering = ("-made_at",)
    actions = (revoke,)

    @admin.display(description=_("岗位"))
    def may(self, token: Token) -> str:
        """Its posts in words."""
        names = dict(Posting.Post.choices)
        return listed(names.get(post, post) for post in token.posts) or gettext("账号的全部岗位")

    @admin.display(description=_("状态"))
    def stands(self, token: Token) -> str:
        """Whether it works."""
        if token.revoked_at is not None:
            return gettext("已收回")
        expired = token.expires_at is not None and token.expires_at <= clock.now()
        return gettext("已过期") if expired else gettext("有效")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The list is a keeper's; a single token only looked at."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: who used which token must be known later."""
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is asked for; of a given one what became of it."""
        asked = ["name", "account", "posts", "expires_at"]
        return asked if obj is None else ["name", "account", "may", "stands", "made_at", "expires_at", "last_used_at"]

    def get_actions(self, request: HttpRequest) -> Any:
        """Only for who keeps the register."""
        found = super().get_actions(request)
        return found if self._keeps(request) else {}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Give it; the record is written by the act."""
        facts = form.cleaned_data
        token = give_token(
            by=_account(request),
            account=facts["account"],
            name=facts["name"],
            posts=facts["posts"],
            expires_at=facts["expires_at"],
        )
        obj.pk = Token.objects.only("pk").get(digest=digest(token)).pk
        shown = gettext("“%(name)s”的令牌：%(token)s，只显示这一次，请现在抄给使用方")
        messages.warning(request, shown % {"name": obj.name, "token": token})
