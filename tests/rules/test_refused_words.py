"""English refusals hold no Chinese of ours: every word that the source puts into a refusal has its English."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import xiucheng
from xiucheng.intake.actions.clean import CONTACT
from xiucheng.intake.importing.rows import LABELS
from xiucheng.rules.refusals import SENTENCES, Pair, Refused
from xiucheng.rules.refused_words import ENGLISH, FIELDS, REASONS
from xiucheng.rules.workflow import STATES

HAN = re.compile(r"[\u3400-\u9fff]")
SOURCE = Path(xiucheng.__file__).parent
TREES = {str(path.relative_to(SOURCE)): ast.parse(path.read_text("utf-8")) for path in sorted(SOURCE.rglob("*.py"))}


def _called(node: ast.AST) -> str:
    """The bare name of what is called; empty for everything else."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "id", "") or getattr(node.func, "attr", "")


def _plain(node: ast.AST) -> Iterator[ast.AST]:
    """An expression's parts, without those that a `Pair` says in both languages."""
    if _called(node) == "Pair":
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _plain(child)


def _wrong(value: ast.expr) -> Iterator[str]:
    for part in _plain(value):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            if HAN.search(part.value) and part.value not in ENGLISH:
                yield part.value
        elif isinstance(part, ast.Attribute) and part.attr == "zh":
            yield ast.unparse(part)


def _passed_on() -> dict[str, set[tuple[int, str]]]:
    """Functions that put an argument of theirs into a refusal, themselves or by another such function: place and name."""
    found: dict[str, set[tuple[int, str]]] = {}
    functions = [n for tree in TREES.values() for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    count = -1
    while count != sum(map(len, found.values())):
        count = sum(map(len, found.values()))
        for function in functions:
            names = [a.arg for a in function.args.args if a.arg not in {"self", "cls"}]
            given = {v.id for call in ast.walk(function) for v in _given(call, found) if isinstance(v, ast.Name)}
            if places := {(names.index(name), name) for name in given & set(names)}:
                found.setdefault(function.name, set()).update(places)
    return found


def _given(call: ast.AST, passed: dict[str, set[tuple[int, str]]]) -> Iterator[ast.expr]:
    """What this call puts into a refusal: the facts of one, or what a function of `passed` puts into one."""
    if not isinstance(call, ast.Call):
        return
    if _called(call) == "Refused":
        yield from (word.value for word in call.keywords)
    for place, name in passed.get(_called(call), ()):
        named = [word.value for word in call.keywords if word.arg == name]
        simple = ast.Constant | ast.Name  # other functions may have the same name
        yield from (value for value in [*call.args[place : place + 1], *named] if isinstance(value, simple))


def test_every_word_of_a_refusal_in_the_source_has_its_english() -> None:
    passed = {name: {p for p in places if p[1] in {"field", "label", "why"}} for name, places in _passed_on().items()}
    lacking = [
        f"{path}:{node.lineno} {word}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for value in _given(node, passed)
        for word in _wrong(value)
    ]
    assert lacking == []


def test_words_that_are_kept_in_tables_have_their_english() -> None:
    words = {*LABELS.values(), *(label for label, _ in CONTACT.values())}
    assert words - set(FIELDS) == set()


def test_second_half_of_every_pair_is_no_chinese() -> None:
    pairs = [n for tree in TREES.values() for n in ast.walk(tree) if isinstance(n, ast.Call) and _called(n) == "Pair"]
    halves = [part.value for n in pairs for part in ast.walk(n.args[1]) if isinstance(part, ast.Constant)]
    assert (len(pairs) > 10, [half for half in halves if HAN.search(str(half))]) == (True, [])


def test_table_and_sentences_are_english() -> None:
    english = [*ENGLISH.values(), *(en for _, _, en in SENTENCES.values())]
    assert ([text for text in english if HAN.search(text)], set(FIELDS) & set(REASONS)) == ([], set())


@pytest.mark.parametrize(
    ("refusal", "en"),
    [
        (Refused("missing", field="正文"), "Please fill in “body”."),
        (Refused("bad_time", field="日期", why="年份不对"), "The time in “date” is not right: the year cannot be."),
        (Refused("bad_mapping", why=Pair("没有时区 X", "no zone X")), "The mapping is not right: no zone X."),
        (Refused("no_end", state=STATES["closed"], column="办结时间"), "The state is “closed” but “办结时间” is empty; fill in when it ended, or correct the state."),
    ],
)  # fmt: skip
def test_english_sentence_says_its_words_in_english(refusal: Refused, en: str) -> None:
    assert refusal.en == en


def test_chinese_sentence_keeps_its_words() -> None:
    assert Refused("someone_faster", state=STATES["closed"]).zh == "有人先一步处理了，案件现在是“已结案”。"
