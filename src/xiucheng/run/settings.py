"""Settings of the running service (设置): what a place may change comes from the environment or the data folder.

Secrets are read from `$XIUCHENG_DATA/secrets.json` (made by `xiucheng run`, mode 0600) or the environment, never the tree.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from xiucheng.run.ground import Ground, default_folder


def _secrets() -> dict[str, str]:
    found = Ground(DATA).read_secrets()
    for name in ("secret_key", "field_key", "blind_key"):
        if value := os.environ.get(f"XIUCHENG_{name.upper()}"):
            found[name] = value
    return found


PREPARE_ONLY_WHEN_ASKED = 1_000_000_000
"""Ordinary statements are never prepared; Django's default of none would also silence `prepare=True` (`cases.actions.raw`)."""


def database(url: str) -> dict[str, Any]:
    """Django's database entry for a `postgresql://` address; `?host=/folder` reaches a socket."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ValueError("DATABASE_URL must begin with postgresql://")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "xiucheng",
        "USER": unquote(parts.username or "") or "xiucheng",
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": query.pop("port", "") or str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": False,
        "OPTIONS": {
            "application_name": os.environ.get("XIUCHENG_PROCESS", "xiucheng"),
            "prepare_threshold": PREPARE_ONLY_WHEN_ASKED,
            **query,
        },
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }


DATA = default_folder()
SECRETS = _secrets()
DEMO = os.environ.get("XIUCHENG_DEMO", "") == "1"
SECRET_KEY = SECRETS.get("secret_key", "only-for-commands-that-sign-nothing")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("XIUCHENG_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("XIUCHENG_ORIGINS", "").split(",") if o]

CHANNELS = sorted(file.parent.name for file in (Path(__file__).resolve().parent.parent / "channels").glob("*/apps.py"))
"""Every folder in `channels/` is a channel; the accounts at the platforms decide which are switched on."""

ROOMS = [
    "audit",
    "city",
    "people",
    "notices",
    "cases",
    "triage",
    "intake",
    "dispatch",
    *(f"channels.{name}" for name in CHANNELS),
    "pages",
    "live",
    "portal",
    "desk",
    "field",
    "api",
]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    *(f"xiucheng.{room}" for room in ROOMS),
]

MIDDLEWARE = [
    "xiucheng.run.guard.guard",
    "xiucheng.api.quick.shortcut",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "xiucheng.pages.headers.policy",
    "xiucheng.pages.headers.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "xiucheng.pages.sign_in.first.change_first",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "xiucheng.pages.errors.Refusals",
]

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
ROOT_URLCONF = "xiucheng.run.urls"
WSGI_APPLICATION = "xiucheng.run.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "xiucheng.pages.jinja.environment"},
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).resolve().parent.parent / "pages" / "django"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

DATABASES = {"default": database(os.environ.get("DATABASE_URL") or "postgresql:///xiucheng")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/home/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "xiucheng.people.sign_in.SignIn"
ACCOUNT_RATE_LIMITS = False  # one lock-out rule of our own, shared by all processes through the database
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "绣城"
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "xiucheng.people.sign_in.SecondStep",
    "reauthenticate": "xiucheng.people.sign_in.SecondStepAgain",
}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 20000},
    }
}

LIVE_PORT = int(os.environ.get("XIUCHENG_LIVE_PORT") or "8001")
LIVE_ORIGIN = os.environ.get("XIUCHENG_LIVE_ORIGIN", "")  # set where a proxy serves the events under another name

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).resolve().parent.parent / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "xiucheng.pages.libraries.LibraryFinder",
]
# Built once at set-up (`pages.storage.build`); without that, as in tests, files come straight from the rooms.
_BUILT = (STATIC_ROOT / "staticfiles.json").exists()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "xiucheng.pages.storage.HashedStorage"
        if _BUILT
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not _BUILT
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
MEDIA_ROOT = DATA / "media"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "xiucheng.pages.errors.csrf"
BEHIND_PROXY = os.environ.get("XIUCHENG_BEHIND_PROXY", "") == "1"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

COUNTS_KEPT_SECONDS = 5.0
"""How long the numbers on the tabs may be shown again while no case changes."""
PUBLIC_ADDRESS = os.environ.get("XIUCHENG_PUBLIC", "http://127.0.0.1:8000")
"""How residents reach the portal; stands in mails."""
SMTP = os.environ.get("XIUCHENG_SMTP", "")
"""Mail server: `smtp://user:password@host:port?from=a@b&tls=start`; empty: mail is not set up."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"quiet": {"()": "xiucheng.run.logs.Quiet"}},
    "handlers": {"err": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["quiet"]}},
    "root": {"handlers": ["err"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}},
}
