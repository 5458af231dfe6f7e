"""What one message may cost (来件成本): statements, not seconds."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg import RawCursor
from tests.channels.wechat.simulator import Platform
from tests.channels.wechat.test_wechat_conversation import Phone
from tests.triage.town import build

from xiucheng.cases.models import Report
from xiucheng.intake import crew
from xiucheng.intake.actions import incoming

pytestmark = pytest.mark.usefixtures("account")
MOST_KEEPING = 2
MOST_WORKING = 10


def statements(caught: CaptureQueriesContext, prepared: list[object]) -> int:
    return len(caught.captured_queries) + len(prepared)


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Statements that go past Django's own counting."""
    seen: list[object] = []
    execute = RawCursor.execute

    def counted(self: "RawCursor[object]", query: object, *args: object, **more: object) -> object:
        seen.append(query)
        return execute(self, query, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(RawCursor, "execute", counted)
    return seen


def test_a_message_is_kept_and_worked_off_with_few_statements(
    db: None, platform: Platform, prepared: list[object]
) -> None:
    build()
    phone = Phone(platform)
    phone.push(platform.message(phone.openid, Content="学府路51号门口路灯不亮"))
    prepared.clear()
    with CaptureQueriesContext(connection) as keeping:
        phone.push(platform.message("oAnother", Content="学府路52号门口路灯不亮"))
    assert statements(keeping, prepared) <= MOST_KEEPING
    first, second = incoming.lease()
    crew.work(first)
    prepared.clear()
    with CaptureQueriesContext(connection) as working:
        incoming.settle([crew.work(second)])
    assert (statements(working, prepared) <= MOST_WORKING, Report.objects.count()) == (True, 2)
