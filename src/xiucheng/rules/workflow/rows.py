"""The law of the trade as a table (流程表): every act, from where to where, who may, what it needs, what it does to the clocks.

`to` is a state, `=` (stays) or `<` (the state before). `clocks` are verbs that `timing` carries out. `guards` are conditions by name.
Source: the district's process for 12319 cases; the sheet workflow.md of the design.
"""

from dataclasses import dataclass
from typing import Final

from xiucheng.rules.workflow import needs as n
from xiucheng.rules.workflow.words import ENDED, OPEN, STATES


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    act: str
    step: str
    sources: frozenset[str]
    to: str
    who: frozenset[str]
    needs: tuple[n.Need, ...]
    guards: tuple[str, ...]
    clocks: tuple[str, ...]
    tells: tuple[str, ...]
    why: str

    @property
    def key(self) -> str:
        """`act` or `act.step`."""
        return f"{self.act}.{self.step}" if self.step else self.act


def _row(
    key: str,
    sources: str,
    to: str,
    who: str,
    *,
    needs: tuple[n.Need, ...] = (),
    guards: str = "",
    clocks: str = "",
    tells: str = "",
    why: str,
) -> Row:
    act, _, step = key.partition(".")
    named = {"-": frozenset({""}), "open": OPEN, "any_ended": ENDED}.get(sources) or frozenset(sources.split())
    verbs, told = tuple(clocks.split()), tuple(tells.split())
    return Row(act, step, named, to, frozenset(who.split()), needs, tuple(guards.split()), verbs, told, why)


ROWS: Final[tuple[Row, ...]] = (
    _row(
        "submit", "-", "to_register", "resident operator officer chief leader handler unit system",
        needs=(n.REPORT, n.PLACE), guards="words_or_picture", clocks="start:registration",
        why="任何人、任何渠道都能反映；先收下再说。",
    ),
    _row(
        "register", "to_register", "to_file", "operator system", needs=(n.optional(n.CATEGORY), n.KIND, n.PLACE),
        guards="problem_now", clocks="stop:registration start:filing", tells="reporter", why="受理就要告诉反映人；类别一时不清可以先受理。",
    ),
    _row(
        "refuse", "to_register", "refused", "operator", needs=(n.REASON, n.WHOSE, n.BODY), clocks="stop:all",
        tells="reporter body", why="不归中心管的，要说清归谁管并转告。",
    ),
    _row(
        "consider", "to_register", "considering", "operator", needs=(n.UNIT, n.UNTIL), guards="second_track future year",
        clocks="stop:registration date:reply", tells="unit reporter", why="建议走第二条线：牵头单位研究，按约定日期答复。",
    ),
    _row(
        "answer", "to_register to_file", "answered", "operator", needs=(n.WORDS,), guards="answerable", clocks="stop:all",
        tells="reporter", why="咨询、表扬、建议能当场答复的就当场答复。",
    ),
    _row(
        "answer", "considering", "answered", "operator unit", needs=(n.WORDS,), guards="own_unit", clocks="stop:all",
        tells="reporter", why="研办的结果由牵头单位答复，公开可查。",
    ),
    _row(
        "send_verify", "to_file", "verifying", "operator shift_leader system", needs=(n.PERSON,),
        clocks="pause:filing start:verification", tells="verifier", why="看不准的先到现场核实；等待不算受理员的时间。",
    ),
    _row(
        "verify", "verifying", "to_file", "officer chief", needs=(n.FINDING, n.SEEN, n.optional(n.WORDS), n.PLACE),
        guards="own_task", clocks="stop:verification resume:filing", why="核实在立案之前，现场照片为证。",
    ),
    _row(
        "file", "to_file", "to_dispatch", "shift_leader system",
        needs=(n.optional(n.CATEGORY), n.STANDARD, n.PLACE), guards="problem standard placed",
        clocks="stop:filing start:dispatch", tells="reporter", why="没有立案条件不立案；时限从这里有了依据。",
    ),
    _row(
        "decline", "to_file", "declined", "shift_leader", needs=(n.REASON, n.WORDS), clocks="stop:all",
        tells="reporter", why="看过了但不符合条件，要有理由、有回复。",
    ),
    _row(
        "object", "refused declined", "to_file", "resident shift_leader", needs=(n.WORDS,), guards="within_days",
        clocks="start:filing", tells="shift_leaders", why="对不予受理、不予立案不服，可以申请复核。",
    ),
    _row(
        "withdraw", "to_register to_file verifying", "withdrawn", "resident", guards="alone",
        needs=(n.optional(n.WORDS),), clocks="stop:all", why="还没立案的，反映人可以撤回。",
    ),
    _row(
        "dispatch", "to_dispatch", "handling", "dispatcher system", needs=(n.UNIT, n.HELPERS),
        guards="standard_kept", clocks="stop:dispatch handling", tells="unit",
        why="直达责任单位；同一单位再派，时间接着算。",
    ),
    _row("sign", "handling", "=", "unit handler", guards="own_unit", why="签收时间可查。"),
    _row(
        "assign", "handling", "=", "unit", needs=(n.PERSON, n.TEAM), guards="own_unit somebody", tells="handler",
        why="单位内部分派到人或班组。",
    ),
    _row(
        "return", "handling", "to_dispatch", "unit handler", needs=(n.REASON,), guards="own_unit",
        clocks="pause:handling pause:first_step start:dispatch", tells="dispatchers", why="不是自己的要写明理由退回，不能压着不办。",
    ),
    _row(
        "transfer", "handling", "=", "dispatcher", needs=(n.UNIT, n.REASON), guards="other_unit",
        clocks="take_away handling", tells="unit old_unit", why="中心改派，原单位不担超时责任。",
    ),
    _row(
        "feed_back", "handling", "to_check", "unit handler", needs=(n.AFTER, n.WORDS), guards="own_unit",
        clocks="freeze:handling stop:first_step start:closing", why="以处置后照片为证；是否超时在此定格。",
    ),
    _row(
        "send_check", "to_check", "checking", "operator system", needs=(n.PERSON,),
        clocks="pause:closing start:check", tells="checker", why="办的人不能自己说办好了，要有人去看。",
    ),
    _row(
        "check", "checking", "to_close", "officer chief", needs=(n.SEEN, n.CONDITION, n.optional(n.WORDS)),
        guards="own_task", clocks="stop:check resume:closing", why="核查在处置之后，以现场照片和结案条件为准。",
    ),
    _row(
        "rework", "checking", "handling", "officer", needs=(n.REASON, n.SEEN), guards="own_task",
        clocks="stop:check stop:closing rework", tells="unit", why="没办好就返工，接着用剩下的时间，至少两个工作时。",
    ),
    _row(
        "rework", "to_close", "handling", "shift_leader", needs=(n.REASON, n.optional(n.SEEN)),
        clocks="stop:closing rework", tells="unit", why="值班长结案前发现没办好，也可返工。",
    ),
    _row(
        "close", "to_close", "closed", "shift_leader system", needs=(n.CLOSING,),
        guards="not_returned closing_condition", clocks="stop:all", tells="reporter",
        why="结案条件必须是立案标准自己的那一条。",
    ),
    _row(
        "dispute", "closed", "disputed", "resident", needs=(n.WORDS,), guards="within_days", clocks="start:dispute",
        tells="shift_leaders", why="反映人说没解决，值班长必须看到。",
    ),
    _row(
        "reopen", "disputed", "handling", "shift_leader", needs=(n.UNIT, n.optional(n.REASON)),
        clocks="stop:dispute new_handling", tells="unit reporter", why="重办给新的时限。",
    ),
    _row(
        "uphold", "disputed", "closed", "shift_leader", needs=(n.REASON,), guards="called_back", clocks="stop:all",
        tells="reporter", why="回访之后认为确已办好，写明理由维持结案。",
    ),
    _row(
        "suspend.ask", "handling", "=", "unit", needs=(n.REASON, n.UNTIL),
        guards="own_unit no_ask suspendable future year", tells="dispatchers", why="确有客观原因的可以申请挂账一次。",
    ),
    _row(
        "suspend.ask", "to_dispatch", "=", "dispatcher", needs=(n.REASON, n.UNTIL),
        guards="no_ask suspendable future year", tells="shift_leaders", why="暂时无处可派的，派遣员可以申请挂账。",
    ),
    _row(
        "suspend.agree", "to_dispatch handling", "=", "dispatcher", guards="asked:suspend:0", tells="shift_leaders",
        why="挂账两级审批：先派遣员。",
    ),
    _row(
        "suspend.grant", "to_dispatch handling", "suspended", "shift_leader",
        guards="asked:suspend:1 second_person still_ahead suspendable", clocks="pause:handling pause:dispatch pause:first_step",
        tells="unit reporter", why="再值班长；挂账期间不计时。",
    ),
    _row(
        "suspend.deny", "to_dispatch handling", "=", "dispatcher shift_leader", needs=(n.REASON,),
        guards="asked:suspend", tells="unit", why="不同意要写理由。",
    ),
    _row(
        "resume", "suspended", "<", "system dispatcher", clocks="resume_prior",
        tells="unit", why="到日子自动恢复，时间接着算。",
    ),
    _row(
        "merge", "open", "merged", "operator shift_leader system", needs=(n.CASE,), guards="mergeable",
        clocks="freeze_all", tells="reporter", why="同一个问题只办一次，反映人跟着主案件走。",
    ),
    _row(
        "unmerge", "merged", "<", "operator shift_leader", needs=(n.REASON,), clocks="thaw_all", tells="reporter",
        why="并错了要能拆开，就像从没并过。",
    ),
    _row(
        "void", "open", "void", "shift_leader", needs=(n.REASON,), clocks="stop:all", tells="reporter",
        why="立错的案作废，计入立案准确率。",
    ),
    _row(
        "extend.ask", "handling", "=", "unit", needs=(n.REASON,), guards="own_unit no_ask extendable",
        tells="dispatchers", why="超时之前可以申请延期，最多两次。",
    ),
    _row(
        "extend.agree", "handling", "=", "dispatcher", guards="asked:extend:0", tells="shift_leaders",
        why="延期两级审批：先派遣员。",
    ),
    _row(
        "extend.grant", "handling", "=", "shift_leader", guards="asked:extend:1 second_person",
        clocks="extend:handling", tells="unit", why="再值班长；每次加一个原时限。",
    ),
    _row(
        "extend.deny", "handling", "=", "dispatcher shift_leader", needs=(n.REASON,), guards="asked:extend",
        tells="unit", why="不同意要写理由。",
    ),
    _row(
        "urge", "open", "=", "resident operator shift_leader dispatcher leader", needs=(n.optional(n.WORDS),),
        tells="holder", why="反映人和中心都可以催。",
    ),
    _row(
        "supplement", "open", "=", "resident operator officer", needs=(n.WORDS,), tells="holder",
        why="后来想起来的也算数。",
    ),
    _row(
        "note", "open", "=", "operator shift_leader dispatcher officer unit handler leader chief system",
        needs=(n.WORDS, n.STOPPED), guards="own_unit", clocks="stopped:first_step recount", why="办理中的情况随手记下。",
    ),
    _row(
        "supervise", "open", "=", "shift_leader leader system", needs=(n.LEVEL, n.WORDS), clocks="start:answer_by",
        tells="unit", why="上面盯着，下面要在期限内回话。",
    ),
    _row(
        "claim", "open", "=", "unit", needs=(n.CLAIM, n.optional(n.WORDS)), clocks="stop:answer_by",
        tells="dispatchers", why="归属不清的，由可能的产权单位认领。",
    ),
    _row(
        "call_back", "closed disputed", "=", "operator shift_leader",
        needs=(n.REACHED, n.optional(n.RATING), n.optional(n.WORDS)), why="电话反映的人，在电话里评价。",
    ),
    _row(
        "verdict", "closed", "=", "resident", needs=(n.RATING, n.optional(n.WORDS)), guards="within_days",
        why="办得好不好，反映人说了算。",
    ),
    _row(
        "appeal.ask", "closed", "=", "unit", needs=(n.REASON,), guards="own_unit no_ask was_overdue appeal_once",
        tells="dispatchers", why="超时另有原因的，单位可以申诉一次。",
    ),
    _row(
        "appeal.agree", "closed", "=", "dispatcher", guards="asked:appeal:0", tells="shift_leaders",
        why="申诉两级审批：先派遣员。",
    ),
    _row(
        "appeal.grant", "closed", "=", "shift_leader", guards="asked:appeal:1 second_person", tells="unit",
        why="再值班长；通过的不计超时，痕迹保留。",
    ),
    _row(
        "appeal.deny", "closed", "=", "dispatcher shift_leader", needs=(n.REASON,), guards="asked:appeal",
        tells="unit", why="不同意要写理由。",
    ),
    _row("import", "-", "any", "importer", why="旧系统的案件带着自己的时间和期限进来。"),
)  # fmt: skip

assert frozenset(STATES) == OPEN | ENDED


def find(act: str, step: str, state: str) -> Row | None:
    """The row for this act in this state; None where the table has none."""
    for row in ROWS:
        if row.act == act and row.step == step and state in row.sources:
            return row
    return None
