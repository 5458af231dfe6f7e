"""The relay: changes are told once in few notifications, with keys only."""

import orjson
import psycopg
import pytest
from django.conf import settings
from django.db import connection
from tests.district import District

from xiucheng.cases import actions
from xiucheng.cases.models import Change
from xiucheng.live import relay
from xiucheng.notices import bell
from xiucheng.rules.workflow import Actor

LASTING = pytest.mark.django_db(transaction=True, available_apps=list(settings.INSTALLED_APPS))
RAIL = actions.Submission(
    channel="web", kind="complaint", words="护栏倒了", place="南坪", contact={"phone": "13800000000"}
)


def _listen() -> "psycopg.Connection[tuple[object, ...]]":
    found = connection.get_connection_params()
    kept = {k: v for k, v in found.items() if k in {"dbname", "user", "password", "host", "port"} and v}
    peer = psycopg.connect(**kept, autocommit=True)
    peer.execute(f"LISTEN {bell.CHANNEL}")
    return peer


@LASTING
@pytest.mark.usefixtures("lasting")
def test_gather_tells_everybody_once(people: dict[str, Actor], district: District) -> None:
    done = actions.submit(RAIL, people["resident"])
    with _listen() as peer:
        assert (relay.gather(), relay.gather(), Change.objects.count()) == (1, 0, 0)
        heard = [orjson.loads(n.payload) for n in peer.notifies(timeout=2, stop_after=1)]
    assert [e[1:] for e in heard[0]["e"]] == [[done.case_id, done.number, 1, "submit", "", "to_register", 0, 0, 0]]


@pytest.mark.django_db
def test_gather_names_the_inboxes(people: dict[str, Actor], district: District) -> None:
    case = actions.submit(RAIL, people["resident"]).case_id
    actions.act(case, "register", people["operator"], {"category": district.category})
    actions.act(case, "file", people["shift_leader"], {"standard": district.standard})
    actions.act(case, "dispatch", people["dispatcher"], {"unit": district.unit})
    taken = relay.changes.take()
    assert relay._told(taken) == [f"unit:{district.unit}"]


def test_pack_of_many_lines_fits_every_notification() -> None:
    lines = [[n, n, f"50010820260302{n:05}", 1, "feed_back", "handling", "to_check", 7, 7, 0] for n in range(500)]
    packed = list(relay.pack(lines, [f"unit:{n}" for n in range(500)]))
    assert max(len(p.encode()) for p in packed) < 8000
    assert [e for p in packed for e in orjson.loads(p)["e"]] == lines
    assert [n for p in packed for n in orjson.loads(p)["n"]] == [f"unit:{n}" for n in range(500)]
