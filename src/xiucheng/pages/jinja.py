"""The pages' template language (页面模板): Jinja2 with our texts, icons, dates and addresses.

Templates lie in each room's `templates/<room>/`. The text in `_("…")` is the Chinese one; English comes from `locale/en`.
"""

import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.conf import settings
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, ngettext
from jinja2 import Environment, FileSystemLoader, TemplateNotFound, pass_context
from jinja2.runtime import Context

from xiucheng.city import clock
from xiucheng.pages import filters, icons, signed


class RoomLoader(FileSystemLoader):
    """Finds templates in the rooms; the administration's own (`admin/`) stay with Django's language."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        if template.startswith("admin/"):
            raise TemplateNotFound(template)
        return super().get_source(environment, template)


def room_templates() -> list[str]:
    """The folders `templates` of all rooms that have one."""
    folders = []
    for config in apps.get_app_configs():
        folder = f"{config.path}/templates"
        if config.name.startswith("xiucheng."):
            folders.append(folder)
    return folders


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page by its name; a list asks for a hundred of them, mostly the same ones again."""
    return _url(name, args, tuple(kwargs.items()))


@functools.lru_cache(maxsize=8192)
def _url(name: str, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...]) -> str:
    return reverse(name, args=args or None, kwargs=dict(kwargs) or None)


def address(name: str, *args: Any) -> str:
    """The address of a page that another room may or may not bring; empty when there is none."""
    try:
        return reverse(name, args=args or None)
    except NoReverseMatch:
        return ""


@pass_context
def choose_url(context: Context, **choice: str) -> str:
    """The address that keeps a choice (language, elder version) and comes back to this page."""
    request = context.get("request")
    here = request.get_full_path() if request is not None and request.method in {"GET", "HEAD"} else "/"
    return "/choose/?" + urlencode({**choice, "next": here})


def speaks_english() -> bool:
    """Whether the reader chose English (英文)."""
    return (get_language() or "").startswith("en")


def live_at() -> str:
    """Where the browser finds live events: `:port` of the page's own host, or what a proxy serves them under."""
    return settings.LIVE_ORIGIN or f":{settings.LIVE_PORT}"


def environment(**options: Any) -> Environment:
    """What Django asks for at start: one environment for all rooms."""
    options |= {
        "loader": RoomLoader(room_templates()),
        "autoescape": True,
        "auto_reload": False,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "extensions": ["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
        "cache_size": 1000,
    }
    made = Environment(**options)  # noqa: S701 - autoescape is on, in the options
    made.install_gettext_callables(filters.gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # comes with the i18n extension
    made.globals.update(
        static=static,
        live_at=live_at,
        url=url,
        address=address,
        choose_url=choose_url,
        icon=icons.icon,
        icon_paths=icons.paths,
        picture_url=signed.picture_url,
        thumb_url=signed.thumb_url,
        english=speaks_english,
        language=get_language,
        demo=settings.DEMO,
        now=filters.now,
        clock_now=clock.now,
        clock_rate=clock.rate,
    )
    made.filters.update(filters.FILTERS)
    return made
