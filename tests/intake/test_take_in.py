"""Reports come in, whole and checked (收件), by the one call that every channel uses."""

import datetime as dt

import pytest
from tests.district import District

from xiucheng.audit import vault
from xiucheng.cases.models import Case, History, Report
from xiucheng.city import clock
from xiucheng.intake.actions import Point, follow_up, me_too, take_in
from xiucheng.rules.datum import to_gcj02
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import Actor

HERE = Point(106.57, 29.53)


def _code(**given: object) -> str:
    with pytest.raises(Refused) as refusal:
        take_in(**{"channel": "web", "words": "护栏倒了", **given})  # type: ignore[arg-type]  # odd input is the point
    assert refusal.value.zh
    return refusal.value.code


def test_take_in_keeps_words_and_seals_contact(district: District) -> None:
    made = take_in(channel="web", words="护栏倒了", contact={"phone": "13812345678"}, point=HERE)
    report = Report.objects.get(case_id=made.case_id)
    assert vault.unseal(report.words_sealed) == "护栏倒了"
    assert bytes(report.phone_blind or b"") == vault.blind("13812345678")


def test_take_in_strips_control_characters_and_keeps_rare_ones(district: District) -> None:
    made = take_in(channel="web", words="\x00𠮷家巷\x07 <b>坑</b>\ud800 =1+1")
    report = Report.objects.get(case_id=made.case_id)
    assert vault.unseal(report.words_sealed) == "𠮷家巷 <b>坑</b> =1+1"


def test_take_in_turns_gcj02_into_wgs84_and_keeps_the_original(district: District) -> None:
    lng, lat = to_gcj02(106.57, 29.53)
    made = take_in(channel="web", words="护栏倒了", point=Point(lng, lat, "gcj02"))
    case = Case.objects.get(id=made.case_id)
    assert (round(case.lng or 0, 6), round(case.lat or 0, 6)) == (106.57, 29.53)
    assert Report.objects.get(case=case).original_point == {"lng": lng, "lat": lat, "datum": "gcj02"}


def test_take_in_turns_swapped_latitude_and_longitude_round(district: District) -> None:
    made = take_in(channel="web", words="护栏倒了", point=Point(29.53, 106.57))
    case = Case.objects.get(id=made.case_id)
    assert (case.lng, case.lat) == (106.57, 29.53)
    assert Report.objects.get(case=case).original_point == {
        "lng": 29.53, "lat": 106.57, "datum": "wgs84", "swapped": True,
    }  # fmt: skip


def test_take_in_outside_the_district_is_marked(district: District) -> None:
    made = take_in(channel="web", words="护栏倒了", point=Point(-76.6, 39.3))
    case = Case.objects.get(id=made.case_id)
    assert (case.outside, case.lng, case.lat, case.street) == (True, -76.6, 39.3, "")


def test_take_in_at_null_island_has_no_point(district: District) -> None:
    made = take_in(channel="web", words="护栏倒了", point=Point(0.0, 0.0))
    assert Case.objects.get(id=made.case_id).lng is None


def test_take_in_takes_the_place_from_a_picture(district: District) -> None:
    picture = {"sha256": "a" * 64, "original_sha256": "b" * 64, "width": 10, "height": 10, "taken_at": None}
    made = take_in(channel="web", pictures=[picture | {"lng": 106.57, "lat": 29.53}])
    assert (Case.objects.get(id=made.case_id).lng, Report.objects.get().original_point) == (
        106.57,
        {"lng": 106.57, "lat": 29.53, "datum": "wgs84", "by": "picture"},
    )


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"words": ""}, "no_words"),
        ({"words": "坑" * 20_001}, "too_long"),
        ({"words": "坑" * 5_000_000}, "too_long"),
        ({"point": Point(500.0, 29.5)}, "bad_point"),
        ({"point": Point(float("nan"), 29.5)}, "bad_point"),
        ({"point": Point(106.5, 29.5, "mars")}, "bad_choice"),
        ({"said_at": dt.datetime(1900, 1, 1, tzinfo=dt.UTC)}, "bad_time"),
        ({"said_at": dt.datetime(1900, 1, 1)}, "bad_time"),  # noqa: DTZ001 - residents' phones send such times
        ({"kind": "bribe"}, "bad_choice"),
        ({"channel": "pigeon"}, "bad_choice"),
        ({"category": "X9999"}, "bad_choice"),
        ({"component": "nothing"}, "bad_choice"),
        ({"contact": {"email": "not an address"}}, "bad_contact"),
        ({"contact": {"email": "a@b.cn\nBcc: c@d.cn"}}, "bad_contact"),
        ({"contact": {"phone": "<script>"}}, "bad_contact"),
        ({"contact": {"name": "长" * 41}}, "too_long"),
        ({"pictures": [{"sha256": str(n) * 64} for n in range(10)]}, "too_many_pictures"),
    ],
)
def test_take_in_of_bad_input_is_refused_with_a_sentence(
    district: District, given: dict[str, object], code: str
) -> None:
    assert _code(**given) == code


def test_take_in_from_the_future_is_refused(district: District) -> None:
    assert _code(said_at=clock.now() + dt.timedelta(days=1)) == "bad_time"


def test_take_in_twice_with_one_key_gives_the_first_answer(district: District) -> None:
    first = take_in(channel="web", words="护栏倒了", key="form-1")
    second = take_in(channel="web", words="护栏倒了", key="form-1")
    assert (second.number, second.token, second.again, Case.objects.count()) == (first.number, first.token, True, 1)


def test_take_in_too_fast_from_one_address_is_refused(district: District) -> None:
    for n in range(30):
        take_in(channel="web", words=f"护栏倒了{n}", sender="203.0.113.7")
    assert _code(sender="203.0.113.7") == "too_many"
    assert take_in(channel="web", words="护栏倒了", sender="203.0.113.8").again is False


def test_take_in_in_training_mode_makes_a_training_case(district: District) -> None:
    actor = Actor("account", "7", frozenset({"operator"}), training=True)
    made = take_in(channel="desk", words="练习", actor=actor)
    assert (Case.objects.get(id=made.case_id).training, Report.objects.get().taken_by) == (True, 7)


def test_me_too_is_a_report_of_its_own_that_follows(district: District) -> None:
    main = take_in(channel="web", words="护栏倒了", point=HERE)
    mine = me_too(main.case_id, channel="web", words="我也看见了", key="m1")
    again = me_too(main.case_id, channel="web", words="我也看见了", key="m1")
    case = Case.objects.get(id=mine.case_id)
    assert (case.state, case.main_case_id, case.lng) == ("merged", main.case_id, 106.57)
    assert (again.token, again.again) == (mine.token, True)


def test_me_too_again_after_the_main_case_has_changed_gives_the_first_answer(district: District) -> None:
    main = take_in(channel="web", words="护栏倒了", point=HERE)
    mine = me_too(main.case_id, channel="web", words="我也看见了", key="m2")
    Case.objects.filter(id=main.case_id).update(category=district.category, place="南坪西路", kind="help")
    again = me_too(main.case_id, channel="web", words="我也看见了", key="m2")
    assert (again.token, again.again) == (mine.token, True)


def test_me_too_of_an_ended_case_is_a_new_case(district: District) -> None:
    main = take_in(channel="web", words="护栏倒了", point=HERE)
    follow_up(main.token, "withdraw")
    mine = me_too(main.case_id, channel="web", words="又倒了")
    assert Case.objects.get(id=mine.case_id).state == "to_register"


def test_follow_up_is_done_by_the_tracking_code_however_typed(district: District) -> None:
    made = take_in(channel="web", words="护栏倒了")
    typed = f" {made.token[:4].lower()}-{made.token[4:]} "
    assert follow_up(typed, "withdraw").state == "withdrawn"
    last = History.objects.filter(case_id=made.case_id).order_by("-seq")[0]
    assert (last.actor_kind, last.actor_key) == ("resident", made.token)


def test_follow_up_of_a_merged_report_speaks_to_the_main_case(district: District) -> None:
    main = take_in(channel="web", words="护栏倒了", point=HERE)
    mine = me_too(main.case_id, channel="web", words="我也看见了")
    assert follow_up(mine.token, "supplement", {"words": "更歪了"}).case_id == main.case_id


@pytest.mark.parametrize(("act", "code"), [("close", "not_allowed"), ("fly", "unknown_act")])
def test_follow_up_with_a_wrong_act_is_refused(district: District, act: str, code: str) -> None:
    made = take_in(channel="web", words="护栏倒了")
    with pytest.raises(Refused) as refusal:
        follow_up(made.token, act)
    assert refusal.value.code == code


def test_follow_up_with_an_unknown_code_is_refused(district: District) -> None:
    with pytest.raises(Refused) as refusal:
        follow_up("AAAA-BBBB-CCCC-DDDD", "urge")
    assert refusal.value.code == "case_unknown"
