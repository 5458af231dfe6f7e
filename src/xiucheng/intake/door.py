"""The door for machines (机器入口): JSON in and out, refusals as JSON with both sentences, never a 500 for what was sent."""

import functools
from collections.abc import Callable
from typing import Any, Final

import orjson
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from xiucheng.rules.refusals import Refused

JSON: Final = "application/json; charset=utf-8"
View = Callable[..., HttpResponse]
Says = Callable[[HttpRequest], HttpResponse]
HOOKS: Final = "/hook/"
AGAIN_SECONDS: Final = 2
_says: Final[dict[str, Says]] = {}


def answer(content: Any, status: int = 200) -> HttpResponse:
    """JSON that nobody on the way keeps."""
    made = HttpResponse(orjson.dumps(content), content_type=JSON, status=status)
    made.headers["Cache-Control"] = "no-store"
    made.headers["X-Content-Type-Options"] = "nosniff"
    return made


def refusal(refused: Refused) -> HttpResponse:
    """`{code, zh, en}` under the refusal's status; whoever was too fast hears when to come again."""
    made = answer({"code": refused.code, "zh": refused.zh, "en": refused.en}, refused.status)
    if refused.code in {"busy", "too_many"}:
        made.headers["Retry-After"] = str(refused.facts.get("seconds", 2))
    return made


def says_when_busy(prefix: str, says: Says) -> None:
    """A channel makes known how it says at its addresses that it cannot take anything just now."""
    _says[prefix] = says


def busy(request: HttpRequest) -> HttpResponse | None:
    """503 in the form that the peer at this address understands, wherever the fault came from; none for the addresses of people."""
    path = request.path_info
    found = next((says for prefix, says in _says.items() if path.startswith(prefix)), None)
    if found is None and not path.startswith(HOOKS):
        return None
    made = found(request) if found is not None else refusal(Refused("busy"))
    made.headers["Retry-After"] = str(AGAIN_SECONDS)
    made.headers["Cache-Control"] = "no-store"
    return made


def posted(view: View) -> View:
    """A view for POST from machines: no cookie, so no CSRF; it may refuse; a database that restarts is "try again"."""

    @functools.wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refused as refused:
            return refusal(refused)
        except (SuspiciousOperation, UnreadablePostError):
            return refusal(Refused("not_json"))
        except (OperationalError, InterfaceError):
            return refusal(Refused("busy"))

    return csrf_exempt(require_POST(answered))


def body(request: HttpRequest, most: int) -> bytes:
    """The body as it came. Raises `too_big` before more than `most` bytes are read."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    if said.isdigit() and int(said) > most:
        raise Refused("too_big", most=f"{most // 1024} KB")
    raw = request.read(most + 1)
    if len(raw) > most:
        raise Refused("too_big", most=f"{most // 1024} KB")
    return raw


def record(raw: bytes) -> dict[str, Any]:
    """The body as one JSON object. Raises `not_json` or `bad_field`."""
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError as wrong:
        raise Refused("not_json") from wrong
    if not isinstance(found, dict):
        raise Refused("bad_field", field="正文", why="要是一个 JSON 对象")
    return found


def text(given: dict[str, Any], name: str, most: int, *, needed: bool = True) -> str:
    """One text of a record. Raises `missing` or `bad_field`."""
    value = given.get(name)
    if value is None or value == "":
        if needed:
            raise Refused("missing", field=name)
        return ""
    if not isinstance(value, str):
        raise Refused("bad_field", field=name, why="要是文字")
    if len(value) > most:
        raise Refused("too_long", field=name, most=most)
    return value
