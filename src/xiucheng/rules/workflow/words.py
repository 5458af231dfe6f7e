"""The words of the workflow (状态、操作、类型、岗位): stored value, Chinese, English. Source: workflow.md, glossary.md."""

from typing import Final, NamedTuple


class Word(NamedTuple):
    """What the user sees for a stored value."""

    zh: str
    en: str


STATES: Final[dict[str, Word]] = {
    "to_register": Word("待受理", "to register"),
    "considering": Word("研办中", "considering"),
    "to_file": Word("待立案", "to file"),
    "verifying": Word("核实中", "verifying"),
    "to_dispatch": Word("待派遣", "to dispatch"),
    "handling": Word("处置中", "handling"),
    "to_check": Word("待核查", "to check"),
    "checking": Word("核查中", "checking"),
    "to_close": Word("待结案", "to close"),
    "suspended": Word("挂账", "suspended"),
    "disputed": Word("申请重办", "disputed"),
    "closed": Word("已结案", "closed"),
    "answered": Word("已答复", "answered"),
    "refused": Word("不予受理", "refused"),
    "declined": Word("不予立案", "declined"),
    "withdrawn": Word("已撤回", "withdrawn"),
    "merged": Word("已并案", "merged"),
    "void": Word("已作废", "void"),
}
OPEN: Final[frozenset[str]] = frozenset(list(STATES)[:11])
ENDED: Final[frozenset[str]] = frozenset(STATES) - OPEN

ACTS: Final[dict[str, Word]] = {
    "submit": Word("上报", "submit"),
    "register": Word("受理", "register"),
    "refuse": Word("不予受理", "refuse"),
    "consider": Word("转研办", "consider"),
    "answer": Word("答复", "answer"),
    "send_verify": Word("发核实", "send to verify"),
    "verify": Word("核实", "verify"),
    "file": Word("立案", "file"),
    "decline": Word("不予立案", "decline"),
    "object": Word("申请复核", "object"),
    "withdraw": Word("撤回", "withdraw"),
    "dispatch": Word("派遣", "dispatch"),
    "sign": Word("签收", "sign"),
    "assign": Word("分派", "assign"),
    "return": Word("回退", "return"),
    "transfer": Word("改派", "transfer"),
    "feed_back": Word("反馈", "feed back"),
    "send_check": Word("发核查", "send to check"),
    "check": Word("核查通过", "check"),
    "rework": Word("返工", "rework"),
    "close": Word("结案", "close"),
    "dispute": Word("申请重办", "dispute"),
    "reopen": Word("重办", "reopen"),
    "uphold": Word("维持结案", "uphold"),
    "suspend": Word("挂账", "suspend"),
    "resume": Word("恢复", "resume"),
    "merge": Word("并案", "merge"),
    "unmerge": Word("拆案", "unmerge"),
    "void": Word("作废", "void"),
    "extend": Word("延期", "extend"),
    "urge": Word("催办", "urge"),
    "supplement": Word("补充", "supplement"),
    "note": Word("备注", "note"),
    "supervise": Word("督办", "supervise"),
    "claim": Word("认领", "claim"),
    "call_back": Word("回访", "call back"),
    "verdict": Word("评价", "verdict"),
    "appeal": Word("超期申诉", "appeal"),
    "import": Word("迁入", "import"),
}

STEPS: Final[dict[str, Word]] = {
    "": Word("", ""),
    "ask": Word("申请", "ask"),
    "agree": Word("初审同意", "agree"),
    "grant": Word("批准", "grant"),
    "deny": Word("驳回", "deny"),
}

KINDS: Final[dict[str, Word]] = {
    "complaint": Word("投诉", "complaint"),
    "help": Word("求助", "request for help"),
    "question": Word("咨询", "question"),
    "suggestion": Word("建议", "suggestion"),
    "praise": Word("表扬", "praise"),
}
PROBLEMS: Final[frozenset[str]] = frozenset({"complaint", "help"})

POSTS: Final[dict[str, Word]] = {
    "resident": Word("反映人", "reporter"),
    "operator": Word("受理员", "operator"),
    "shift_leader": Word("值班长", "shift leader"),
    "dispatcher": Word("派遣员", "dispatcher"),
    "officer": Word("巡查员", "patrol officer"),
    "chief": Word("五长", "chief"),
    "unit": Word("责任单位", "unit"),
    "handler": Word("处置人员", "handler"),
    "leader": Word("领导", "leader"),
    "system": Word("平台", "the platform"),
    "importer": Word("迁入", "the import command"),
}

CLOCKS: Final[dict[str, Word]] = {
    "registration": Word("受理", "registration"),
    "filing": Word("立案", "filing"),
    "verification": Word("核实", "verification"),
    "dispatch": Word("派遣", "dispatch"),
    "handling": Word("处置", "handling"),
    "first_step": Word("先行制止", "first step"),
    "closing": Word("结案", "closing"),
    "check": Word("核查", "check"),
    "reply": Word("答复", "reply"),
    "dispute": Word("重办审核", "dispute"),
    "answer_by": Word("督办回复", "answer by"),
}

GOVERNS: Final[dict[str, str]] = {
    "to_register": "registration",
    "considering": "reply",
    "to_file": "filing",
    "verifying": "verification",
    "to_dispatch": "dispatch",
    "handling": "handling",
    "to_check": "closing",
    "checking": "check",
    "to_close": "closing",
    "disputed": "dispute",
}
"""Which clock is the deadline of a state; a suspended case has none."""


def named(act: str, step: str = "", *, english: bool = False) -> str:
    """An act with its step in words: `申请延期`, `延期初审同意`, `批准延期`; unknown words stay as they are."""
    text = ACTS[act][english] if act in ACTS else act
    if not step:
        return text
    extra = STEPS[step][english] if step in STEPS else step
    if english:
        return f"{extra} {'to ' if step in {'ask', 'agree'} else ''}{text}"
    return f"{extra}{text}" if step in {"ask", "grant", "deny"} else f"{text}{extra}"
