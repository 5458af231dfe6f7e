"""Real calls through a real proxy: SIP on the line, signed events at the hook, calls and tasks at the desk."""

import datetime as dt
from collections.abc import Callable, Iterator

import orjson
import pytest
from django.conf import LazySettings
from django.test import Client
from tests.channels.hotline.conftest import CALLER, post, work_off
from tests.channels.hotline.telephony.exchange import Exchange, Telephone, why_not

from xiucheng.channels.hotline import queries
from xiucheng.channels.hotline.actions import calls, tasks
from xiucheng.channels.hotline.models import Call, CallTask
from xiucheng.city import clock, registers
from xiucheng.city.models import Setting
from xiucheng.intake.actions import take_in
from xiucheng.intake.models import Incoming
from xiucheng.people.models import Account

pytestmark = pytest.mark.slow
Desk = dict[str, Account]
Later = Callable[[dt.timedelta], None]


@pytest.fixture(scope="module")
def laid() -> Iterator[Exchange]:
    if reason := why_not():
        pytest.skip(reason)
    with Exchange.open() as exchange:
        yield exchange


@pytest.fixture
def exchange(laid: Exchange, desk: Desk) -> Iterator[Exchange]:
    yield laid
    laid.hush()


@pytest.fixture
def later(settings: LazySettings) -> Iterator[Later]:
    """`later(minutes)`: so much time goes by."""
    settings.DEMO = True

    def wait(span: dt.timedelta) -> None:
        clock.set_demo_clock(shown_at=clock.now() + span, rate=1.0)

    yield wait
    clock.set_demo_clock(shown_at=dt.datetime.now(dt.UTC), rate=1.0)


def over(*telephones: Telephone) -> None:
    """Until each has done what its scenario says."""
    for one in telephones:
        one.finish()


def tell(body: bytes) -> tuple[str, str]:
    """The gateway passes one on, signed, and the worker works it off; gives event and seat."""
    assert post(body) == 200
    work_off()
    said = orjson.loads(body)
    return said["event"], said["agent"]


def whole(
    exchange: Exchange, *seats: tuple[str, str], call: str = "calls", number: str = CALLER
) -> list[tuple[str, str]]:
    """One call from its first ring to its end; gives what the hook was told."""
    telephones = [exchange.seat(*one) for one in seats]
    over(exchange.call(call, number), *telephones)
    return [tell(body) for body in exchange.told()]


def moment(body: bytes) -> dt.datetime:
    return dt.datetime.fromtimestamp(orjson.loads(body)["at"], dt.UTC)


def shown(account: Account) -> str:
    """The bar above an operator's page."""
    client = Client()
    client.force_login(account)
    answer = client.get("/desk/calls/now/")
    assert answer.status_code == 200
    return answer.content.decode()


def owed() -> list[tuple[str, int | None]]:
    return list(CallTask.objects.filter(done_at=None).values_list("kind", "account_id"))


def test_a_real_call_rings_is_answered_and_ends_at_the_desk(exchange: Exchange, desk: Desk) -> None:
    case = take_in(channel="web", words="学府路护栏倒了", contact={"phone": CALLER})
    seat, line = exchange.seat("8001", "answers"), exchange.call("calls")
    ring = exchange.listen()
    assert tell(ring) == ("ring", "8001")
    bar = shown(desk["8001"])
    assert [word in bar for word in ("正在振铃", "138****5678", case.number, CALLER)] == [True, True, True, False]
    assert "data-call" not in shown(desk["8002"])
    over(line, seat)
    again, answer, end = exchange.told()
    assert [tell(body) for body in (again, answer)] == [("ring", "8001"), ("answer", "8001")]
    assert [word in shown(desk["8001"]) for word in ("正在振铃", "通话中")] == [False, True]
    assert tell(end) == ("hangup", "")
    call = Call.objects.get()
    assert (call.rang_at, call.answered_at, call.ended_at) == (moment(ring), moment(answer), moment(end))
    assert (calls.caller(call), call.agent, call.account_id) == (CALLER, "8001", desk["8001"].pk)
    assert "data-call" not in shown(desk["8001"])


def test_a_real_call_without_form_is_after_ten_minutes_a_task_of_who_answered(
    exchange: Exchange, desk: Desk, later: Later
) -> None:
    whole(exchange, ("8001", "answers"))
    later(dt.timedelta(minutes=9))
    assert (tasks.settle(), owed()) == (0, [])
    later(dt.timedelta(minutes=2))
    assert (tasks.settle(), owed()) == (1, [("no_form", desk["8001"].pk)])


def test_who_gives_up_is_to_be_called_back_until_he_is_answered(exchange: Exchange, later: Later) -> None:
    found = whole(exchange, ("8001", "rings"), call="gives-up")
    assert found == [("ring", "8001"), ("ring", "8001"), ("hangup", "")]
    assert (tasks.settle(), owed()) == (0, [])  # an answer may still be under way
    later(dt.timedelta(minutes=1))
    assert (tasks.settle(), owed()) == (1, [("missed", None)])
    later(-dt.timedelta(minutes=1))
    whole(exchange, ("8001", "answers"))
    tasks.settle()
    assert (owed(), CallTask.objects.get().result) == ([], "spoke")


def test_a_call_that_nobody_lifts_is_given_up_by_the_switch(exchange: Exchange, later: Later) -> None:
    found = whole(exchange, ("8001", "rings"), call="waits")
    assert found == [("ring", "8001"), ("ring", "8001"), ("hangup", "8001")]
    later(dt.timedelta(minutes=1))
    assert (tasks.settle(), owed()) == (1, [("missed", None)])


def test_a_busy_seat_hands_the_call_to_the_next(exchange: Exchange, desk: Desk) -> None:
    found = whole(exchange, ("8001", "busy"), ("8002", "answers"))
    assert found == [("ring", "8001"), ("ring", "8002"), ("ring", "8002"), ("answer", "8002"), ("hangup", "")]
    call = Call.objects.get()
    assert (call.rung, call.account_id) == (sorted([desk["8001"].pk, desk["8002"].pk]), desk["8002"].pk)


def test_a_caller_for_whom_all_are_busy_is_to_be_called_back(exchange: Exchange, later: Later) -> None:
    found = whole(exchange, ("8001", "busy"), ("8002", "busy"), call="turned-away")
    assert found == [("ring", "8001"), ("ring", "8002"), ("hangup", "8002")]
    later(dt.timedelta(minutes=1))
    assert (tasks.settle(), owed(), Call.objects.get().answered_at) == (1, [("missed", None)], None)


def test_a_caller_without_number_rings_and_cannot_be_called_back(exchange: Exchange, desk: Desk, later: Later) -> None:
    seat, line = exchange.seat("8001", "rings"), exchange.call("gives-up", "anonymous")
    tell(exchange.listen())
    assert "号码未显示" in shown(desk["8001"])
    over(line, seat)
    assert [tell(body) for body in exchange.told()] == [("ring", "8001"), ("hangup", "")]
    later(dt.timedelta(minutes=1))
    call = Call.objects.get()
    assert (tasks.settle(), owed(), call.caller_sealed, call.caller_blind) == (0, [], None, None)


def test_what_the_line_and_the_gateway_repeat_is_one_call(exchange: Exchange, desk: Desk) -> None:
    """The INVITE comes twice, the answer is repeated for want of an ACK, and the gateway sends each event three times."""
    seat, line = exchange.seat("8001", "repeats"), exchange.call("slow")
    over(line, seat)
    bodies = exchange.told()
    found = [tell(body) for body in bodies for _ in range(3)][::3]
    assert list(dict.fromkeys(found)) == [("ring", "8001"), ("answer", "8001"), ("hangup", "")]
    rings, answers, ends = (sum(kind == name for kind, _ in found) for name in ("ring", "answer", "hangup"))
    assert (rings, answers > 1, ends) == (2, True, 1)
    call, first = Call.objects.get(), bodies[found.index(("answer", "8001"))]
    assert (call.rang_at, call.answered_at, call.ended_at) == (moment(bodies[0]), moment(first), moment(bodies[-1]))
    assert (call.rung, call.account_id) == ([desk["8001"].pk], desk["8001"].pk)
    assert list(Incoming.objects.values_list("state", flat=True)) == ["done"] * len(set(bodies))


def waited(bodies: list[bytes]) -> float:
    """Seconds from the first ring to the first answer, as the switch told them."""
    said = [orjson.loads(body) for body in bodies]
    ring, answer = (min(one["at"] for one in said if one["event"] == kind) for kind in ("ring", "answer"))
    return float(answer - ring)


def test_figures_of_real_calls(exchange: Exchange) -> None:
    """One lifted at once, one late, one given up, one turned away; with the house's 15 s and with a district's one second."""
    waits = []
    for how in ("answers", "late"):
        seat, line = exchange.seat("8001", how), exchange.call("calls")
        over(line, seat)
        bodies = exchange.told()
        waits.append(waited(bodies))
        assert [tell(body)[0] for body in bodies] == ["ring", "ring", "answer", "hangup"]
    whole(exchange, ("8001", "rings"), call="gives-up")
    whole(exchange, ("8001", "busy"), ("8002", "busy"), call="turned-away")
    for seconds in (15, 1):
        Setting.objects.update_or_create(key="hotline_answer_seconds", defaults={"value": seconds})
        registers.touch()
        found, quick = figures(), sum(wait <= seconds for wait in waits)
        assert (found.calls, found.answered, found.missed, found.quick) == (4, 2, 2, quick)
        assert (found.connected, found.in_time) == (0.5, quick / 4)
    assert waits[1] > 1  # the late one is not in time for the second round
    assert round(found.waited or 0, 3) == round(sum(waits) / 2, 3)


def figures() -> queries.Day:
    """Of today, and of yesterday in case midnight has just passed."""
    return queries.days(clock.today() - dt.timedelta(days=1), clock.today())[1]
