"""Every row of the workflow, by hand (流程表对照): act, from, to, who. Whoever changes a row has to change it here as well."""

import copy
from typing import Final

import pytest
from tests.rules.law import FORMS, LAW, NOW, POSTS, actor, fitting

from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import ACTS, OPEN, ROWS, STATES, decide, offers

EVERY_OPEN: Final = (
    "to_register considering to_file verifying to_dispatch handling to_check checking to_close suspended disputed"
)
TABLE: Final = f"""
submit        | -                              | to_register | resident operator officer chief leader handler unit system
register      | to_register                    | to_file     | operator system
refuse        | to_register                    | refused     | operator
consider      | to_register                    | considering | operator
answer        | to_register to_file            | answered    | operator
answer        | considering                    | answered    | operator unit
send_verify   | to_file                        | verifying   | operator shift_leader system
verify        | verifying                      | to_file     | officer chief
file          | to_file                        | to_dispatch | shift_leader system
decline       | to_file                        | declined    | shift_leader
object        | refused declined               | to_file     | resident shift_leader
withdraw      | to_register to_file verifying  | withdrawn   | resident
dispatch      | to_dispatch                    | handling    | dispatcher system
sign          | handling                       | handling    | unit handler
assign        | handling                       | handling    | unit
return        | handling                       | to_dispatch | unit handler
transfer      | handling                       | handling    | dispatcher
feed_back     | handling                       | to_check    | unit handler
send_check    | to_check                       | checking    | operator system
check         | checking                       | to_close    | officer chief
rework        | checking                       | handling    | officer
rework        | to_close                       | handling    | shift_leader
close         | to_close                       | closed      | shift_leader system
dispute       | closed                         | disputed    | resident
reopen        | disputed                       | handling    | shift_leader
uphold        | disputed                       | closed      | shift_leader
suspend.ask   | handling                       | handling    | unit
suspend.ask   | to_dispatch                    | to_dispatch | dispatcher
suspend.agree | to_dispatch handling           | =           | dispatcher
suspend.grant | to_dispatch handling           | suspended   | shift_leader
suspend.deny  | to_dispatch handling           | =           | dispatcher shift_leader
resume        | suspended                      | handling    | system dispatcher
merge         | {EVERY_OPEN}                   | merged      | operator shift_leader system
unmerge       | merged                         | handling    | operator shift_leader
void          | {EVERY_OPEN}                   | void        | shift_leader
extend.ask    | handling                       | handling    | unit
extend.agree  | handling                       | handling    | dispatcher
extend.grant  | handling                       | handling    | shift_leader
extend.deny   | handling                       | handling    | dispatcher shift_leader
urge          | {EVERY_OPEN}                   | =           | resident operator shift_leader dispatcher leader
supplement    | {EVERY_OPEN}                   | =           | resident operator officer
note          | {EVERY_OPEN}                   | =           | operator shift_leader dispatcher officer unit handler leader chief system
supervise     | {EVERY_OPEN}                   | =           | shift_leader leader system
claim         | {EVERY_OPEN}                   | =           | unit
call_back     | closed disputed                | =           | operator shift_leader
verdict       | closed                         | closed      | resident
appeal.ask    | closed                         | closed      | unit
appeal.agree  | closed                         | closed      | dispatcher
appeal.grant  | closed                         | closed      | shift_leader
appeal.deny   | closed                         | closed      | dispatcher shift_leader
"""
Line = tuple[str, str, str, frozenset[str]]


def lines() -> list[Line]:
    """One line per act and state."""
    found: list[Line] = []
    for text in TABLE.strip().splitlines():
        key, sources, to, who = (part.strip() for part in text.split("|"))
        for source in sources.split():
            state = "" if source == "-" else source
            found.append((key, state, state if to == "=" else to, frozenset(who.split())))
    return found


LINES: Final = lines()


def outcome(key: str, state: str, post: str) -> str:
    """The new state, or the code of the refusal."""
    act, _, step = key.partition(".")
    who = actor(post, key="1" if step == "agree" else "7")
    if key.endswith(".deny") and post == "dispatcher":
        case = fitting(key.replace("deny", "agree"), state)
    else:
        case = fitting(key, state)
    try:
        return decide(case, act, who, FORMS[key], NOW, LAW, step=step).to
    except Refused as refusal:
        return refusal.code


@pytest.mark.parametrize(("key", "state", "to", "who"), LINES, ids=[f"{k}-{s or 'new'}" for k, s, _, _ in LINES])
def test_act_leads_where_the_table_says_and_only_for_whom(key: str, state: str, to: str, who: frozenset[str]) -> None:
    expected = {post: to if post in who else "not_allowed" for post in POSTS}
    assert {post: outcome(key, state, post) for post in POSTS} == expected


def test_the_table_here_and_the_law_have_the_same_rows() -> None:
    law = {(row.key, source) for row in ROWS for source in row.sources if row.act != "import"}
    assert law == {(key, state) for key, state, _, _ in LINES}
    assert len([row for row in ROWS if row.act == "import"]) == 1


@pytest.mark.parametrize("key", sorted({key for key, *_ in LINES}))
def test_act_is_refused_in_every_other_state(key: str) -> None:
    posts = {key: sorted(who)[0] for key, _, _, who in LINES}
    elsewhere = [s for s in ("", *STATES) if (key, s) not in {(k, s) for k, s, _, _ in LINES}]
    assert {outcome(key, state, posts[key]) for state in elsewhere} == {"wrong_state"}


def test_import_is_only_for_the_import_command() -> None:
    act = next(row for row in ROWS if row.act == "import")
    assert (act.who, act.sources) == (frozenset({"importer"}), frozenset({""}))


def test_unknown_act_is_refused() -> None:
    with pytest.raises(Refused, match="unknown_act"):
        decide(fitting("sign", "handling"), "dance", actor("unit"), {}, NOW, LAW)


def test_every_act_has_a_row_and_every_row_a_reason() -> None:
    assert {row.act for row in ROWS} == set(ACTS)
    assert [row.key for row in ROWS if not row.why] == []


@pytest.mark.parametrize(("key", "state"), [(k, s) for k, s, _, _ in LINES])
def test_decide_is_pure(key: str, state: str) -> None:
    act, _, step = key.partition(".")
    post = next(sorted(who)[0] for k, s, _, who in LINES if (k, s) == (key, state))
    if key.endswith(".deny"):
        post = "shift_leader"
    case, form = fitting(key, state), FORMS[key]
    kept = copy.deepcopy((case, form))
    first, second = (decide(case, act, actor(post, key="9"), form, NOW, LAW, step=step) for _ in range(2))
    assert (first, (case, form)) == (second, kept)


def test_offers_are_what_decide_would_grant() -> None:
    """A button is never shown that the law would refuse for state, post or unit."""
    for state in [*sorted(OPEN), "closed"]:
        for post in POSTS:
            refused = {"wrong_state", "not_allowed"}
            keys = {row.key for row in offers(fitting("note", state), actor(post))}
            assert [key for key in keys if outcome(key, state, post) in refused] == []


def test_buttons_of_another_unit_are_hidden() -> None:
    stranger = actor("unit", unit=2)
    assert [row.key for row in offers(fitting("sign", "handling"), stranger)] == ["claim"]
