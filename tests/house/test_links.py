"""A link that we send leads to the page that it promises (通知里的链接)."""

from urllib.parse import urlsplit

from django.test import Client
from tests.district import District

from xiucheng.cases import actions
from xiucheng.notices.texts import progress_link
from xiucheng.rules.workflow import Actor


def test_link_in_a_letter_opens_the_progress_page(client: Client, district: District) -> None:
    given = actions.Submission(channel="web", kind="complaint", words="护栏倒了", place="南坪")
    done = actions.submit(given, Actor("resident"))
    assert client.get(urlsplit(progress_link(done.token)).path).status_code == 200
