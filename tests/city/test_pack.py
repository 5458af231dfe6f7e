"""The demo pack goes in, and in again without a change; broken packs give the exact list of faults."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from xiucheng.city import models as city
from xiucheng.city.pack import check, load
from xiucheng.people import models as people
from xiucheng.rules import datum
from xiucheng.rules.refusals import Refused

DEMO = Path(city.__file__).parent / "packs" / "demo"
Change = Callable[[list[str]], None]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the demo pack that a test may break; its long files are cut short, so that checking is quick."""
    folder = shutil.copytree(DEMO, tmp_path / "pack", ignore=shutil.ignore_patterns("map.pmtiles", "backdrop.geojson"))
    for name in ("cells.geojson", "places.geojson"):
        change(folder, name, lambda lines: lines.__setitem__(slice(31, -1), []))
        change(folder, name, lambda lines: lines.__setitem__(30, lines[30].rstrip(",")))
    change(folder, "components.csv", lambda lines: lines.__setitem__(slice(11, None), []))
    change(folder, "components.csv", lambda lines: [lines.__setitem__(i, x.rpartition(",")[0] + ",") for i, x in enumerate(lines) if i] and None)  # fmt: skip
    change(folder, "examples.csv", lambda lines: lines.__setitem__(slice(31, None), []))
    return folder


def change(folder: Path, name: str, how: Change) -> None:
    """Change the lines of one file; line 1 is `lines[0]`."""
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    how(lines)
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def put(number: int, old: str, new: str) -> Change:
    """Replace something in one line."""

    def how(lines: list[str]) -> None:
        assert old in lines[number - 1]
        lines[number - 1] = lines[number - 1].replace(old, new, 1)

    return how


def said(folder: Path) -> list[str]:
    """All faults of a pack."""
    return [str(fault) for fault in check(folder).faults]


def test_demo_pack_counts(demo: Path) -> None:
    minors, communities = city.Category.objects.filter(level=2), city.Area.objects.filter(level="community")
    assert (minors.count(), communities.count()) == (161, 153)


def test_demo_pack_loaded_twice_changes_nothing(demo: Path) -> None:
    assert sum(load(demo).changed.values()) == 0


def test_demo_pack_has_no_usable_password(demo: Path) -> None:
    assert [a.username for a in people.Account.objects.all() if a.has_usable_password()] == []


def test_demo_pack_counts_enough_words_and_sentences() -> None:
    book = check(DEMO)
    thin = [row[0] for row in book.rows["city_category"] if row[2] == 2 and len(row[7]) < 10]
    assert (book.faults, thin, len(book.rows["city_example"])) == ([], [], 1149)


def test_demo_pack_is_below_three_megabytes() -> None:
    assert sum(f.stat().st_size for f in DEMO.iterdir()) < 3_000_000


def test_check_folder_that_is_not_there(tmp_path: Path) -> None:
    assert said(tmp_path / "none") == [f"{tmp_path / 'none'}：没有这个文件夹"]


def test_check_missing_file(copy: Path) -> None:
    (copy / "words.csv").unlink()
    assert said(copy) == ["words.csv：缺少这个文件"]


def test_check_unknown_and_missing_column(copy: Path) -> None:
    change(copy, "words.csv", put(1, "word,weight", "wort,weight"))
    assert said(copy) == ["words.csv 第 1 行：不认识的列“wort”", "words.csv 第 1 行：缺少列“word”"]


def test_check_bad_limit(copy: Path) -> None:
    change(copy, "standards.csv", put(2, "2紧急工作时", "很快"))
    assert said(copy) == ["standards.csv 第 2 行：看不懂时限“很快”。"]


def test_check_duplicate_code(copy: Path) -> None:
    change(copy, "standards.csv", put(3, "C0101-2", "C0101-1"))
    assert said(copy) == ["standards.csv 第 3 行：“code”C0101-1 重复"]


def test_check_dangling_reference(copy: Path) -> None:
    change(copy, "components.csv", put(2, "SH-GS", "SH-NO"))
    assert said(copy) == ["components.csv 第 2 行：“owner”指向不存在的 SH-NO"]


def test_check_component_code_of_the_wrong_length(copy: Path) -> None:
    change(copy, "components.csv", put(2, "5001080101000001", "500108010100001"))
    assert said(copy) == ["components.csv 第 2 行：“code”500108010100001 应是 16 位数字"]


def test_check_component_code_of_another_category(copy: Path) -> None:
    change(copy, "components.csv", put(2, "C0101", "C0102"))
    assert said(copy) == ["components.csv 第 2 行：“code”5001080101000001 应以区划代码和类别代码 5001080102 开头"]


def test_check_cell_outside_its_community(copy: Path) -> None:
    away = {"type": "Polygon", "coordinates": [[[106.7, 29.5], [106.701, 29.5], [106.701, 29.501], [106.7, 29.5]]]}

    def move(lines: list[str]) -> None:
        feature = json.loads(lines[1].rstrip(","))
        lines[1] = json.dumps(feature | {"geometry": away}) + ","

    change(copy, "cells.geojson", move)
    assert said(copy) == ["cells.geojson 第 2 行：网格 500108001002001 不在社区 500108001002 之内"]


def test_check_polygon_that_crosses_itself(copy: Path) -> None:
    bow = {"type": "Polygon", "coordinates": [[[106.54, 29.54], [106.55, 29.55], [106.55, 29.54], [106.54, 29.55], [106.54, 29.54]]]}  # fmt: skip

    def twist(lines: list[str]) -> None:
        feature = json.loads(lines[1].rstrip(","))
        lines[1] = json.dumps(feature | {"geometry": bow}) + ","

    change(copy, "cells.geojson", twist)
    assert said(copy) == ["cells.geojson 第 2 行：多边形无效：Self-intersection[106.545 29.545]"]


def test_check_swapped_coordinates(copy: Path) -> None:
    change(copy, "places.geojson", lambda lines: lines.__setitem__(1, '{"type":"Feature","properties":{"name":"甲","kind":"park"},"geometry":{"type":"Point","coordinates":[29.5,106.5]}},'))  # fmt: skip
    assert said(copy) == ["places.geojson 第 2 行：坐标不在中国范围内，应是经度在前、纬度在后的 WGS-84"]


def test_check_minor_category_without_a_unit(copy: Path) -> None:
    change(copy, "duties.csv", lambda lines: [lines.remove(x) for x in list(lines) if x.startswith("C05")] and None)
    assert said(copy) == [f"duties.csv：小类 C05{n} 没有全区兜底的责任单位" for n in ("03", "04", "06", "07", "08")]


def test_check_units_above_one_another(copy: Path) -> None:
    def turn(lines: list[str]) -> None:
        head = lines[0].split(",")
        lines[1] = ",".join("CG-SZ" if name == "parent" else cell for name, cell in zip(head, lines[1].split(","), strict=True))  # fmt: skip

    change(copy, "units.csv", turn)
    assert [x for x in said(copy) if "圈" in x] == [
        "units.csv 第 2 行：上级绕成了圈：CG → CG-SZ → CG", "units.csv 第 7 行：上级绕成了圈：CG → CG-SZ → CG",
    ]  # fmt: skip


def test_check_two_units_with_the_same_weight(copy: Path) -> None:
    change(copy, "duties.csv", lambda lines: lines.insert(2, "C01,,CG-LD,100"))
    assert said(copy) == ["duties.csv 第 3 行：C01 在 全区：CG-LD 与 CG-SZ 权重相同，分不出先后"]


def test_check_administrator_with_a_second_post(copy: Path) -> None:
    change(copy, "people.csv", lambda lines: [lines.__setitem__(i, x.replace("system_admin", "system_admin operator")) for i, x in enumerate(lines)] and None)  # fmt: skip
    assert said(copy) == ["people.csv 第 15 行：系统、安全、审计管理员不能兼任别的岗位"]


def test_check_post_written_twice(copy: Path) -> None:
    change(copy, "people.csv", put(2, ",operator,", ",operator operator,"))
    assert said(copy) == ["people.csv 第 2 行：同一岗位写了两次"]


def test_load_that_clashes_with_what_is_there(demo: Path) -> None:
    posting = people.Posting.objects.get(account__username="guanli")
    people.Posting.objects.filter(pk=posting.pk).update(post="audit_admin")
    city.Given.objects.filter(scope="people_posting").delete()  # else the pack knows that people took the post away
    with pytest.raises(Refused) as refused:
        load(demo)
    assert (refused.value.code, refused.value.facts["count"]) == ("pack_faults", 1)


def test_check_broken_yaml(copy: Path) -> None:
    change(copy, "replies.yaml", lambda lines: lines.insert(4, "- {code: R99, purpose: closing"))
    assert [x.split("：")[0] for x in said(copy)] == ["replies.yaml 第 6 行"]


def test_check_lists_faults_of_all_files(copy: Path) -> None:
    change(copy, "standards.csv", put(2, "2紧急工作时", "0天"))
    change(copy, "units.csv", put(3, ",CG,", ",NO,"))
    change(copy, "knowledge.yaml", put(2, "question:", "frage:"))
    assert said(copy) == [
        "knowledge.yaml 第 2 行：不认识的项“frage”",
        "knowledge.yaml 第 2 行：缺少“question”",
        "standards.csv 第 2 行：看不懂时限“0天”。",
        "units.csv 第 3 行：“parent”指向不存在的 NO",
    ]


def test_load_broken_pack_leaves_the_database_alone(db: None, copy: Path) -> None:
    change(copy, "standards.csv", put(2, "2紧急工作时", "很快"))
    with pytest.raises(Refused) as refused:
        load(copy)
    assert (refused.value.code, refused.value.facts["count"], city.Area.objects.count()) == ("pack_faults", 1, 0)


def test_load_again_retires_what_the_pack_dropped(demo: Path, copy: Path) -> None:
    change(copy, "standards.csv", lambda lines: lines.__delitem__(1))
    load(copy)
    assert list(city.Standard.objects.filter(active=False).values_list("code", flat=True)) == ["C0101-1"]


def test_load_again_keeps_a_setting_that_was_changed(demo: Path) -> None:
    city.Setting.objects.filter(key="resident_days").update(value=20)
    load(demo)
    assert city.Setting.objects.get(key="resident_days").value == 20


def test_load_again_changes_a_limit_by_code(demo: Path, copy: Path) -> None:
    before = city.Standard.objects.get(code="C0101-1").id
    change(copy, "standards.csv", put(2, "2紧急工作时", "1紧急工作日"))
    load(copy)
    after = city.Standard.objects.get(code="C0101-1")
    assert (after.id, after.limit_seconds, after.clock) == (before, 24 * 3600, "natural")


def left(folder: Path) -> list[tuple[str, str, str]]:
    return [(one.what, one.line, one.why) for one in load(folder).left]


def test_load_again_gives_no_post_back_that_was_taken_away(demo: Path) -> None:
    post = people.Posting.objects.filter(post="operator").select_related("account").order_by("account__username")[0]
    post.delete()
    assert left(demo) == [("岗位", f"{post.account.username} operator", "gone")]
    assert not people.Posting.objects.filter(account=post.account, post="operator").exists()


def test_load_again_gives_no_grid_to_who_has_left(demo: Path) -> None:
    grid = people.DutyGrid.objects.filter(officers__isnull=False).order_by("code")[0]
    officer = grid.officers.all()[0]
    people.Account.objects.filter(pk=officer.pk).update(left_at="2026-03-02T10:00+08:00", is_active=False)
    officer.duty_grids.clear()
    told = left(demo)
    assert ("责任网格的巡查员", f"{grid.code} {officer.username}", "left") in told
    assert officer.duty_grids.count() == 0


def test_installation_from_before_keeps_what_was_taken_away(demo: Path) -> None:
    city.Given.objects.all().delete()
    post = people.Posting.objects.filter(post="operator").select_related("account").order_by("account__username")[0]
    post.delete()
    own = city.Contact.objects.create(unit=city.Unit.objects.all()[0], name="自己加的", phone="1")
    people.Account.objects.update(date_joined="2026-03-02T10:00+08:00")
    assert left(demo) == [("岗位", f"{post.account.username} operator", "gone")]
    assert city.Contact.objects.filter(pk=own.pk).exists()


def test_load_again_keeps_a_name_that_people_gave_and_changes_the_rest(demo: Path, copy: Path) -> None:
    city.Unit.objects.filter(code="CG-SZ").update(name="市政设施处")
    change(copy, "units.csv", put(7, "市政所", "市政处"))
    assert ("单位", "CG-SZ", "changed") in left(copy)
    assert city.Unit.objects.values_list("name", "short").get(code="CG-SZ") == ("市政设施处", "市政处")


def test_load_again_leaves_retired_what_people_retired(demo: Path) -> None:
    city.Standard.objects.filter(code="C0101-1").update(active=False)
    assert left(demo) == [("立案标准", "C0101-1", "changed")]
    assert not city.Standard.objects.get(code="C0101-1").active


def test_load_again_keeps_what_people_added_and_drops_its_own(demo: Path, copy: Path) -> None:
    own = city.Word.objects.create(purpose="flag", word="自己加的词", weight=1)
    lines = (copy / "words.csv").read_text(encoding="utf-8").splitlines()
    change(copy, "words.csv", lambda found: found.__delitem__(1))
    load(copy)
    purpose_word = dict(zip(lines[0].split(","), lines[1].split(","), strict=False))
    assert city.Word.objects.filter(pk=own.pk).exists()
    assert not city.Word.objects.filter(purpose=purpose_word["purpose"], word=purpose_word["word"]).exists()


def test_check_pack_in_gcj02_is_turned_into_wgs84(copy: Path) -> None:
    change(copy, "pack.yaml", lambda lines: lines.append("datum: gcj02"))
    before, after = check(DEMO).rows["city_component"][0], check(copy).rows["city_component"][0]
    assert (after[4], after[5]) == datum.to_wgs84(before[4], before[5], "gcj02")


def test_check_pack_with_an_unknown_datum(copy: Path) -> None:
    change(copy, "pack.yaml", lambda lines: lines.append("datum: cgcs2000"))
    assert said(copy) == ["pack.yaml：“datum”应是 wgs84、gcj02、bd09 之一"]


def test_check_file_saved_by_a_chinese_spreadsheet(copy: Path) -> None:
    text = (copy / "units.csv").read_text(encoding="utf-8")
    (copy / "units.csv").write_bytes(text.encode("gb18030"))
    assert check(copy).rows["city_unit"] == check(DEMO).rows["city_unit"]


def test_check_file_in_no_known_encoding(copy: Path) -> None:
    (copy / "units.csv").write_bytes(b"code,name,short,kind\nA,\xff\xff,b,body\n")
    assert said(copy)[-1] == "units.csv 第 2 行：不是 UTF-8 或 GB 18030 编码"


def test_check_open_quote_in_a_large_file(copy: Path) -> None:
    shutil.copy(DEMO / "components.csv", copy)
    change(copy, "components.csv", put(2, "5001080101000001", '"5001080101000001'))
    assert said(copy) == ["components.csv 第 2 行：有一格太长，多半是引号没有成对"]


def test_check_control_character(copy: Path) -> None:
    change(copy, "units.csv", put(3, "数管中心", "数管\x00中心"))
    assert said(copy)[-1] == "units.csv 第 3 行：含有不可见的控制字符"


def test_check_control_character_behind_an_escape(copy: Path) -> None:
    change(copy, "replies.yaml", lambda lines: lines.append('- {code: R99, purpose: answer, title: "a\\0b", body: c}'))
    assert [x.split("：")[1] for x in said(copy)] == ["含有不可见的控制字符"]


def test_check_yaml_with_aliases(copy: Path) -> None:
    change(copy, "settings.yaml", lambda lines: lines.extend(["- {key: a, value: &x [1]}", "- {key: b, value: *x}"]))
    assert said(copy)[-1].endswith("YAML 写法有误：不支持引用（*）")


def test_check_geojson_nested_without_end(copy: Path) -> None:
    deep = '{"type":"Feature","properties":{},"geometry":' + "[" * 100_000
    change(copy, "cells.geojson", lambda lines: lines.__setitem__(1, deep))
    assert next(x for x in said(copy) if x.startswith("cells")) == "cells.geojson 第 2 行：GeoJSON 嵌套太深"


def places(copy: Path, *lines: str) -> None:
    (copy / "places.csv").write_text(
        "\n".join(["name,kind,lng,lat,number,aliases,area", *lines]) + "\n", encoding="utf-8"
    )


def test_a_citys_list_of_addresses_comes_in_beside_the_drawn_places(db: None, copy: Path) -> None:
    places(
        copy,
        "南城大道,road,106.57,29.53,238,,",
        "建设银行南坪支行,office,106.571,29.531,,建行南坪支行 南坪建行,500108003",
    )
    load(copy)
    house, bank = (city.Landmark.objects.get(name=name) for name in ("南城大道238号", "建设银行南坪支行"))
    assert (house.kind, house.lng, house.lat) == ("house", 106.57, 29.53)
    assert (bank.kind, bank.aliases, bank.area_id) == ("office", ["建行南坪支行", "南坪建行"], "500108003")


def test_faults_of_the_list_are_told_by_line(copy: Path) -> None:
    places(copy, "甲,palace,29.5,106.5,x,,9", "乙,park,106.5,29.5,,,", "乙,park,106.5,29.5,,,")
    faults = said(copy)
    assert {fault.split("：")[0] for fault in faults} == {"places.csv 第 2 行", "places.csv 第 4 行"}
    assert any("“kind”" in fault for fault in faults) and any("重复" in fault for fault in faults)
