"""The desk of the hotline: the form that knows who calls, the report that keeps its call, looks that are recorded."""

import datetime as dt

import pytest
from django.conf import LazySettings
from django.test import Client
from tests.channels.hotline.conftest import CALLER, Say

from xiucheng.audit import vault
from xiucheng.audit.models import Look
from xiucheng.cases.models import Case, Report
from xiucheng.channels.hotline import queries
from xiucheng.channels.hotline.actions import tasks
from xiucheng.channels.hotline.models import Call, CallTask
from xiucheng.city import clock
from xiucheng.intake.actions import take_in
from xiucheng.people.models import Account

Desk = dict[str, Account]


@pytest.fixture
def sit(desk: Desk, settings: LazySettings) -> dict[str, Client]:
    found = {}
    for name, account in desk.items():
        found[name] = Client()
        found[name].force_login(account)
    return found


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_the_bar_shows_the_callers_open_cases_and_not_his_number(say: Say, sit: dict[str, Client]) -> None:
    case = take_in(channel="web", words="学府路护栏倒了", contact={"phone": CALLER})
    take_in(channel="web", words="别人家的事", contact={"phone": "13900000000"})
    say("ring", agent="8001", caller="+86" + CALLER)
    shown = page(sit["8001"], "/desk/calls/now/")
    assert "138****5678" in shown and case.number in shown and "学府路护栏倒了" in shown
    assert CALLER not in shown and "别人家的事" not in shown and "data-mine" in shown
    assert "data-call" not in page(sit["8002"], "/desk/calls/now/")


def test_the_form_of_a_call_takes_the_number_along_sealed(say: Say, sit: dict[str, Client], desk: Desk) -> None:
    say("ring", agent="8001", caller=CALLER)
    call = Call.objects.get()
    shown = page(sit["8001"], f"/desk/intake/?call={call.pk}")
    assert "138****5678" in shown and CALLER not in shown and f'name="call" value="{call.pk}"' in shown
    form = {"channel": "hotline", "kind": "complaint", "words": "护栏倒了", "call": call.pk, "key": "desk:c1"}
    assert sit["8001"].post("/desk/intake/", form).status_code == 302
    report = Report.objects.get()
    assert bytes(report.phone_blind or b"") == vault.blind(CALLER)
    assert ([c.pk for c in queries.of_cases([report.case_id])], report.taken_by) == ([call.pk], desk["8001"].pk)


def test_the_case_leads_to_the_call_in_which_it_was_reported(say: Say, sit: dict[str, Client]) -> None:
    say("ring", agent="8001", caller=CALLER)
    pk = Call.objects.get().pk
    sit["8001"].post("/desk/intake/", {"channel": "hotline", "kind": "complaint", "words": "护栏倒了", "call": pk})
    path = f"/desk/case/{Case.objects.get().number}/"
    assert [f"/desk/calls/{pk}/" in page(sit[who], path) for who in ("8001", "shift", "leader")] == [True, True, False]


def test_a_number_that_the_caller_gives_himself_counts(say: Say, sit: dict[str, Client]) -> None:
    say("ring", agent="8001", caller=CALLER)
    form = {
        "channel": "hotline",
        "kind": "complaint",
        "words": "护栏倒了",
        "phone": "02362801234",
        "call": Call.objects.get().pk,
    }
    sit["8001"].post("/desk/intake/", form)
    assert bytes(Report.objects.get().phone_blind or b"") == vault.blind("02362801234")


def test_a_form_sent_twice_is_one_report_with_one_call(say: Say, sit: dict[str, Client]) -> None:
    say("ring", agent="8001", caller=CALLER)
    form = {
        "channel": "hotline",
        "kind": "complaint",
        "words": "护栏倒了",
        "call": Call.objects.get().pk,
        "key": "desk:c2",
    }
    for _ in range(2):
        sit["8001"].post("/desk/intake/", form)
    assert (Report.objects.count(), Call.objects.get().reports.count()) == (1, 1)


def test_a_form_that_is_refused_still_knows_its_call(say: Say, sit: dict[str, Client]) -> None:
    say("ring", agent="8001", caller=CALLER)
    answer = sit["8001"].post(
        "/desk/intake/", {"channel": "hotline", "kind": "complaint", "call": Call.objects.get().pk}
    )
    assert (answer.status_code, "138****5678" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("call", ["0", "99999", "x", "9" * 30, "１"])
def test_a_form_of_no_call_is_an_ordinary_form(sit: dict[str, Client], call: str) -> None:
    assert "dk-caller" not in page(sit["8001"], f"/desk/intake/?call={call}")


def test_the_number_in_clear_needs_a_reason_and_is_recorded(say: Say, sit: dict[str, Client], desk: Desk) -> None:
    say("ring", agent="8001", caller=CALLER)
    path = f"/desk/calls/{Call.objects.get().pk}/"
    assert CALLER not in page(sit["8001"], path)
    assert sit["8001"].post(path, {"what": "look", "reason": " "}).status_code == 422
    assert not Look.objects.exists()
    assert CALLER in sit["8001"].post(path, {"what": "look", "reason": "回电"}).content.decode()
    assert list(Look.objects.values_list("account_id", "subject_kind", "field", "reason")) == [
        (desk["8001"].pk, "call", "phone", "回电")
    ]


def test_what_is_owed_stands_on_the_call_desk_until_it_is_done(say: Say, sit: dict[str, Client]) -> None:
    say("ring", agent="8001", caller=CALLER)
    say("hangup", at=(clock.now() - dt.timedelta(minutes=1)).isoformat())
    tasks.settle()
    assert "未接来电，要回电" in page(sit["8002"], "/desk/calls/") and 'data-owed="1"' in page(
        sit["8002"], "/desk/calls/now/"
    )
    path = f"/desk/calls/{Call.objects.get().pk}/"
    assert sit["8002"].post(path, {"what": "call_back", "result": "reached"}).status_code == 302
    assert "没有欠着的" in page(sit["8002"], "/desk/calls/")


def test_a_call_that_needs_no_form_says_why(say: Say, sit: dict[str, Client]) -> None:
    say("answer", agent="8001", caller=CALLER)
    path = f"/desk/calls/{Call.objects.get().pk}/"
    assert sit["8001"].post(path, {"what": "outcome", "outcome": "nonsense"}).status_code == 422
    assert sit["8001"].post(path, {"what": "outcome", "outcome": "wrong"}).status_code == 302
    assert "打错了" in page(sit["8001"], path) and "打错了" in page(sit["8001"], "/desk/calls/")
    assert not CallTask.objects.exists()


def test_operators_see_their_own_calls_and_the_shift_leader_all(say: Say, sit: dict[str, Client]) -> None:
    say("answer", "c1", agent="8001", caller=CALLER)
    say("answer", "c2", agent="8002", caller="13900000000")
    seen = {n: [p in page(sit[n], "/desk/calls/") for p in ("138****5678", "139****0000")] for n in ("8001", "shift")}
    assert seen == {"8001": [True, False], "shift": [True, True]}


def test_an_operator_sits_down_by_himself(sit: dict[str, Client], desk: Desk) -> None:
    assert sit["8001"].post("/desk/calls/seat/", {"extension": "8005"}).status_code == 302
    assert 'value="8005"' in page(sit["8001"], "/desk/calls/")
    assert sit["8001"].post("/desk/calls/seat/", {"extension": "80 05"}).status_code == 422


def test_the_service_page_tells_by_day(say: Say, sit: dict[str, Client]) -> None:
    rang = clock.now() - dt.timedelta(seconds=60)
    say("ring", "c1", agent="8001", at=rang.isoformat())
    say("answer", "c1", agent="8001", at=(rang + dt.timedelta(seconds=8)).isoformat())
    shown = page(sit["leader"], "/desk/calls/service/")
    assert "15秒接通率" in shown and "8.0 秒" in shown and "100.0%" in shown
    assert sit["8001"].get("/desk/calls/service/").status_code == 403


def test_without_a_call_desk_nobody_hears_of_it(sit: dict[str, Client], monkeypatch: pytest.MonkeyPatch) -> None:
    assert "/desk/calls/" in page(sit["8001"], "/desk/intake/")
    monkeypatch.setenv("XIUCHENG_CHANNELS", "/nowhere")
    assert "/desk/calls/" not in page(sit["8001"], "/desk/intake/")
