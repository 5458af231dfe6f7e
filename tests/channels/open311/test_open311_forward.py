"""Open311: a case of another city goes to its server and its answers come back as notes; our own server plays the other city."""

import datetime as dt
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest
from tests.channels.open311.conftest import Caller
from tests.road import steps, take_to

from xiucheng.audit import vault
from xiucheng.cases.actions import Submission, act
from xiucheng.cases.models import Case, History, Report
from xiucheng.channels.open311 import client, forward
from xiucheng.channels.open311.channel import Open311
from xiucheng.channels.open311.client import PeerFault
from xiucheng.channels.open311.models import Forward
from xiucheng.city import clock
from xiucheng.intake.actions import states
from xiucheng.people.queries import holder

HERS = Submission(
    channel="web", kind="complaint", words="邻市那边护栏倒了，我的电话13800138000", lng=106.57, lat=29.53, place="界桥", contact={"name": "张大爷"},
)  # fmt: skip


def peers(account: Path, caller: Caller, endpoint: str, more: str = "") -> None:
    account.write_text(
        f"[open311]\n{more if more.startswith('batch') else ''}\n[open311.peers.\"邻市\"]\nendpoint = '{endpoint}'\n"
        f"api_key = '{caller.key}'\nunit = 'U1'\nservices = {{ C = 'C0101' }}\n{'' if more.startswith('batch') else more}\n",
        encoding="utf-8",
    )


def again() -> None:
    """Five minutes later."""
    Forward.objects.update(due_at=clock.now())
    forward.look()


def notes(case: Case) -> list[str]:
    return [row.words for row in History.objects.filter(case_id=case.id, act="note").order_by("seq")]


def theirs() -> Case:
    return Case.objects.get(channel="open311")


def go_on(case: Case, caller: Caller, until: str) -> None:
    """Along the straight road to this state."""
    known = [reached for reached, *_ in steps(caller.district)]
    here = known.index(case.state) + 1 if case.state in known else 0
    for _, name, post, form in steps(caller.district)[here : known.index(until) + 1]:
        act(case.id, name, holder(caller.house[post]).actor(), form)


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_case_goes_to_the_other_city_once_without_who_reported_it(
    caller: Caller, served: str, account: Path, form: str
) -> None:
    ours = take_to("handling", caller.district, caller.house, HERS)
    peers(account, caller, f"{served}/open311/v2/", f"form = '{form}'")
    forward.look()
    forward.look()
    report = Report.objects.get(channel="open311")
    assert vault.unseal(report.words_sealed) == "邻市那边护栏倒了，我的电话138****8000"
    assert (report.contact_sealed, report.place, theirs().lat) == (None, "界桥", 29.53)
    assert "张大爷" not in vault.unseal(report.raw_sealed)
    assert notes(ours) == [f"已转邻市，对方编号 {theirs().number}。"]
    assert states.health("open311").last_out is not None


def test_its_progress_comes_back_as_notes_and_ends_with_closed(caller: Caller, served: str, account: Path) -> None:
    ours = take_to("handling", caller.district, caller.house, HERS)
    peers(account, caller, f"{served}/open311/v2")
    forward.look()
    for _ in range(2):
        again()
    go_on(theirs(), caller, "closed")
    again()
    again()
    assert notes(ours)[1:] == ["邻市说：open 待受理。", "邻市说：closed 已结案。"]
    assert Forward.objects.filter(closed_at=None).count() == 0
    ours.refresh_from_db()
    assert ours.state == "handling"


def test_what_is_not_done_well_is_told_to_the_other_city(caller: Caller, served: str, account: Path) -> None:
    ours = take_to("handling", caller.district, caller.house, HERS)
    peers(account, caller, f"{served}/open311/v2")
    forward.look()
    go_on(theirs(), caller, "closed")
    again()
    for _, name, post, form in steps(caller.district)[3:6]:
        act(ours.id, name, holder(caller.house[post]).actor(), form)
    act(ours.id, "rework", holder(caller.house["shift_leader"]).actor(), {"reason": "又倒了"})
    forward.look()
    assert theirs().state == "disputed"
    assert Forward.objects.get().again is None


def test_a_city_that_gives_tokens_first(caller: Caller, served: str, account: Path) -> None:
    take_to("handling", caller.district, caller.house, HERS)
    peers(account, caller, f"{served}/open311/v2", "batch = true")
    forward.look()
    assert Forward.objects.get().request_id == ""
    again()
    assert Forward.objects.get().request_id == theirs().number


def test_its_steps_are_noted_once_where_it_tells_them(caller: Caller, served: str, account: Path) -> None:
    ours = take_to("handling", caller.district, caller.house, HERS)
    peers(account, caller, f"{served}/open311/v2", "updates = true")
    forward.look()
    go_on(theirs(), caller, "to_dispatch")
    for _ in range(3):
        with states.held("open311") as memory:
            memory.cursor["邻市"] = (clock.now() - dt.timedelta(hours=1)).isoformat()
        forward.look()
    assert notes(ours)[1:] == [
        "邻市：已受理，正在核对情况。（open）",
        "邻市：情况属实，马上派人办理。（action scheduled）",
    ]


def test_a_case_that_came_by_open311_is_not_sent_on(caller: Caller, served: str, account: Path) -> None:
    caller.report()
    go_on(theirs(), caller, "handling")
    peers(account, caller, f"{served}/open311/v2")
    forward.look()
    assert not Forward.objects.exists()


def test_training_cases_and_other_units_stay_here(caller: Caller, served: str, account: Path) -> None:
    take_to("to_dispatch", caller.district, caller.house, HERS)
    peers(account, caller, f"{served}/open311/v2")
    forward.look()
    assert not Forward.objects.exists()


def test_a_city_that_does_not_answer_is_tried_again(caller: Caller, account: Path) -> None:
    take_to("handling", caller.district, caller.house, HERS)
    peers(account, caller, "http://127.0.0.1:9")
    with pytest.raises(PeerFault) as silent:
        forward.look()
    states.failed("open311", silent.value)
    assert states.health("open311").error == "邻市：没有回答（URLError）"
    row = Forward.objects.get()
    assert (row.attempts, row.error, row.due_at > clock.now()) == (1, "没有回答（URLError）", True)


def test_a_city_that_says_no_is_left_to_people_with_its_words(caller: Caller, served: str, account: Path) -> None:
    ours = take_to("handling", caller.district, caller.house, HERS)
    peers(account, caller, f"{served}/open311/v2")
    account.write_text(account.read_text(encoding="utf-8").replace("'C0101' }", "'NOPE' }"), encoding="utf-8")
    forward.look()
    assert notes(ours) == ["转邻市没有成功：没有这个 service_code。 service_code was not found.。请人工联系对方。"]
    assert caller.key not in str(Forward.objects.values())


def test_a_real_account_is_proved_by_hand(caller: Caller, served: str, account: Path) -> None:
    peers(account, caller, f"{served}/open311/v2")
    assert [proof.ok for proof in Open311().check()] == [True, True, True]
    peers(account, caller, "http://127.0.0.1:9")
    assert [proof.ok for proof in Open311().check()] == [True, True, False]


class Odd(BaseHTTPRequestHandler):
    """A server in the field: what it says is put into `answers`, what it was asked stands in `asked`."""

    answers: list[tuple[int, bytes]] = []
    asked: list[dict[str, list[str]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append(parse_qs(body.decode()))
        self._say()

    def do_GET(self) -> None:
        self._say()

    def _say(self) -> None:
        status, body = self.answers.pop(0)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@pytest.fixture
def odd() -> Iterator[str]:
    Odd.answers, Odd.asked = [], []
    with HTTPServer(("127.0.0.1", 0), Odd) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    "made",
    [
        b'[{"service_request_id": 293944}]',
        b'{"service_request_id": "293944"}',
        b'[{"service_request_id":"293944","token":null}]',
    ],
)
def test_numbers_for_ids_and_one_instead_of_a_list_are_let_pass(
    caller: Caller, odd: str, account: Path, made: bytes
) -> None:
    take_to("handling", caller.district, caller.house, HERS)
    peers(account, caller, odd)
    Odd.answers = [(201, made)]
    forward.look()
    assert Forward.objects.get().request_id == "293944"
    assert Odd.asked[0]["service_code"] == ["C0101"]


@pytest.mark.parametrize(
    "answer",
    [
        (200, b"<html>"),
        (200, b"[]"),
        (500, b""),
        (200, b"\xff\xfe"),
        (503, b"[1, null]"),
    ],
)
def test_what_cannot_be_read_is_tried_again(caller: Caller, odd: str, account: Path, answer: tuple[int, bytes]) -> None:
    take_to("handling", caller.district, caller.house, HERS)
    peers(account, caller, odd)
    Odd.answers = [answer]
    if answer[0] == 200:
        with pytest.raises(PeerFault):
            forward.look()
    else:
        forward.look()
    assert (Forward.objects.get().request_id, Forward.objects.get().attempts) == ("", 1)


def test_a_service_that_gives_no_number_is_told_once(caller: Caller, odd: str, account: Path) -> None:
    ours = take_to("handling", caller.district, caller.house, HERS)
    peers(account, caller, odd)
    Odd.answers = [(200, b'[{"service_request_id": null}]')] * 3
    for _ in range(3):
        again()
    assert len(Odd.asked) == 1
    assert notes(ours) == ["已转邻市，对方收下了，但不给编号，办得怎么样要人工问。"]


ROW = "<service_requests><request><token>{}</token></request></service_requests>"


@pytest.mark.parametrize("written", ["utf-8", "utf-16", "iso-8859-1"])
def test_a_document_type_is_refused_in_all_characters(written: str) -> None:
    head = f'<?xml version="1.0" encoding="{written}"?>'
    assert client.read((head + ROW.format("b")).encode(written), "xml") == [{"token": "b"}]
    bomb = head + '<!DOCTYPE x [<!ENTITY a "b">]>' + ROW.format("&a;")
    with pytest.raises(PeerFault):
        client.read(bomb.encode(written), "xml")


@pytest.mark.parametrize(
    "raw", [b"<a>" * 20_000 + b"</a>" * 20_000, b'<?xml version="1.0" encoding="nope"?><a/>', b"<a/><b/>"]
)
def test_a_document_that_is_none_can_not_be_read(raw: bytes) -> None:
    with pytest.raises(PeerFault):
        client.read(raw, "xml")
