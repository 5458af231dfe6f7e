"""Addresses of signing in; allauth's names, our pages. There is no sign-up and no password by mail."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from django.urls import path
from django.views.generic.base import RedirectView

from xiucheng.pages.sign_in import views


def _page(name: str) -> dict[str, str]:
    return {"template_name": f"pages/sign_in/{name}.html"}


urlpatterns = [
    path("admin/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("admin/logout/", account.LogoutView.as_view(**_page("sign_out"))),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("home/", views.home, name="home"),
    path("me/", views.mine, name="me"),
    path("sign-in/", account.LoginView.as_view(**_page("sign_in")), name="account_login"),
    path("sign-out/", account.LogoutView.as_view(**_page("sign_out")), name="account_logout"),
    path("sign-in/closed/", account.AccountInactiveView.as_view(**_page("closed")), name="account_inactive"),
    path("sign-in/again/", account.ReauthenticateView.as_view(**_page("again")), name="account_reauthenticate"),
    path("sign-in/second/", mfa.AuthenticateView.as_view(**_page("second")), name="mfa_authenticate"),
    path("sign-in/again/code/", mfa.ReauthenticateView.as_view(**_page("again")), name="mfa_reauthenticate"),
    path("sign-in/key/", keys.LoginWebAuthnView.as_view(), name="mfa_login_webauthn"),
    path(
        "sign-in/again/key/",
        keys.ReauthenticateWebAuthnView.as_view(**_page("again_key")),
        name="mfa_reauthenticate_webauthn",
    ),
    path("me/password/", account.PasswordChangeView.as_view(**_page("password")), name="account_change_password"),
    path("me/password/first/", account.PasswordSetView.as_view(**_page("password")), name="account_set_password"),
    path("me/second/", mfa.IndexView.as_view(**_page("seconds")), name="mfa_index"),
    path("me/second/app/", totp.ActivateTOTPView.as_view(**_page("totp_on")), name="mfa_activate_totp"),
    path("me/second/app/off/", totp.DeactivateTOTPView.as_view(**_page("sure")), name="mfa_deactivate_totp"),
    path("me/second/codes/", codes.ViewRecoveryCodesView.as_view(**_page("codes")), name="mfa_view_recovery_codes"),
    path(
        "me/second/codes/new/",
        codes.GenerateRecoveryCodesView.as_view(**_page("sure")),
        name="mfa_generate_recovery_codes",
    ),
    path("me/second/codes/file/", codes.DownloadRecoveryCodesView.as_view(), name="mfa_download_recovery_codes"),
    path("me/second/keys/", keys.ListWebAuthnView.as_view(**_page("keys")), name="mfa_list_webauthn"),
    path("me/second/keys/new/", keys.AddWebAuthnView.as_view(**_page("key_on")), name="mfa_add_webauthn"),
    path("me/second/keys/<int:pk>/off/", keys.RemoveWebAuthnView.as_view(**_page("sure")), name="mfa_remove_webauthn"),
    path("me/second/keys/<int:pk>/", keys.EditWebAuthnView.as_view(**_page("key_name")), name="mfa_edit_webauthn"),
]
