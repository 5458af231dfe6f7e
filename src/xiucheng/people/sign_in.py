"""How people sign in (登录): django-allauth with our lock-out rule, no sign-up, and a line in the record each time."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.http import HttpRequest
from django.urls import reverse

from xiucheng.audit import addresses
from xiucheng.audit.actions import record_change
from xiucheng.audit.languages import said
from xiucheng.people.actions import locks
from xiucheng.people.models import Account
from xiucheng.rules.refusals import Refused


def address_of(request: HttpRequest | None) -> str:
    """The address that the request came from; empty when there is none."""
    return addresses.sender(request) if request is not None else ""


class SignIn(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types for its adapter
    """What allauth asks us: may he try, has he failed, where does he go."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by administrators only."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Signing in and out is its own message."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that everything else counts by, too."""
        return address_of(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Nobody may guess on while the door is closed; a try counts before it is looked at."""
        try:
            locks.count_try(name=str(credentials.get("username", "")), address=address_of(request))
        except Refused as refusal:
            raise said(refusal) from None

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """The right word is no failure."""
        user = super().authenticate(request, **credentials)
        if user is not None:
            locks.give_back(name=str(credentials.get("username", "")), address=address_of(request))
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Write it down without the name that was typed."""
        known = Account.objects.filter(username=credentials.get("username", "")).values_list("id", flat=True).first()
        _record(known, "sign_in_failed", request)

    def is_login_by_code_required(self, login: Any) -> bool:
        """Codes by mail are not used."""
        return False

    def pre_login(self, request: HttpRequest, user: Account, **kwargs: Any) -> Any:
        """Whoever has handed over and left is turned away."""
        if user.left_at is not None:
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def login(self, request: HttpRequest, user: Account) -> None:
        """The person is in."""
        super().login(request, user)
        locks.forget_failures(name=user.username)
        _record(user.pk, "sign_in", request)

    def logout(self, request: HttpRequest) -> None:
        """The person is out."""
        account_id = request.user.pk
        super().logout(request)
        _record(account_id, "sign_out", request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """A first password is changed before anything else."""
        if getattr(request.user, "must_change", False):
            return reverse("account_change_password")
        return str(super().get_login_redirect_url(request))

    def set_password(self, user: Account, password: str) -> None:
        """A new password, chosen by the person."""
        user.must_change = False
        super().set_password(user, password)


def _record(account_id: int | None, act: str, request: HttpRequest) -> None:
    after = {"address": address_of(request)}
    record_change(
        account_id=account_id, table="people_account", key=str(account_id or ""), act=act, before={}, after=after
    )


class _Counted:
    """Codes of the second step are guessed no more often than passwords."""

    user: Account

    def clean_code(self) -> str:
        """The code, or why not."""
        from allauth.core import context

        address = address_of(context.request)
        try:
            locks.count_try(name=self.user.username, address=address)
        except Refused as refusal:
            raise said(refusal) from None
        code = str(super().clean_code())  # type: ignore[misc]  # the form beside it has it
        locks.give_back(name=self.user.username, address=address)
        return code


class SecondStep(_Counted, AuthenticateForm):  # type: ignore[misc]  # allauth carries no types for its forms
    """The second step of signing in (两步验证)."""


class SecondStepAgain(_Counted, ReauthenticateForm):  # type: ignore[misc]  # allauth carries no types for its forms
    """The second step before something delicate (再次验证)."""
