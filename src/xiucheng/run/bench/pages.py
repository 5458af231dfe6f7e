"""What lists, the case page and the map cost (页面性能): each address asked for many times over one kept connection."""

import random
from collections.abc import Iterator
from importlib import import_module
from types import TracebackType
from typing import Any, Final
from urllib.parse import urlencode

import psycopg
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.db import connection

from xiucheng.run.bench.client import drive, request
from xiucheng.run.bench.measure import Eyes, Row, summary

TIMES: Final = 40
DISTRICT: Final = "106.50,29.45,106.75,29.65"
STREETS: Final = "106.56,29.52,106.58,29.54"
PEER_LIST: Final = "849 ms, 278 statements (100 k)"
STATEMENTS_MOST: Final = 12


class Counted:
    """Counts the statements that this process sends, whoever sends them."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> "Counted":
        self.execute = psycopg.Cursor.execute
        counted, execute = self, self.execute

        def one_more(cursor: Any, *args: Any, **kwargs: Any) -> Any:
            counted.count += 1
            return execute(cursor, *args, **kwargs)

        psycopg.Cursor.execute = one_more  # type: ignore[assignment]  # taken back at the end
        return self

    def __exit__(self, *_: "type[BaseException] | BaseException | TracebackType | None") -> None:
        psycopg.Cursor.execute = self.execute  # type: ignore[method-assign]  # as it was


def sign_in(name: str) -> str:
    """A session of a demo account, as the sign-in page would make it."""
    account = get_user_model().objects.get(username=name)
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(account.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = account.get_session_auth_hash()
    store.save()
    return str(store.session_key)


def people() -> dict[str, str]:
    """Sessions of one person of the centre and one of the busiest unit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT post, min(a.username) FROM people_posting p JOIN people_account a ON a.id = p.account_id"
            " WHERE a.is_active AND NOT a.training AND post IN ('operator', 'dispatcher', 'leader', 'unit') GROUP BY 1"
        )
        return {post: sign_in(name) for post, name in cursor.fetchall()}


def values() -> dict[str, str]:
    """Values that filters are tried with: what occurs in the data."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT mode() WITHIN GROUP (ORDER BY street), mode() WITHIN GROUP (ORDER BY unit_id)::text,"
            " mode() WITHIN GROUP (ORDER BY category_id) FROM cases_case WHERE ended_at IS NULL"
        )
        street, unit, category = cursor.fetchone()
        cursor.execute("SELECT number FROM cases_case WHERE state = 'closed' ORDER BY id DESC LIMIT 1")
        number = cursor.fetchone()[0]
    return {"street": street, "unit": unit, "category": category, "number": number}


def lists(known: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Every filter of the desk's lists and of the API's, as name and address."""
    street, unit, category = known["street"], known["unit"], known["category"]
    yield "queue: to register", "/desk/queue/register/"
    yield "queue: handling", "/desk/queue/handling/"
    yield "open: all", "/desk/queue/open/"
    for name, given in {
        "street": {"street": street},
        "unit": {"unit": unit},
        "category": {"category": category},
        "category and street": {"category": category, "street": street},
        "kind": {"kind": "complaint"},
        "channel": {"channel": "hotline"},
        "late": {"late": "1"},
        "words": {"q": "路灯"},
        "number": {"q": known["number"]},
    }.items():
        yield f"open: {name}", f"/desk/queue/open/?{urlencode(given)}"
        yield f"all: {name}", f"/desk/queue/all/?{urlencode(given)}"
    yield "all: two words", f"/desk/queue/all/?{urlencode({'q': '老人 晚上'})}"
    yield "all: newest first", "/desk/queue/all/?sort=new"
    yield "ended", "/desk/queue/ended/"
    yield "API: state", "/api/v1/cases?state=handling&size=50"
    yield "API: street and category", f"/api/v1/cases?street={street}&category={category}&size=50"


def ask(url: str, eyes: Eyes, path: str, session: str, times: int = TIMES) -> dict[str, Any]:
    """Ask for one page `times` times; times, processor time, size and status."""
    sent = request(url, "GET", path, headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"})
    drive(url, [sent] * 4, 1)
    before = eyes.spent()
    done = drive(url, [sent] * times, 1)
    spent = eyes.spent().minus(before).parts
    return {
        **summary(done.times),
        "web_cpu_ms": round(spent.get("web", 0.0) / times, 2),
        "database_cpu_ms": round(spent.get("database for web", 0.0) / times, 2),
        "bytes": done.size,
        "statuses": done.statuses,
    }


def statements(path: str, session: str) -> int:
    """How many statements one page sends, counted in this process; the first call fills what a process remembers."""
    from django.test import Client

    client = Client(HTTP_HOST="127.0.0.1")
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    client.get(path)
    with Counted() as counted:
        client.get(path)
    return counted.count


def measure(url: str, eyes: Eyes, size: int) -> list[Row]:
    """Lists with every filter, the case page and the map."""
    sessions, known = people(), values()
    rows = []
    for name, path in lists(known):
        session = sessions["operator" if path.startswith("/desk/queue/register/") else "leader"]
        found = ask(url, eyes, path, session)
        found["statements"] = statements(path, session)
        met = found["p50"] <= 20 if size < 1_000_000 else found["p95"] <= 60
        aim = "p50 ≤ 20 ms, ≤ 12 statements" if size < 1_000_000 else "p95 ≤ 60 ms, ≤ 12 statements"
        met = met and found["statements"] <= STATEMENTS_MOST and set(found["statuses"]) == {200}
        rows.append(Row(f"list of 50 · {name}", found, aim, met, PEER_LIST))
    rows.append(_case(url, eyes, sessions["leader"]))
    for name, box, zoom in (("whole district", DISTRICT, 12), ("a few streets", STREETS, 15)):
        path = f"/desk/map/points/?{urlencode({'bbox': box, 'zoom': zoom})}"
        found = ask(url, eyes, path, sessions["leader"])
        found["statements"] = statements(path, sessions["leader"])
        met = found["p50"] <= 30 and found["bytes"] <= 100_000 and set(found["statuses"]) == {200}
        rows.append(Row(f"city map · {name}", found, "≤ 30 ms, ≤ 100 kB", met, "167 ms, 1.1 MB"))
    return rows


def _case(url: str, eyes: Eyes, session: str) -> Row:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM cases_case WHERE state IN ('closed', 'handling') ORDER BY id DESC LIMIT 400")
        numbers = [row[0] for row in cursor.fetchall()]
    path = f"/desk/case/{random.Random(5).choice(numbers)}/"  # noqa: S311 - any case will do
    found = ask(url, eyes, path, session)
    found["statements"] = statements(path, session)
    return Row("case page", found, "≤ 15 ms", found["p50"] <= 15 and set(found["statuses"]) == {200}, "48 ms")
