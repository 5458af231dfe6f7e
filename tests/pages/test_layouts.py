"""The three looks: each renders with its pieces, in both languages."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import engines
from django.utils import translation

DESK = """{% extends "pages/layout.html" %}{% import "pages/parts.html" as parts %}
{% block title %}案件{% endblock %}
{% block head %}{% include "pages/map_assets.html" %}{% endblock %}
{% block navigation %}{{ parts.nav_item("/desk/", "待受理", "inbox", active=true, count=3) }}{% endblock %}
{% block content %}{{ parts.map(id="here", lng=106.5, lat=29.5, pick="place") }}{{ parts.field("why", "原因", rows=3, error="请填写") }}
{{ parts.picture_input() }}{{ parts.gallery(["a" * 64]) }}{{ parts.empty("没有", "好") }}{{ parts.pages_of(2, 3, "?p=") }}{{ parts.pill("超时", "bad") }}{% endblock %}"""
FIELD = """{% extends "pages/layout_field.html" %}{% import "pages/parts.html" as parts %}{% block title %}任务{% endblock %}
{% block tabs %}{{ parts.tab("/field/", "任务", "list-check", active=true, count=2) }}{% endblock %}"""
PUBLIC = """{% extends "pages/layout_public.html" %}{% block title %}首页{% endblock %}"""


def render(source: str, rf: Any) -> str:
    request = rf.get("/here/?a=1")
    request.user = AnonymousUser()
    return str(engines["jinja2"].from_string(source).render({}, request))


@pytest.mark.parametrize("source", [DESK, FIELD, PUBLIC])
def test_layout_has_no_inline_script_or_style(source: str, rf: Any) -> None:
    page = render(source, rf)
    assert [bad for bad in ("<script>", " onclick=", " style=", "javascript:") if bad in page] == []


def test_map_carries_its_place(rf: Any) -> None:
    page = render(DESK, rf)
    assert ('id="here"' in page, 'data-lng="106.5"' in page, 'data-pick="place"' in page) == (True, True, True)


def test_language_switch_comes_back_to_the_page(rf: Any) -> None:
    assert "/choose/?language=en&amp;next=%2Fhere%2F%3Fa%3D1" in render(PUBLIC, rf)


def test_english_page_names_its_language(rf: Any) -> None:
    with translation.override("en"):
        assert '<html lang="en"' in render(PUBLIC, rf)
