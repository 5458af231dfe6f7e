"""What notices say: the right language, no words of others, whose business it is."""

import re

import pytest

from xiucheng.city.models import Text
from xiucheng.notices import texts

pytestmark = pytest.mark.django_db
FACTS = {"number": "A1", "state": "refused", "token": "TOKEN", "whose": "供电公司 95598"}


def test_render_refusal_says_whose_it_is() -> None:
    written = texts.render("refuse", FACTS, "reporter")
    assert written.text.split("\n")[0] == "您反映的问题（编号 A1）不归我们管。归谁管、怎么联系：供电公司 95598"


def test_render_in_english() -> None:
    written = texts.render("close", {**FACTS, "language": "en"}, "reporter")
    assert written.subject == "The problem you reported is solved: A1"


def test_render_links_to_the_progress_page(settings: object) -> None:
    settings.PUBLIC_ADDRESS = "https://city.example"  # type: ignore[attr-defined]  # pytest-django's proxy
    assert "进度和回复：https://city.example/t/TOKEN/" in texts.render("close", FACTS, "reporter").text.split("\n")


def test_render_with_the_districts_own_words() -> None:
    Text.objects.create(key="notice.close", language="zh-hans", body="修好了 {number}\n请看 {link}")
    assert texts.render("close", FACTS, "reporter").subject == "修好了 A1"


def test_render_for_staff() -> None:
    written = texts.render("extend.ask", {"number": "A1", "state": "handling"}, "post")
    assert (written.subject, written.text) == ("案件 A1：申请延期", "申请延期，请审批。现在：处置中。")


@pytest.mark.parametrize(
    ("template", "language", "subject"),
    [
        ("suspend.agree", "en", "Case A1: agree to suspend"),
        ("suspend.agree", "zh-hans", "案件 A1：挂账初审同意"),
        ("late", "en", "Case A1: deadline passed"),
    ],
)
def test_render_for_staff_names_the_step_as_the_desk_does(template: str, language: str, subject: str) -> None:
    assert texts.render(template, {"number": "A1", "language": language}, "post").subject == subject


@pytest.mark.parametrize("template", list(texts.TODO))
def test_render_for_staff_names_no_code(template: str) -> None:
    written = texts.render(template, {"number": "1", "state": "handling"}, "post")
    assert not re.search("[a-z]", written.subject + written.text)


@pytest.mark.parametrize("template", [*texts.RESIDENT, "unheard_of"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_render_leaves_no_brace(template: str, language: str) -> None:
    written = texts.render(template, {**FACTS, "language": language}, "reporter")
    assert [c for c in written.subject + written.text if c in "{}"] == []


@pytest.mark.parametrize("word", ["案件", "立案", "派遣", "处置", "结案", "受理"])
def test_resident_texts_speak_plainly(word: str) -> None:
    assert [k for k, (zh, _) in texts.RESIDENT.items() if word in zh[0] + zh[1]] == []
