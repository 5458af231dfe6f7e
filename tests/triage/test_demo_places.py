"""Places as residents write them lead where they should in the demo pack (演示地名)."""

from xiucheng.triage.gazetteer import Found, gazetteer


def find(words: str) -> Found | None:
    return gazetteer().find(words)


PLACES = {
    "南城大道238号建设银行外的人行道": ("number", "南城大道238号"),
    "南坪二贸农贸市场": ("spot", "南坪二贸农贸市场"),
    "涂山镇论语公园": ("spot", "论语公园"),
    "南湖社区花园7村": ("spot", "南湖社区花园7村"),
    "南湖社区花园7村3栋楼下垃圾没人清": ("spot", "南湖社区花园7村"),
    "学府大道69号门口井盖丢失": ("number", "学府大道69号"),
    "学府路69号门口井盖丢失": ("number", "学府路69号"),
    "南城大道二百三十八号建设银行外": ("number", "南城大道238号"),
    "南湖社区花园七村": ("spot", "南湖社区花园7村"),
    "4公里轻轨站门口": ("spot", "四公里轻轨站"),
}


def test_places_lead_where_they_should(demo: None) -> None:
    from xiucheng.city.models import Landmark

    for words, (how, said) in PLACES.items():
        found = find(words)
        assert found is not None and (found.how, found.said) == (how, said), words
        assert found.lng is not None and found.place.inside, words
        mark = Landmark.objects.filter(name=said).first()
        if mark is not None:
            assert (found.lng, found.lat) == (round(mark.lng, 6), round(mark.lat, 6)), words
            assert found.place.street == mark.area_id[:9] if mark.area_id else True, words
    numbers = {said: find(said) for said in ("学府大道69号", "学府路69号")}
    big, small = numbers.values()
    assert big is not None and small is not None and (big.lng, big.lat) != (small.lng, small.lat)
    assert find("学府大道路灯不亮") is not None and find("学府大路69号") is None


def test_communities_and_what_is_no_place_of_ours(demo: None) -> None:
    known = find("南湖社区路灯不亮")
    assert known is not None and known.how == "area" and len(known.place.community) == 12
    assert [words for words in ("学府东路69号", "丹桂庭院门口", "今天很静舍不得开灯") if find(words) is not None] == []
    away = find("渝中区学府路69号")
    assert away is not None and (away.how, away.lng) == ("abroad", None)
    twice = find("大坪村路灯不亮")
    assert twice is not None and twice.place.community == ""


def test_every_name_of_the_pack_is_found_as_itself(demo: None) -> None:
    from xiucheng.city.models import Landmark

    wrong = []
    for mark in Landmark.objects.all():
        found = find(f"{mark.name}门口垃圾没人清")
        if found is None or found.said != mark.name:
            wrong.append((mark.name, found and found.said))
    assert wrong == []
