"""Staff and their machines (员工接口): lists, one case, acts, the inbox. Signed in or with a token; each sees his own."""

from typing import Annotated, Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import StringConstraints

from xiucheng.api import reading, shapes, who
from xiucheng.api.answers import answer
from xiucheng.cases import actions, forms
from xiucheng.cases.queries import case as cases
from xiucheng.cases.queries.filters import Filters
from xiucheng.cases.queries.lists import page
from xiucheng.cases.queries.scope import scope_of
from xiucheng.cases.queries.tasks import tasks
from xiucheng.people.queries import Holder
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import ACTS, ROWS, STATES

router = Router(tags=["staff"], auth=who.staff)
QUEUES: Final[dict[str, tuple[str, ...]]] = {
    "operator": ("to_register", "considering", "to_file", "to_check"),
    "shift_leader": ("to_file", "to_close", "disputed"),
    "dispatcher": ("to_dispatch",),
    "unit": ("handling", "considering"),
    "handler": ("handling",),
}
"""Which states wait for which post."""
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
"""What a database can compare."""


class Wanted(Schema):
    """The filters of a list; empty means not narrowed."""

    state: Text = ""
    kind: Text = ""
    category: Text = ""
    street: Text = ""
    unit: int | None = None
    channel: Text = ""
    late: bool = False
    overdue: bool = False
    words: Text = ""
    sort: Text = "due"
    after: Text = ""
    size: int = 50


def asked_by(request: HttpRequest) -> Holder:
    """Who `router.auth` found."""
    found: Holder = request.auth  # type: ignore[attr-defined]  # put there by the frame
    return found


@router.get("/cases", summary="列表：按状态、类别、镇街、单位筛选", url_name="cases")
def listed(request: HttpRequest, wanted: Query[Wanted]) -> HttpResponse:
    """Cases that the person may see, a page at a time; `after` of the answer asks for the next one."""
    filters = Filters(
        states=tuple(wanted.state.split(",")) if wanted.state else (),
        kinds=tuple(wanted.kind.split(",")) if wanted.kind else (),
        category=wanted.category[:5],
        street=wanted.street[:12],
        unit=wanted.unit,
        channel=wanted.channel[:12],
        late=wanted.late,
        overdue=wanted.overdue,
        words=wanted.words[:100],
    )
    found = page(filters, scope_of(asked_by(request)), sort=wanted.sort, after=wanted.after[:60], size=wanted.size)
    return answer({"cases": [shapes.line(one) for one in found.lines], "after": found.after})


@router.get("/cases/{slug:number}", summary="一个案件：办理记录、计时、照片、可以做的操作", url_name="case")
def one(request: HttpRequest, number: str) -> HttpResponse:
    """One case, if the person may see it."""
    person = asked_by(request)
    found = cases.whole(number[:24], scope_of(person))
    if found is None:
        raise Refused("case_unknown")
    return answer(shapes.case(found, person.actor("api")))


@router.post(
    "/cases/{slug:number}/acts/{act}",
    summary="做一个操作",
    url_name="act",
    openapi_extra={
        "requestBody": {
            "description": "The fields that the act's `needs` name, `step` where it has steps, and the `version` seen.",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        "parameters": [
            {
                "in": "header",
                "name": "Idempotency-Key",
                "schema": {"type": "string", "maxLength": 80},
                "required": False,
            }
        ],
    },
)
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """Carry out one act. Another version than the one seen is refused with 409 and the new state."""
    person = asked_by(request)
    given = reading.body(request)
    step = reading.text(given, "step")
    found = cases.find(number[:24], scope_of(person))
    if found is None:
        raise Refused("case_unknown")
    done = actions.act(
        found.id,
        act,
        person.actor("api"),
        _form(act, step, given),
        step=step,
        version=_version(given),
        key=reading.key(request, person.id),
    )
    content = {"number": done.number, "state": shapes.word(done.state, STATES), "version": done.version}
    return answer(content | {"again": done.again})


def _form(act: str, step: str, given: dict[str, Any]) -> dict[str, Any]:
    """The act's fields; the rows of one act ask for the same, whatever the state."""
    row = next((r for r in ROWS if r.act == act and r.step == step), None)
    if row is None:
        raise Refused("unknown_act", act=ACTS[act] if act in ACTS else act[:20])
    return forms.read(row, given | {"pictures": reading.pictures(given)})


def _version(given: dict[str, Any]) -> int | None:
    value = given.get("version")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused("bad_field", field="version", why="要是整数")
    return value


@router.get("/inbox", summary="我的待办：任务和等我处理的案件", url_name="inbox")
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for this person: on-site tasks, and the cases of his posts' queues."""
    person = asked_by(request)
    scope = scope_of(person)
    states = tuple(dict.fromkeys(s for post in sorted(person.posts) for s in QUEUES.get(post, ())))
    waiting = page(Filters(states=states), scope, size=50).lines if states else ()
    return answer(
        {"tasks": [shapes.task(one) for one in tasks(scope)], "cases": [shapes.line(found) for found in waiting]}
    )
