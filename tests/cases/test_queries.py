"""Reads of cases (案件查询): pages by key, scopes, search by pairs of characters, near ones, the map."""

import math

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.district import District

from xiucheng.cases import actions
from xiucheng.cases.models import Case
from xiucheng.cases.queries import ALL, Scope, case, counts, lists, map, nearby, search
from xiucheng.cases.queries.filters import Filters
from xiucheng.rules.mercator import mercator
from xiucheng.rules.workflow import OPEN, Actor

PHONE = "13812345678"


def _report(words: str, **more: object) -> int:
    given = actions.Submission(channel="web", kind="complaint", words=words, **more)  # type: ignore[arg-type]
    return actions.submit(given, Actor("resident")).case_id


def _handling(people: dict[str, Actor], district: District, words: str = "护栏倒了") -> int:
    found = _report(words, place="南坪正街")
    actions.act(found, "register", people["operator"], {"category": district.category})
    actions.act(found, "file", people["shift_leader"], {"standard": district.standard})
    actions.act(found, "dispatch", people["dispatcher"], {"unit": district.unit})
    return found


@pytest.mark.parametrize("sort", ["due", "new", "old"])
def test_page_by_key_gives_every_case_once(people: dict[str, Actor], district: District, sort: str) -> None:
    made = [_report(f"第{n}件") for n in range(7)]
    seen: list[int] = []
    after = ""
    while True:
        page = lists.page(Filters(states=tuple(OPEN)), ALL, sort=sort, after=after, size=3)
        seen += [one.id for one in page.lines]
        after = page.after
        if not after:
            break
    assert sorted(seen) == made


@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_what_must_not_wait_comes_before_every_deadline(district: District, size: int) -> None:
    made = [_report(f"第{n}件") for n in range(7)]
    for index, urgency in ((2, 1), (4, 2), (6, 2), (5, 1)):
        Case.objects.filter(id=made[index]).update(urgency=urgency)
    Case.objects.filter(id__in=[made[0], made[4]]).update(due_at=None)
    seen: list[int] = []
    after = ""
    while True:
        page = lists.page(Filters(states=tuple(OPEN)), ALL, after=after, size=size)
        seen += [one.id for one in page.lines]
        after = page.after
        if not after:
            break
    assert [made.index(one) for one in seen] == [6, 4, 2, 5, 1, 3, 0]


@pytest.mark.parametrize("key", ["u", "u2", "u2n_", "u9n_1", "ux5_1", "u2_1", "un_3"])
def test_a_key_that_is_none_begins_somewhere(district: District, key: str) -> None:
    made = _report("一件")
    found = lists.page(Filters(states=tuple(OPEN)), ALL, after=key)
    assert [one.id for one in found.lines] in ([made], [])


def test_page_with_cases_without_deadline_ends_with_them(people: dict[str, Actor], district: District) -> None:
    first, second, third = (_report(f"第{n}件") for n in range(3))
    Case.objects.filter(id__in=[first, second]).update(due_at=None)
    page = lists.page(Filters(states=tuple(OPEN)), ALL, size=2)
    rest = lists.page(Filters(states=tuple(OPEN)), ALL, size=2, after=page.after)
    assert ([one.id for one in page.lines], [one.id for one in rest.lines], rest.after) == (
        [third, first],
        [second],
        "",
    )


@pytest.mark.parametrize("after", ["x", "1_", "n_x", "99999999999999999999_1", "-5_2"])
def test_page_with_a_broken_key_begins_at_the_beginning(district: District, after: str) -> None:
    made = _report("护栏倒了")
    assert [one.id for one in lists.page(Filters(states=tuple(OPEN)), ALL, after=after).lines] == [made]


def test_list_takes_the_same_statements_for_one_and_for_thirty(people: dict[str, Actor], district: District) -> None:
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            lists.page(Filters(states=tuple(OPEN)), ALL)
        return len(seen)

    _report("第一件")
    one = statements()
    for n in range(29):
        _report(f"第{n}件")
    assert (one, statements()) == (2, 2)


def test_scope_of_a_unit_shows_its_cases_only(people: dict[str, Actor], district: District) -> None:
    made = _handling(people, district)
    _report("别家的")
    mine = lists.page(Filters(states=tuple(OPEN)), Scope(unit=district.unit))
    other = lists.page(Filters(states=tuple(OPEN)), Scope(unit=district.other_unit))
    assert ([one.id for one in mine.lines], list(other.lines)) == ([made], [])


def test_scope_without_anything_shows_nothing(people: dict[str, Actor], district: District) -> None:
    made = _handling(people, district)
    assert (case.find(made, Scope()), list(lists.page(Filters(), Scope()).lines)) == (None, [])


def test_scope_of_an_officer_shows_cases_of_his_tasks(people: dict[str, Actor], district: District) -> None:
    made = _report("护栏倒了", street="500108001")
    actions.act(made, "register", people["operator"], {"category": district.category})
    actions.act(made, "send_verify", people["operator"], {})
    pool = Scope(officer=4, pools=("street:500108001",))
    found = case.find(made, pool)
    assert (found and found.id, case.find(made, Scope(officer=4, pools=("street:500108002",)))) == (made, None)


def test_training_cases_are_seen_in_training_only(people: dict[str, Actor], district: District) -> None:
    made = _report("练习", training=True)
    assert (case.find(made, ALL), getattr(case.find(made, Scope(everything=True, training=True)), "id", 0)) == (
        None,
        made,
    )


def test_grams_are_pairs_and_lone_characters() -> None:
    assert search.grams("路灯 不亮, a 7号") == ["7号", "a", "不亮", "路灯"]


@pytest.mark.parametrize(
    ("words", "hit"),
    [
        ("护栏", True),
        ("栏倒", True),
        ("火锅店 护栏", True),
        ("路灯", False),
        ("护", True),
        ("南坪", True),
        ("'; drop", False),
    ],
)
def test_search_finds_words_of_two_characters(district: District, words: str, hit: bool) -> None:
    made = _report("火锅店门口护栏倒了")
    search.index(made, ["火锅店门口护栏倒了", "南坪正街"])
    found = [one.id for one in lists.page(Filters(words=words), ALL, sort="new").lines]
    assert found == ([made] if hit else [])


@pytest.mark.parametrize(
    "left", ["138 1234 5678", "138-1234-5678", "+86 13812345678", "008613812345678", "１３８１２３４５６７８"]
)
@pytest.mark.parametrize("typed", [PHONE, "138-1234-5678", "+86 138 1234 5678"])
def test_search_finds_a_phone_however_it_was_written(district: District, left: str, typed: str) -> None:
    given = actions.Submission(channel="hotline", kind="complaint", words="护栏", contact={"phone": left})
    found = actions.submit(given, Actor("resident")).case_id
    assert search.wanted(typed).ids == (found,)


def test_search_finds_phone_number_and_code(district: District) -> None:
    given = actions.Submission(channel="hotline", kind="complaint", words="护栏", contact={"phone": PHONE})
    done = actions.submit(given, Actor("account", "1", frozenset({"operator"})))
    asked = [PHONE, "138 1234 5678", done.number, str(int(done.number[-5:])), done.token, "13900000000"]
    found = [[one.id for one in lists.page(Filters(words=words), ALL, sort="new").lines] for words in asked]
    assert found == [[done.case_id]] * 5 + [[]]


@pytest.mark.parametrize("asked", ["CQ2026112800123", " CQ2026-1128 00123", "cq2026112800123"])
def test_search_finds_another_systems_number(district: District, asked: str) -> None:
    given = actions.Submission(channel="order12345", kind="complaint", words="护栏", external_key="CQ2026112800123")
    done = actions.submit(given, Actor("resident"))
    found = [one.id for one in lists.page(Filters(words=asked), ALL, sort="new").lines]
    assert found == ([done.case_id] if "CQ" in asked else [])


def test_counts_tell_states_and_unsigned(people: dict[str, Actor], district: District) -> None:
    _handling(people, district)
    _report("新来的")
    seen = counts.counts(ALL)
    assert (seen.states, seen.unsigned, seen.late) == (
        {"to_register": 1, "handling": 1}, 1, {"to_register": 0, "handling": 0},
    )  # fmt: skip


def test_counts_tell_requests_by_stage(people: dict[str, Actor], district: District) -> None:
    made = _handling(people, district)
    actions.act(made, "extend", people["unit"], {"reason": "等材料"}, step="ask")
    first = counts.counts(ALL).asks
    actions.act(made, "extend", people["dispatcher"], {}, step="agree")
    assert (first, counts.counts(ALL).asks) == ({0: 1, 1: 0}, {0: 0, 1: 1})


def test_filters_narrow_to_late_returned_and_asked(people: dict[str, Actor], district: District) -> None:
    made = _handling(people, district)
    actions.act(made, "return", people["unit"], {"reason": "不是我们的"})
    states = ("to_dispatch",)
    returned = lists.page(Filters(states=states, returned=True, category="C01"), ALL)
    late = lists.page(Filters(states=states, late=True), ALL)
    assert ([one.id for one in returned.lines], list(late.lines)) == ([made], [])


def test_whole_case_shows_history_with_names_and_the_running_clock(
    people: dict[str, Actor], district: District
) -> None:
    made = _handling(people, district)
    found = case.whole(made, ALL)
    assert found is not None
    running = [clock.kind for clock in found.clocks if clock.stopped_at is None]
    acts = [entry.act for entry in found.history]
    assert (acts, running, len(found.reports)) == (
        ["submit", "register", "file", "dispatch"], ["handling"], 1,
    )  # fmt: skip


def test_helping_unit_may_read_the_case(people: dict[str, Actor], district: District) -> None:
    made = _handling(people, district)
    actions.act(made, "return", people["unit"], {"reason": "要人帮忙"})
    actions.act(made, "dispatch", people["dispatcher"], {"unit": district.unit, "helpers": [district.other_unit]})
    scope = Scope(unit=district.other_unit)
    helped = lists.page(Filters(states=tuple(OPEN), helping=district.other_unit), scope)
    assert (getattr(case.find(made, scope), "id", 0), [one.id for one in helped.lines]) == (made, [made])


def test_near_measures_true_metres(district: District) -> None:
    made = _report("井盖", lng=106.57, lat=29.53)
    _report("远处", lng=106.60, lat=29.53)
    found = nearby.near(106.571, 29.53, ALL)
    assert [(one.id, round(one.metres)) for one in found] == [(made, 97)]


def test_map_names_few_cases_and_clusters_many(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    made = _report("井盖", lng=106.57, lat=29.53)
    box = map.Box(106.5, 29.5, 106.6, 29.6)
    few = orjson.loads(map.geojson(box, 11, ALL))["features"]
    _report("井盖", lng=106.5701, lat=29.53)
    monkeypatch.setattr(map, "FEW", 1)
    many = orjson.loads(map.geojson(box, 11, ALL))["features"]
    near = orjson.loads(map.geojson(box, 16, ALL))["features"]
    public = orjson.loads(map.geojson(box, 16, ALL, public=True))["features"]
    seen = ([one["properties"]["id"] for one in few], [one["properties"]["count"] for one in many], len(near), public)
    assert seen == ([made], [2], 2, [])


def _many(district: District, wide: float, many: int = 1600) -> None:
    """Cases in a square grid `wide` degrees wide, each with as long a title as there is."""
    made = _report("井盖" * 20, lng=106.57, lat=29.53)
    side = math.isqrt(many)
    (x0, y0), (x1, y1) = mercator(106.5, 29.5), mercator(106.5 + wide, 29.5 + wide)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_case SELECT (jsonb_populate_record(c, jsonb_build_object('id', c.id + n + 1, 'number',"
            " '500108202611289' || lpad(n::text, 9, '0'), 'x', %s + (n %% %s) * %s, 'y', %s + (n / %s) * %s))).*"
            " FROM cases_case c, generate_series(0, %s) n WHERE c.id = %s",
            [x0, side, (x1 - x0) / side, y0, side, (y1 - y0) / side, many - 1, made],
        )
        cursor.execute("DELETE FROM case_search WHERE case_id = %s", [made])


@pytest.mark.parametrize(
    ("wide", "zoom"), [(0.5, 8), (0.5, 11), (0.5, 15), (0.5, 19), (0.02, 14), (0.02, 16), (0.001, 19)]
)
def test_map_hides_nothing_and_stays_small(district: District, wide: float, zoom: int) -> None:
    _many(district, wide)
    found = map.geojson(map.Box(106.4, 29.4, 107.1, 30.1), zoom, ALL)
    shown = [one["properties"] for one in orjson.loads(found)["features"]]
    assert (sum(one.get("count", 1) for one in shown), len(found) <= 100_000) == (1601, True)


def test_map_of_as_many_single_cases_as_it_holds_stays_small(district: District) -> None:
    _many(district, 0.01, map.MOST - 1)
    found = map.geojson(map.Box(106.4, 29.4, 107.1, 30.1), 16, ALL)
    titles = [one["properties"]["title"] for one in orjson.loads(found)["features"]]
    assert (len(titles), len(found) <= 100_000) == (map.MOST, True)


def test_joined_clusters_keep_counts_and_middle() -> None:
    rows = [(3, 1.0, 1.0, 1, 9), (1, 5.0, 1.0, 0, 4), (2, 25.0, 25.0, 2, 7)]
    assert map.joined(rows, 4, most=2) == [(4, 2.0, 1.0, 1, 4), (2, 25.0, 25.0, 2, 7)]


@pytest.mark.parametrize("text", ["", "1,2,3", "a,b,c,d", "5,5,1,1", "-200,0,1,1", "nan,1,2,3"])
def test_box_of_nonsense_is_nothing(text: str) -> None:
    assert map.Box.parse(text) is None
