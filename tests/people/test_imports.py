"""Accounts, units and contacts from a sheet (导入): all or nothing, every fault with its row."""

import io

import openpyxl
import pytest
from django.conf import LazySettings
from django.utils import translation

from xiucheng.audit.models import Change
from xiucheng.city.models import Contact, Unit
from xiucheng.people.actions.imports import import_accounts, import_contacts, import_units
from xiucheng.people.models import Account
from xiucheng.rules.refusals import Refused


@pytest.fixture(autouse=True)
def _quick_passwords(settings: LazySettings) -> None:
    """The strength of the hash is Django's affair."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _road(db: None) -> None:
    """One unit that is there already."""
    Unit.objects.create(code="U1", name="市政设施科", short="市政", pinyin="s", kind="department")


HEAD = "用户名,姓名,单位,岗位,电话,邮箱\n"
GOOD = HEAD + "zhang,张丽,市政,单位经办人、处置人员,19900050017,\nli,李强,,受理员,,li@demo.invalid\n"


def _workbook(rows: list[list[object]]) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]  # a new workbook has a sheet
    book.save(file)
    return file.getvalue()


def _faults(content: bytes) -> list[tuple[int, str, str]]:
    with pytest.raises(Refused) as refusal:
        import_accounts(content, by=1)
    assert (refusal.value.code, Account.objects.count()) == ("sheet_faults", 0)
    return [(f.number, f.column, f.why) for f in refusal.value.facts["faults"]]


def test_accounts_come_with_posts_units_and_first_passwords(db: None) -> None:
    done = import_accounts(GOOD.encode(), by=1)
    zhang = Account.objects.get(username="zhang")
    assert (done.added, [row[:2] for row in done.passwords]) == (2, [("张丽", "zhang"), ("李强", "li")])
    assert (zhang.must_change, zhang.check_password(done.passwords[0][2])) == (True, True)
    assert sorted(zhang.postings.values_list("post", flat=True)) == ["handler", "unit"]
    assert Change.objects.get(table="people_account").after == {"count": 2, "keys": ["zhang", "li"]}


def test_sheets_in_chinese_are_read_for_who_reads_english(db: None) -> None:
    with translation.override("en"):
        import_accounts(GOOD.encode(), by=1)
        import_units("代码,名称,类型\nU2,第二街,镇街\n".encode(), by=1)
    assert (Account.objects.count(), Unit.objects.get(code="U2").kind) == (2, "street")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_accounts_are_read_in_the_encodings_that_offices_use(db: None, encoding: str) -> None:
    import_accounts(GOOD.encode(encoding), by=1)
    assert sorted(Account.objects.values_list("name", flat=True)) == ["张丽", "李强"]


def test_accounts_are_read_from_a_workbook(db: None) -> None:
    rows: list[list[object]] = [
        ["用户名", "姓名", "岗位", "电话"],
        ["wang", "王芳", "受理员", 19900050034.0],
        [None, None],
    ]
    import_accounts(_workbook(rows), by=1)
    assert Account.objects.get().name == "王芳"


def test_every_fault_is_named_with_its_row_and_nothing_comes_in(db: None) -> None:
    sheet = HEAD + "a b,张丽,市政,受理员,,\nli,,没有,国王,call,x\nLI,李强,,单位经办人,,\nsys,赵,,系统管理员,,\n"
    assert _faults(sheet.encode()) == [
        (3, "岗位", "没有岗位“国王”"),
        (4, "单位", "单位经办人和处置人员要写单位"),
        (5, "岗位", "管理员由安全管理员单独指定，不能批量导入"),
        (2, "用户名", "2 到 60 个字母、数字或 . _ - @ +"),
        (3, "姓名", "不能为空"),
        (3, "电话", "“电话”看起来不对，请检查一下。"),
        (3, "邮箱", "“邮箱”看起来不对，请检查一下。"),
        (3, "单位", "没有“没有”"),
        (4, "用户名", "与第 3 行重复"),
    ]


def test_account_that_is_there_is_a_fault(db: None) -> None:
    Account.objects.create(username="Zhang", name="旧")
    with pytest.raises(Refused) as refusal:
        import_accounts(GOOD.encode(), by=1)
    assert [f.why for f in refusal.value.facts["faults"]] == ["这个用户名已经有了"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\x00\x01\x02", "不是 XLSX 或 CSV 文件"),
        (b"PK\x03\x04 broken", "XLSX 文件已损坏"),
        ("姓名\n张\n".encode(), "表头缺少“用户名、岗位”"),
        (b"x" * 5_000_001, "文件超过 5 MB"),
        (b"", "表头缺少“用户名、姓名、岗位”"),
        ((HEAD + "a1,b,,受理员,,\n" * 5001).encode(), "超过 5000 行，请分开导入"),
    ],
)
def test_what_is_no_sheet_gets_a_sentence(db: None, content: bytes, why: str) -> None:
    with pytest.raises(Refused) as refusal:
        import_accounts(content, by=1)
    assert (refusal.value.code, refusal.value.zh) == ("sheet_unreadable", f"读不了这个文件：{why}。")


def test_units_come_with_parents_of_the_same_sheet(db: None) -> None:
    sheet = "代码,名称,类型,上级,系统内\nU3,二队,部门,U2,否\nU2,一局,部门,,是\nU1,市政设施处,部门,,\n"
    done = import_units(sheet.encode(), by=1)
    found = {
        u.code: (u.name, u.parent.code if u.parent else "", u.internal) for u in Unit.objects.select_related("parent")
    }
    assert (done.added, done.changed) == (2, 1)
    assert found == {"U1": ("市政设施处", "", True), "U2": ("一局", "", True), "U3": ("二队", "U2", False)}


def test_unit_above_itself_is_a_fault(db: None) -> None:
    with pytest.raises(Refused) as refusal:
        import_units("代码,名称,类型,上级\nU7,某局,部门,U7\n".encode(), by=1)
    assert [(f.number, f.why) for f in refusal.value.facts["faults"]] == [(2, "上级不能是自己")]


def test_units_above_one_another_are_faults_of_their_lines(db: None) -> None:
    sheet = "代码,名称,类型,上级\nU7,甲局,部门,乙局\nU8,乙局,部门,U9\nU6,丁局,部门,U7\nU9,丙局,部门,甲局\n"
    with pytest.raises(Refused) as refusal:
        import_units(sheet.encode(), by=1)
    way = "上级绕成了圈（U7 → U8 → U9 → U7）"
    assert [(f.number, f.column, f.why) for f in refusal.value.facts["faults"]] == [
        (2, "上级", f"{way}，同第 3、5 行"), (3, "上级", f"{way}，同第 2、5 行"), (5, "上级", f"{way}，同第 2、3 行"),
    ]  # fmt: skip


def test_unit_below_its_own_child_that_is_there_is_a_fault(db: None) -> None:
    Unit.objects.create(code="U2", name="一队", short="一队", pinyin="y", kind="department", parent=Unit.objects.get())
    with pytest.raises(Refused) as refusal:
        import_units("代码,名称,类型,上级\nU1,市政设施科,部门,一队\n".encode(), by=1)
    assert [(f.number, f.why) for f in refusal.value.facts["faults"]] == [(2, "上级绕成了圈（U1 → U2 → U1）")]


def test_contacts_are_added_and_brought_up_to_date(db: None) -> None:
    import_contacts("单位,姓名,职务,电话,值班号码\n市政,值班室,,023-55501037,是\n".encode(), by=1)
    done = import_contacts(
        "单位,姓名,职务,电话,值班号码\nU1,值班室,值班,023-55501038,是\nU1,侯思辉,负责人,,\n".encode(), by=1
    )
    assert (done.added, done.changed) == (1, 1)
    assert sorted(Contact.objects.values_list("name", "phone", "duty_number")) == [
        ("侯思辉", "", False), ("值班室", "023-55501038", True),
    ]  # fmt: skip


def test_two_contacts_of_one_name_are_told_apart_by_their_role(db: None) -> None:
    unit = Unit.objects.get()
    for role, phone in (("科长", "1"), ("值班员", "2")):
        Contact.objects.create(unit=unit, name="王强", role=role, phone=phone)
    done = import_contacts(
        "单位,姓名,职务,电话\n市政,王强,值班员,023-55501037\n市政,王强,司机,023-55501038\n".encode(), by=1
    )
    found = sorted(Contact.objects.values_list("role", "phone"))
    assert (done.added, done.changed, found) == (
        1, 1, [("值班员", "023-55501037"), ("司机", "023-55501038"), ("科长", "1")],
    )  # fmt: skip


def test_two_contacts_of_one_name_in_one_sheet_both_come_in(db: None) -> None:
    done = import_contacts("单位,姓名,职务\n市政,王强,科长\n市政,王强,司机\n".encode(), by=1)
    assert (done.added, sorted(Contact.objects.values_list("role", flat=True))) == (2, ["司机", "科长"])


def test_sheet_whose_quotes_never_close_is_refused_with_a_sentence(db: None) -> None:
    content = (HEAD + 'zhang,"' + "张" * 140_000).encode()
    with pytest.raises(Refused, match="sheet_unreadable"):
        import_accounts(content, by=1)
