"""The evaluation (评测): files read with their faults told, figures by hand, and the real labelled messages where they are."""

from pathlib import Path

import numpy as np
import orjson
import pytest

from xiucheng.rules.refusals import Refused
from xiucheng.triage import evaluate
from xiucheng.triage.lessons import Lesson
from xiucheng.triage.model import load

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
LAMPS = ("路灯不亮了", "路灯坏了没人修", "灯杆歪了", "巷子里的路灯全黑", "路灯一闪一闪", "路灯白天也亮着")
LIDS = ("井盖不见了", "下水道井盖破了", "井盖松动一响一响", "污水井盖翘起来", "井盖没了好危险", "雨水井盖裂开")


def lessons() -> list[Lesson]:
    return [Lesson(w, "灯") for w in LAMPS] + [Lesson(w, "盖") for w in LIDS]


def test_json_lines_and_words_of_a_table_are_read(tmp_path: Path) -> None:
    one = tmp_path / "a.jsonl"
    one.write_bytes(
        b"\n".join(
            orjson.dumps(row)
            for row in (
                {"title": "灯坏了", "text": "灯坏了 很黑", "label": "灯"},
                {"title": None, "text": "井盖没了", "label": "盖"},
            )
        )
    )
    two = tmp_path / "b.tsv"
    two.write_text("灯\t路灯 不 亮\r\n\n盖\t井盖 破\n", encoding="utf-8")
    assert [(x.title, x.text.strip(), x.code) for x in evaluate.read(one)] == [
        ("灯坏了", "很黑", "灯"), ("", "井盖没了", "盖"),
    ]  # fmt: skip
    assert [(x.text, x.code) for x in evaluate.read(two)] == [("路灯 不 亮", "灯"), ("井盖 破", "盖")]


def test_a_head_line_is_no_message_and_labels_may_be_numbers(tmp_path: Path) -> None:
    table, lines = tmp_path / "a.tsv", tmp_path / "a.jsonl"
    table.write_text("label\twords\n灯\t路灯 不 亮\n", encoding="utf-8")
    lines.write_text('{"text": "路灯坏了", "label": 3}\n', encoding="utf-8")
    assert [(x.text, x.code) for x in (*evaluate.read(table), *evaluate.read(lines))] == [
        ("路灯 不 亮", "灯"), ("路灯坏了", "3"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "是空的"),
        (b"\xc2\xb7\xd5\xff", "不是 UTF-8"),
        (b'{"text": "a"}', "第 1 行"),
        ('{"text": "灯", "label": "x"}\n{broken'.encode(), "第 2 行"),
        (b'{"text": 5, "label": "x"}', "缺少"),
        ("没有标签".encode(), "应是“标签 TAB 文字”"),
    ],
)
def test_a_faulty_file_is_told_with_its_line(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    with pytest.raises(Refused) as refusal:
        evaluate.read(path)
    assert said in refusal.value.zh


def test_figures_are_those_of_the_book() -> None:
    truths, guesses = np.array(["a", "a", "a", "b", "b"]), np.array(["a", "a", "b", "b", "c"])
    judged = evaluate.Judged(truths, guesses, np.array([0.9, 0.8, 0.7, 0.6, 0.5], dtype=np.float32), 0.005, 1.0, 7, 10)
    figures = judged.figures()
    assert figures["f1"] == {"a": 0.8, "b": 0.5, "c": 0.0}
    assert (figures["macro_f1"], figures["accuracy"], figures["precision_at_80"]) == (0.4333, 0.6, 0.75)
    assert figures["ms_per_message"] == 1.0


def test_one_label_alone_cannot_be_learned() -> None:
    with pytest.raises(Refused, match="sheet_unreadable"):
        evaluate.held_out([Lesson("路灯", "灯")], [Lesson("路灯", "灯")])


def test_held_out_messages_are_told_apart() -> None:
    judged = evaluate.held_out(lessons(), [Lesson("路灯又不亮", "灯"), Lesson("井盖丢了", "盖")])
    assert judged.guesses.tolist() == ["灯", "盖"]


def test_every_message_is_judged_once_by_a_model_that_has_not_seen_it() -> None:
    judged = evaluate.together(list(evaluate.crossed(lessons(), [], 3)))
    assert sorted(judged.truths.tolist()) == sorted(x.code for x in lessons())
    assert judged.trained_on == 8


@pytest.mark.slow
def test_with_many_lessons_a_second_opinion_is_heard_and_kept() -> None:
    """The nets are stored and read back; they and the linear model agree on what is plain."""
    many = [Lesson(f"{words}{'了' * (n % 3)}，{chr(0x4E00 + n)}号楼", code) for n in range(340) for words, code in
            [(w, "灯") for w in LAMPS] + [(w, "盖") for w in LIDS]]  # fmt: skip
    model, _ = evaluate.train(many)
    assert model.net is not None
    again = load("again", model.dump())
    words = "门口的路灯坏了"
    assert again.classes[int(again.margins(words).argmax())] == "灯"
    assert abs(again.margins(words) - model.margins(words)).max() < 0.01


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="../shared is absent: the labelled messages are not here")
def test_real_messages_are_told_apart_at_least_as_well_as_by_a_plain_machine() -> None:
    """One part of five, learned from the other four: the floor of a plain n-gram machine, with room for the draw."""
    judged = evaluate.read(SHARED / "govmsg_dev.jsonl")
    more = evaluate.read(SHARED / "govmsg_tokens_dev.tsv")
    figures = next(evaluate.crossed(judged, more, 5)).figures()
    assert figures["macro_f1"] > 0.90 and figures["precision_at_80"] > 0.955
    assert figures["model_mb"] < 100
