"""Who may come in (登录): accounts are made by administrators, never by strangers; who has left stays out."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """The house's rules for allauth."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs himself up."""
        return False

    def is_login_by_code_required(self, login: Any) -> bool:
        """Codes by mail are not used; the second factor is TOTP."""
        return False

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> Any:
        """A person who has handed over and left is turned away like an inactive one."""
        if user.left_at is not None:
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)
