"""Who may see what (谁能看什么): every address that the resolver knows, as every role, against a matrix written by hand.

`matrix.csv` holds the status for each role; `sign` means "sent to sign in", `yes` and `no` whether it may be entered, `any` that
there is nothing behind it to guard. An address without a line fails the test. Addresses of the administration share lines with `*`;
the first that fits counts.
"""

import csv
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests.district import District, build
from tests.road import take_to
from tests.staff import person, staff

from xiucheng.cases.models import Case, Report
from xiucheng.people.models import Account

MATRIX = Path(__file__).with_name("matrix.csv")
ROLES = (
    "anonymous", "operator", "shift_leader", "dispatcher", "officer", "unit", "handler", "leader", "system_admin",
    "security_admin", "audit_admin",
)  # fmt: skip
KEYS = {"desk:queue": "file", "desk:pulse": "file", "desk:export": "file", "field:act": "sign", "desk:decide": "1"}
ACTS = {"portal:follow": "urge", "api_follow_up": "urge", "api:act": "note", "field:report_back": "verify"}
KINDS = {"desk:people_import": "people", "desk:people_empty": "people", "desk:decide": "words"}


def addresses(node: Any = None, prefix: str = "", names: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Name and pattern of every address; one without a name goes by its pattern."""
    for found in (node or get_resolver()).url_patterns:
        if isinstance(found, URLResolver):
            yield from addresses(found, prefix + str(found.pattern), (*names, *filter(None, [found.namespace])))
        elif isinstance(found, URLPattern):
            text = prefix + str(found.pattern)
            yield ":".join((*names, found.name)) if found.name else text, text


def lines() -> list[dict[str, str]]:
    with MATRIX.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def line_for(name: str, known: list[dict[str, str]]) -> list[dict[str, str]]:
    """The lines of an address: its own, else the first shared one that fits."""
    own = [line for line in known if line["address"] == name]
    shared = [line for line in known if "*" in line["address"] and fnmatchcase(name, line["address"])]
    return own or shared[:1]


class Street:
    """What the addresses are filled with: a case of the road unit, its reporter's code."""

    def __init__(self, case: Case, somebody: Account) -> None:
        self.somebody = somebody.pk
        self.number = case.number
        self.token = Report.objects.get(case=case).token
        self.report = Report.objects.get(case=case).pk

    def path(self, name: str, pattern: str) -> str:
        """A real address of this pattern."""
        return "/" + "".join(self._part(name, part) for part in _split(pattern))

    def _part(self, name: str, part: str) -> str:
        if not part.startswith("<"):
            return part
        wanted = part.strip("<>").split(":")[-1]
        given = {
            "number": self.number, "token": self.token, "code": self.token, "key": KEYS.get(name, "note"),
            "act": ACTS.get(name, "note"), "kind": KINDS.get(name, "x"), "report": str(self.report),
            "size": "full", "sha256": "a" * 64, "seal": "b" * 16, "account": str(self.somebody), "rest": "nothing", "url": "nothing", "app_label": "city",
        }  # fmt: skip
        return given.get(wanted, "1")


def _split(pattern: str) -> list[str]:
    """`desk/case/<str:number>/` as text and parameters; patterns by expression are put into the same form."""
    text = pattern.replace("^", "").replace("$", "").replace("\\.", ".")
    parts, rest = [], text
    while "(?P<" in rest:
        before, _, after = rest.partition("(?P<")
        wanted, _, tail = after.partition(">")
        depth, end = 1, 0
        while depth:
            depth += {"(": 1, ")": -1}.get(tail[end], 0)
            end += 1
        parts += [before, f"<{wanted}>"]
        rest = tail[end:]
    parts.append(rest)
    found: list[str] = []
    for part in parts:
        if part.startswith("<") and part.endswith(">") and "/" not in part:
            found.append(part)
            continue
        text = part
        while "<" in text:
            before, _, after = text.partition("<")
            inner, _, text = after.partition(">")
            found += [before, f"<{inner}>"]
        found.append(text)
    return found


def outcome(answer: HttpResponseBase) -> str:
    """The status, or `sign` for "sign in first"."""
    if answer.status_code in {301, 302} and "sign-in" in answer.headers["Location"]:
        return "sign"
    if answer.status_code in {301, 302} and "/admin/login" in answer.headers["Location"]:
        return "sign"
    return str(answer.status_code)


def ask(signed_in: Client, method: str, path: str) -> str:
    """One request whose changes are taken back; signing out lasts for one request only."""
    client = Client(raise_request_exception=False)
    client.cookies.load({name: kept.value for name, kept in signed_in.cookies.items()})
    with transaction.atomic():
        if path.startswith("/api/") and method == "POST":
            answer = client.post(path, b"{}", content_type="application/json")
        else:
            answer = client.post(path) if method == "POST" else client.get(path)
        if answer.streaming:
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    return outcome(answer)


def entered(status: str) -> str:
    """Whether a page of the administration may be entered."""
    return "no" if status in {"sign", "401", "403", "404"} else "yes"


@pytest.fixture
def street(district: District) -> tuple[Street, dict[str, Account]]:
    house = staff(district)
    return Street(take_to("handling", district, house), house["leader"]), house


def test_every_address_has_a_line() -> None:
    known = lines()
    assert sorted({name for name, _ in addresses() if not line_for(name, known)}) == []


def test_every_line_has_an_address() -> None:
    known, names = lines(), {name for name, _ in addresses()}
    used = {line["address"] for name in names for line in line_for(name, known)}
    assert sorted({line["address"] for line in known} - used) == []


@pytest.mark.parametrize("role", ROLES)
def test_role_sees_what_the_matrix_says(role: str, street: tuple[Street, dict[str, Account]]) -> None:
    place, house = street
    client = Client(raise_request_exception=False)
    if role != "anonymous":
        client.force_login(house[role])
    known = lines()
    expected, seen = {}, {}
    for name, pattern in addresses():
        for line in line_for(name, known):
            status = ask(client, line["method"], place.path(name, pattern))
            key = f"{line['method']} {name} {pattern}"
            assert status != "500", key
            if line[role] != "any":
                expected[key], seen[key] = line[role], entered(status) if line[role] in {"yes", "no"} else status
    assert {k: v for k, v in seen.items() if expected[k] != v} == {k: v for k, v in expected.items() if seen[k] != v}


CASE_PAGES = (
    "/desk/case/{n}/", "/desk/case/{n}/sheet/", "/desk/case/{n}/act/note/form/", "/field/cases/{n}/", "/api/v1/cases/{n}",
)  # fmt: skip


@pytest.mark.parametrize("path", CASE_PAGES)
@pytest.mark.parametrize("post", ["unit", "handler"])
def test_people_of_another_unit_do_not_find_the_case(district: District, post: str, path: str) -> None:
    case = take_to("handling", district, staff(district))
    client = Client()
    client.force_login(person("外人", post, unit=district.other_unit))
    assert client.get(path.format(n=case.number)).status_code in {403, 404}


def test_one_residents_code_does_not_open_anothers_report(db: None) -> None:
    from xiucheng.cases import actions
    from xiucheng.rules.workflow import Actor

    build()
    first, second = (
        actions.submit(actions.Submission(channel="web", kind="complaint", words=words), Actor("resident"))
        for words in ("我的诉求一", "别人的诉求二")
    )
    page = Client().get(f"/t/{first.token}/").content.decode()
    assert (second.token in page, "别人的诉求二" in page, second.number in page) == (False, False, False)


def test_who_has_left_sees_nothing(district: District) -> None:
    house = staff(district)
    client = Client()
    client.force_login(house["operator"])
    Account.objects.filter(pk=house["operator"].pk).update(left_at="2026-01-01T00:00:00Z")
    assert [client.get(path).status_code for path in ("/desk/queue/file/", "/api/v1/cases")] == [403, 403]
