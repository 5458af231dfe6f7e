"""Where a person lands after signing in, and what he may see and change of himself (首页跳转、我的账号)."""

from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from xiucheng.audit import vault
from xiucheng.audit.models import Change
from xiucheng.pages.filters import said
from xiucheng.people.actions.accounts import change_own, set_training
from xiucheng.people.models import ADMINISTRATORS, Account, Posting
from xiucheng.people.queries import holder
from xiucheng.rules.refusals import Refused

_DESK: Final = frozenset({"operator", "shift_leader", "dispatcher", "leader", "assessor", "unit"})
_SHOWN: Final = 8


@login_required
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """The centre and units go to the desk, people in the street to the phone's pages, administrators to the registers."""
    assert isinstance(request.user, Account)
    if request.user.must_change:
        return HttpResponseRedirect("/me/password/")
    posts = holder(request.user).posts
    if posts & set(ADMINISTRATORS):
        return HttpResponseRedirect("/admin/")
    return HttpResponseRedirect("/desk/" if posts & _DESK else "/field/" if posts else "/me/")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """One's own account: name and posts are the office's, telephone and e-mail one's own."""
    assert isinstance(request.user, Account)
    error, status = "", 200
    if request.method == "POST":
        try:
            if "training" in request.POST:
                return _train(request, request.user)
            change_own(request.user, phone=request.POST.get("phone", ""), email=request.POST.get("email", ""))
            return HttpResponseRedirect("/me/?saved=1")
        except Refused as refusal:
            error, status = said(refusal), refusal.status
    return render(request, "pages/sign_in/mine.html", _facts(request, request.user, error), status=status)


def _train(request: HttpRequest, account: Account) -> HttpResponse:
    """Learn with cases that never count, or work for real again (培训模式)."""
    if not account.training and not _may_train(account):
        raise Refused("no_post")
    set_training(account_id=account.pk, training=request.POST["training"] == "on", by=account.pk)
    return HttpResponseRedirect("/me/?saved=1")


def _may_train(account: Account) -> bool:
    """Who works with cases; administrators do not."""
    posts = holder(account).posts
    return bool(posts) and not posts & set(ADMINISTRATORS)


def _facts(request: HttpRequest, account: Account, error: str) -> dict[str, Any]:
    signed_in = Change.objects.filter(account_id=account.pk, table="people_account", act__startswith="sign_in")
    names = dict(Posting.Post.choices)
    return {
        "account": account,
        "posts": [str(names.get(p, p)) for p in sorted(holder(account).posts)],
        "phone": request.POST.get("phone") or vault.unseal(account.phone_sealed),
        "email": request.POST.get("email") or account.email,
        "second": Authenticator.objects.filter(user=account).exclude(type="recovery_codes").count(),
        "visits": list(signed_in.order_by("-at").values("at", "act", "after")[:_SHOWN]),
        "may_train": _may_train(account),
        "error": error,
        "saved": "saved" in request.GET,
    }
