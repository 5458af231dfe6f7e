"""12345's export as a sheet comes in, results go out as one (12345 表格): at the desk and by command."""

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.channels.order12345.city_hotline import Hotline
from tests.district import District
from tests.staff import staff

from xiucheng.cases.actions import act
from xiucheng.cases.models import Case, Report
from xiucheng.channels.order12345 import sheet
from xiucheng.city.clock import ZONE
from xiucheng.intake import jobs
from xiucheng.intake.actions import incoming
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import Actor

HEADER = ["工单编号", "工单内容", "事发地址", "诉求人", "联系电话", "工单类型", "受理时间", "办理时限"]
SAID, DUE = dt.datetime(2026, 11, 20, 9, 0), dt.datetime(2027, 12, 1, 18, 0)  # noqa: DTZ001 - a sheet knows no zones


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in (HEADER, *rows):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def line(number: str, words: str = "南坪东路护栏倒了") -> list[object]:
    return [number, words, "南坪东路12号", "王小明", 13812345678, "投诉", SAID, DUE]


def work() -> None:
    for arrived in incoming.lease():
        jobs._work(arrived)


@pytest.fixture
def leader(district: District, settings: LazySettings) -> Client:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    client = Client()
    client.force_login(staff(district)["shift_leader"])
    return client


def bring(leader: Client, content: bytes, name: str = "工单.xlsx") -> tuple[int, str]:
    answer = leader.post("/desk/orders/", {"file": SimpleUploadedFile(name, content)})
    return answer.status_code, answer.content.decode()


def test_the_shift_leader_brings_a_sheet_in_without_any_account(leader: Client) -> None:
    status, shown = bring(leader, workbook(line("A1"), line("A2"), line(""), line("A3", "=1+1")))
    work()
    assert (status, "新收 3 件" in shown, "有误 1 行" in shown, "工单编号" in shown) == (200, True, True, True)
    report = Report.objects.get(external_key="A1")
    assert (report.said_at, report.case.deadline) == (SAID.replace(tzinfo=ZONE), DUE.replace(tzinfo=ZONE))


def test_the_same_sheet_again_stores_nothing_twice(leader: Client) -> None:
    content = workbook(line("A1"), line("A2"))
    bring(leader, content)
    work()
    assert "原样已有 2 件" in bring(leader, content)[1]
    work()
    assert Report.objects.count() == 2


def test_a_sheet_that_is_none_gets_a_sentence(leader: Client) -> None:
    assert bring(leader, b"no workbook")[0] == 422
    assert bring(leader, "姓名,电话\n王,1\n".encode(), "a.csv")[0] == 422
    assert leader.post("/desk/orders/", {}).status_code == 422


def test_a_csv_with_the_citys_own_columns_comes_in(leader: Client, hotline: Hotline, tmp_path: Path) -> None:
    accounts = tmp_path / "channels.toml"
    accounts.write_text(
        accounts.read_text() + '[order12345.columns]\nnumber = "流水号"\nwords = "事项"\n', encoding="utf-8"
    )
    status, _ = bring(leader, "流水号,事项\n77,路灯不亮\n".encode("gb18030"), "a.csv")
    work()
    assert (status, Report.objects.get().external_key) == (200, "77")


def test_the_results_of_ended_orders_go_out_as_a_sheet(leader: Client, people: dict[str, Actor]) -> None:
    bring(leader, workbook(line("A1"), line("A2")))
    work()
    case = Case.objects.get(reports__external_key="A1")
    act(case.pk, "refuse", people["operator"], {"reason": "=HYPERLINK(1)", "whose": "供电局"})
    answer = leader.get("/desk/orders/results.xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.values)  # type: ignore[attr-defined]
    assert rows[0][:5] == ("工单编号", "案件编号", "办理单位", "办理情况", "办理结果")
    assert [(row[0], row[1], row[4], row[7]) for row in rows[1:]] == [("A1", case.number, "=HYPERLINK(1) 供电局", "否")]


@pytest.mark.parametrize("query", ["?begin=x&end=y", "?begin=2026-12-31&end=2026-01-01", "?end=9999-12-31"])
def test_strange_days_give_a_sheet_all_the_same(leader: Client, query: str) -> None:
    assert leader.get(f"/desk/orders/results.xlsx{query}").status_code == 200


def test_a_dry_run_keeps_nothing(db: None, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook(line("A1"), line("")))
    taken = sheet.bring(path, dry=True)
    assert (taken.read, taken.kept, taken.faulty, incoming.lease()) == (2, 0, 1, [])


def test_a_sheet_without_the_number_is_refused(db: None, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("内容\n护栏\n", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        sheet.bring(path)
    assert refused.value.code == "bad_mapping"
