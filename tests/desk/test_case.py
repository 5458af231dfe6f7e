"""The case's page (案件页): what each sees of the reporter, acts by buttons, refusals that lose nothing."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.desk.conftest import Walk
from tests.district import District

from xiucheng.audit.models import Look
from xiucheng.cases import actions
from xiucheng.cases.models import Case
from xiucheng.cases.models import Clock as Running
from xiucheng.cases.queries.case import whole
from xiucheng.cases.queries.scope import Scope
from xiucheng.city import clock, registers
from xiucheng.city.models import Duty
from xiucheng.desk import queries, words
from xiucheng.desk.queries import Proposal
from xiucheng.notices.texts import TODO
from xiucheng.pages.filters import full
from xiucheng.rules.workflow import ROWS, Actor
from xiucheng.triage import same
from xiucheng.triage.models import Proposal as Kept

Sit = Callable[[str], Client]
PHONE, NAME = "13812345678", "王小明"
HTMX = {"hx-request": "true"}


def _version(number: str) -> str:
    return str(Case.objects.get(number=number).version)


@pytest.mark.parametrize(
    ("post", "status"),
    [
        ("operator", 200), ("shift_leader", 200), ("dispatcher", 200), ("leader", 200), ("assessor", 200), ("unit", 200),
        ("handler", 200), ("other_unit", 404), ("officer", 403), ("nobody", 403), ("system_admin", 403),
    ],
)  # fmt: skip
def test_case_opens_to_whom_it_concerns(sit: Sit, walk: Walk, post: str, status: int) -> None:
    assert sit(post).get(f"/desk/case/{walk('handling')}/").status_code == status


@pytest.mark.parametrize("post", ["operator", "shift_leader", "dispatcher", "leader", "assessor", "unit", "handler"])
def test_page_never_shows_name_or_phone_unasked(sit: Sit, walk: Walk, post: str) -> None:
    text = sit(post).get(f"/desk/case/{walk('handling')}/").content.decode()
    assert (PHONE in text, NAME in text) == (False, False)


@pytest.mark.parametrize("post", ["unit", "handler", "assessor"])
def test_reporter_never_reaches_a_unit_unless_allowed(sit: Sit, walk: Walk, post: str) -> None:
    number = walk("handling")
    report = Case.objects.get(number=number).reports.get()
    client = sit(post)
    text = client.get(f"/desk/case/{number}/").content.decode()
    answer = client.post(f"/desk/case/{number}/look/{report.id}/", {"reason": "想看"})
    assert ("王" in text, "138****" in text, answer.status_code, Look.objects.count()) == (False, True, 403, 0)


def test_unit_sees_the_contact_that_was_shared_after_a_reason(sit: Sit, walk: Walk) -> None:
    number = walk("handling", share_contact=True, words="护栏倒了")
    report = Case.objects.get(number=number).reports.get()
    text = sit("unit").post(f"/desk/case/{number}/look/{report.id}/", {"reason": "约时间"}).content.decode()
    assert (PHONE in text, Look.objects.get().reason) == (True, "约时间")


def test_look_needs_a_reason_and_is_recorded(sit: Sit, walk: Walk) -> None:
    number = walk("to_register")
    report = Case.objects.get(number=number).reports.get()
    client = sit("operator")
    refused = client.post(f"/desk/case/{number}/look/{report.id}/", {"reason": " "})
    text = client.post(f"/desk/case/{number}/look/{report.id}/", {"reason": "核对地点"}).content.decode()
    assert (refused.status_code, PHONE in text, NAME in text, Look.objects.get().subject_key) == (
        422,
        True,
        True,
        str(report.id),
    )


def test_look_at_another_case_s_report_finds_nothing(sit: Sit, walk: Walk) -> None:
    mine, other = walk("to_register"), walk("to_register")
    report = Case.objects.get(number=other).reports.get()
    assert sit("operator").post(f"/desk/case/{mine}/look/{report.id}/", {"reason": "x"}).status_code == 404


def test_case_page_takes_few_statements(sit: Sit, walk: Walk) -> None:
    client, number = sit("operator"), walk("handling")
    client.get(f"/desk/case/{number}/", headers=HTMX)
    with CaptureQueriesContext(connection) as seen:
        client.get(f"/desk/case/{number}/", headers=HTMX)
    assert len(seen) <= 18


@pytest.mark.parametrize(
    ("post", "state", "acts"),
    [
        ("operator", "to_register", ["register", "refuse", "merge", "note", "supplement", "urge"]),
        ("shift_leader", "to_close", ["close", "rework", "merge", "note", "supervise", "urge", "void"]),
        ("dispatcher", "to_dispatch", ["dispatch", "suspend.ask", "note", "urge"]),
        ("unit", "handling", ["sign", "feed_back", "assign", "return", "extend.ask", "suspend.ask", "claim", "note"]),
        ("assessor", "handling", []),
        ("leader", "handling", ["note", "supervise", "urge"]),
    ],
)  # fmt: skip
def test_buttons_come_from_the_table(sit: Sit, walk: Walk, post: str, state: str, acts: list[str]) -> None:
    text = sit(post).get(f"/desk/case/{walk(state)}/", headers=HTMX).content.decode()
    assert list(dict.fromkeys(re.findall(r"/act/([\w.]+)/form/", text))) == acts


@pytest.mark.parametrize(
    "row", [r for r in ROWS if r.act not in {"submit", "import"}], ids=lambda r: f"{r.key}-{sorted(r.sources)[0]}"
)
def test_form_of_every_row_can_be_drawn(sit: Sit, walk: Walk, district: District, row: object) -> None:
    from xiucheng.cases.queries import ALL
    from xiucheng.cases.queries.case import whole
    from xiucheng.desk import forms
    from xiucheng.desk.access import Viewer
    from xiucheng.people.queries import Holder

    found = whole(walk("handling"), ALL)
    assert found is not None
    viewer = Viewer(Holder(1, "甲", frozenset({"operator"}), (), district.unit, False), ALL)
    fields = forms.fields(row, found, viewer, {})  # type: ignore[arg-type]
    assert [field.name for field in fields] == [need.name for need in row.needs]  # type: ignore[attr-defined]


def test_act_by_button_moves_the_case_and_shows_it(sit: Sit, walk: Walk, district: District) -> None:
    number = walk("to_dispatch")
    answer = sit("dispatcher").post(
        f"/desk/case/{number}/act/dispatch/",
        {"unit": district.unit, "key": "desk:1", "version": _version(number)},
        headers=HTMX,
    )
    assert (answer.status_code, answer.headers["HX-Trigger"], Case.objects.get(number=number).state) == (
        200,
        "xc:acted",
        "handling",
    )


def test_act_sent_twice_is_done_once(sit: Sit, walk: Walk, district: District) -> None:
    number = walk("to_dispatch")
    form = {"unit": district.unit, "key": "desk:2", "version": _version(number)}
    client = sit("dispatcher")
    before = int(_version(number))
    statuses = [client.post(f"/desk/case/{number}/act/dispatch/", form, headers=HTMX).status_code for _ in range(2)]
    assert (statuses, int(_version(number))) == ([200, 200], before + 1)


def test_act_on_a_changed_case_says_so_and_keeps_what_was_typed(sit: Sit, walk: Walk) -> None:
    number = walk("handling")
    old = _version(number)
    sit("handler").post(f"/desk/case/{number}/act/sign/", {"key": "desk:3", "version": old}, headers=HTMX)
    answer = sit("unit").post(
        f"/desk/case/{number}/act/return/",
        {"reason": "这是物业的护栏，不归我们", "key": "desk:4", "version": old},
        headers=HTMX,
    )
    text = answer.content.decode()
    assert (answer.status_code, "有人先一步处理了" in text, "这是物业的护栏，不归我们" in text, answer.headers["X-Refused"]) == (
        409, True, True, "someone_faster",
    )  # fmt: skip


def test_act_without_its_field_is_refused_with_a_sentence(sit: Sit, walk: Walk) -> None:
    number = walk("handling")
    answer = sit("unit").post(f"/desk/case/{number}/act/return/", {"version": _version(number)}, headers=HTMX)
    assert (answer.status_code, "请填写“原因”" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("post", "act"),
    [("leader", "file"), ("unit", "dispatch"), ("assessor", "void"), ("operator", "import"), ("operator", "nonsense")],
)
def test_act_of_another_post_is_refused(sit: Sit, walk: Walk, post: str, act: str) -> None:
    number = walk("handling")
    answer = sit(post).post(f"/desk/case/{number}/act/{act}/", {"version": _version(number)}, headers=HTMX)
    assert (400 <= answer.status_code < 500, Case.objects.get(number=number).state) == (True, "handling")


def test_sheet_for_paper_holds_the_case_without_the_reporter(sit: Sit, walk: Walk) -> None:
    text = sit("unit").get(f"/desk/case/{walk('handling')}/sheet/").content.decode()
    assert ("护栏扶正" in text, PHONE in text, NAME in text) == (True, False, False)


@pytest.mark.parametrize("template", list(TODO))
def test_notices_of_a_case_are_named_in_words(template: str) -> None:
    assert not re.search("[a-z]", words.told_what(template))


@pytest.mark.parametrize(
    ("hours", "kind", "said"),
    [
        (24, "working", "3个工作日"), (30, "working", "3个工作日6小时"), (4, "working", "4小时 工作时"),
        (24, "season", "3个工作日"), (24, "natural", "1天"), (0.25, "working", "15分钟 工作时"),
    ],
)  # fmt: skip
def test_limit_in_working_time_counts_working_days(hours: float, kind: str, said: str) -> None:
    assert words.limit(int(hours * 3600), kind) == said


def test_clock_of_a_case_speaks_of_the_standards_working_days(sit: Sit, walk: Walk) -> None:
    text = sit("operator").get(f"/desk/case/{walk('handling')}/").content.decode()
    assert "<td>2个工作日</td>" in text


def test_sheet_names_the_deadline_of_the_handling_not_of_the_stage(sit: Sit, walk: Walk) -> None:
    number = walk("to_close")
    due = next(k.due_at for k in whole(number, Scope(everything=True)).clocks if k.kind == "handling")
    assert full(due) in sit("operator").get(f"/desk/case/{number}/sheet/").content.decode()


def test_merged_case_leads_to_the_case_it_went_into(sit: Sit, walk: Walk, actor: Callable[[str], Actor]) -> None:
    main, other = walk("to_file"), walk("to_register", words="护栏又倒了")
    actions.act(
        Case.objects.get(number=other).id, "merge", actor("operator"), {"main": Case.objects.get(number=main).id}
    )
    text = sit("operator").get(f"/desk/case/{other}/").content.decode()
    assert re.search(rf'<dd><a href="/desk/case/{main}/"[^>]*>{main}</a></dd>', text)


def _proposed(category: str, unit: int | None, *certainties: float) -> Proposal:
    likely = [{"category": code, "certainty": sure} for code, sure in zip(("C0101", "C01"), certainties, strict=False)]
    return Proposal(category, None, unit, 1, certainties[0], 0.0, likely, [], [], True)


def test_dispatch_form_offers_the_unit_of_the_category_that_people_chose(
    sit: Sit, walk: Walk, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The platform guessed another category and its unit; an operator put the category right since."""
    Duty.objects.create(unit_id=district.other_unit, category_id=district.category)
    registers.touch()
    monkeypatch.setattr(queries, "proposal", lambda case_id: _proposed("C01", district.unit, 0.6))
    number = walk("to_dispatch")
    form = sit("dispatcher").get(f"/desk/case/{number}/act/dispatch/form/", headers=HTMX).content.decode()
    text = sit("dispatcher").get(f"/desk/case/{number}/").content.decode()
    assert re.findall(r'<option value="(\d+)"[^>]* selected', form) == [str(district.other_unit)]
    assert "派给市政" not in text


def test_guess_that_is_hardly_one_is_no_button(sit: Sit, walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "proposal", lambda case_id: _proposed("C0101", None, 0.3, 0.01))
    text = sit("operator").get(f"/desk/case/{walk('to_register')}/").content.decode()
    assert (text.count("data-quick"), "受理：公用设施" in text) == (1, False)


def test_register_form_shows_the_kind_that_the_case_has(sit: Sit, walk: Walk) -> None:
    text = sit("operator").get(f"/desk/case/{walk('to_register')}/act/register/form/", headers=HTMX).content.decode()
    assert re.findall(r'name="kind" value="(\w+)"[^>]* checked', text) == ["complaint"]


def test_late_case_offers_neither_extension_nor_suspension(sit: Sit, walk: Walk) -> None:
    """The law refuses both once the limit has passed; a button that cannot work is not offered."""
    number = walk("handling")
    Running.objects.filter(case__number=number, kind="handling").update(due_at=clock.now() - dt.timedelta(minutes=1))
    text = sit("unit").get(f"/desk/case/{number}/", headers=HTMX).content.decode()
    assert [key for key in ("extend.ask", "suspend.ask", "feed_back") if f"/act/{key}/form/" in text] == ["feed_back"]


def _form(sit: Sit, post: str, number: str, key: str) -> str:
    return sit(post).get(f"/desk/case/{number}/act/{key}/form/", headers=HTMX).content.decode()


def test_date_of_a_suspension_says_what_it_is_for(sit: Sit, walk: Walk) -> None:
    assert "挂账到哪一天" in _form(sit, "unit", walk("handling"), "suspend.ask")


@pytest.mark.parametrize(("cases", "asked"), [(1, "案件编号"), (2, "或写案件编号")])
def test_merge_says_or_only_where_there_is_a_choice(sit: Sit, walk: Walk, cases: int, asked: str) -> None:
    numbers = [walk("to_file") for _ in range(cases)]
    assert f'placeholder="{asked}"' in _form(sit, "operator", numbers[0], "merge")


@pytest.mark.parametrize(
    ("typed", "state"), [(lambda n: n, "merged"), (lambda n: n[-9:], "merged"), (lambda n: f" {n[-4:]} ", "merged"),
                         (lambda _: "99999", "to_file"), (lambda _: "井盖", "to_file")],
)  # fmt: skip
def test_main_case_is_named_by_the_digits_that_lists_show(
    sit: Sit, walk: Walk, typed: Callable[[str], str], state: str
) -> None:
    main, other = (walk("to_file") for _ in range(2))
    said = typed(main)
    address = f"/desk/case/{other}/act/merge/"
    answer = sit("operator").post(address, {"main_number": said, "key": "desk:n"}, headers=HTMX)
    text = answer.content.decode()
    assert (Case.objects.get(number=other).state, "找不到这个案件" in text, f'value="{said}"' in text) == (
        state, state == "to_file", state == "to_file",
    )  # fmt: skip


def test_main_case_typed_as_a_number_is_never_an_id(sit: Sit, walk: Walk) -> None:
    _, third, other = (Case.objects.get(number=walk("to_file")) for _ in range(3))
    Case.objects.filter(id=third.id).update(number=third.number[:-5] + "77777")
    given = {"main_number": str(third.id), "key": "desk:i"}
    sit("operator").post(f"/desk/case/{other.number}/act/merge/", given, headers=HTMX)
    assert Case.objects.get(id=other.id).main_case_id != third.id


def test_merged_case_shows_its_only_act_as_a_button(sit: Sit, walk: Walk, actor: Callable[[str], Actor]) -> None:
    main, other = (Case.objects.get(number=walk("to_file")) for _ in range(2))
    actions.act(other.id, "merge", actor("operator"), {"main": main.id})
    text = sit("operator").get(f"/desk/case/{other.number}/").content.decode()
    assert ('class="btn btn-sm btn-outline-primary" href="/desk/case/' in text, "dropdown-item\" href=\"/desk/case/" in text) == (
        True, False,
    )  # fmt: skip
    assert "并入本案的案件" in sit("operator").get(f"/desk/case/{main.number}/").content.decode()


def _twins(walk: Walk) -> tuple[Case, Case]:
    """A case and one that triage found likely to be the same."""
    main, other = (Case.objects.get(number=walk("to_register")) for _ in range(2))
    like = {"case": main.id, "number": main.number, "state": main.state, "category": "C0101", "metres": 12.0, "hours": 1.0,
            "likeness": 0.6, "certainty": 0.9}  # fmt: skip
    Kept.objects.create(case=other, similar=[like], model="linear-1", at=clock.now())
    return main, other


def test_no_of_an_operator_takes_the_twin_off_the_list_and_is_kept(sit: Sit, walk: Walk) -> None:
    main, other = _twins(walk)
    client = sit("operator")
    address = f"/desk/case/{other.number}/not-same/{main.id}/"
    assert address in client.get(f"/desk/case/{other.number}/").content.decode()
    answer = client.post(address, headers=HTMX)
    assert (answer.status_code, address in answer.content.decode(), same.denied(other.id, [main.id])) == (
        200,
        False,
        {main.id},
    )
    assert Case.objects.get(id=other.id).state == "to_register"


def test_no_is_only_for_whoever_may_merge_and_only_about_what_was_proposed(sit: Sit, walk: Walk) -> None:
    main, other = _twins(walk)
    assert sit("leader").post(f"/desk/case/{other.number}/not-same/{main.id}/").status_code == 403
    assert sit("operator").post(f"/desk/case/{other.number}/not-same/{other.id}/").status_code == 302
    assert same.denied(other.id, [main.id]) == frozenset()


def test_who_grants_more_time_sees_the_deadline_that_it_gives(
    sit: Sit, walk: Walk, actor: Callable[[str], Actor]
) -> None:
    number = walk("handling")
    case = Case.objects.get(number=number)
    form = sit("unit").get(f"/desk/case/{number}/act/extend.ask/form/", headers=HTMX).content.decode()
    actions.act(case.id, "extend", actor("unit"), {"reason": "等材料"}, step="ask")
    actions.act(case.id, "extend", actor("dispatcher"), {}, step="agree")
    shown = sit("shift_leader").get(f"/desk/case/{number}/").content.decode()
    actions.act(case.id, "extend", actor("shift_leader"), {}, step="grant")
    told = f"批准后截止 {full(Case.objects.get(id=case.id).due_at)}"
    assert told in shown and told in form


def _boxed(text: str) -> str:
    """What the box above the case says, without marks."""
    box = re.search(r'<section class="dk-box dk-ask">(.*?)</section>', text, re.S)
    return " ".join(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", box[1], flags=re.S).split()) if box else ""


def test_case_that_came_back_says_why_above_everything(
    sit: Sit, walk: Walk, actor: Callable[[str], Actor], district: District
) -> None:
    case = Case.objects.get(number=walk("handling"))
    address = f"/desk/case/{case.number}/"
    assert _boxed(sit("dispatcher").get(address).content.decode()) == ""
    actions.act(case.id, "return", actor("unit"), {"reason": "护栏归交通局"})
    told = _boxed(sit("dispatcher").get(address).content.decode())
    actions.act(case.id, "dispatch", actor("dispatcher"), {"unit": district.unit})
    assert (told.startswith("回退"), told.endswith("原因：护栏归交通局")) == (True, True)
    assert _boxed(sit("unit").get(address).content.decode()) == ""
