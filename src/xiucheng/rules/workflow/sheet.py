"""The table as a page for people (流程表文档): states, diagram, acts, all from the table itself. `make docs` writes it."""

from typing import Final

from xiucheng.rules.workflow.facts import SETTINGS
from xiucheng.rules.workflow.needs import Need
from xiucheng.rules.workflow.rows import ROWS, Row
from xiucheng.rules.workflow.words import ACTS, CLOCKS, ENDED, GOVERNS, OPEN, POSTS, STATES, STEPS

HEAD: Final = """# 案件流程 · The workflow

这一页由 `rules/workflow` 的流程表生成（`make docs`），不要手改；与表不一致时测试会失败。
This page is written from the table in `rules/workflow` (`make docs`); a test fails when they differ.
"""
_VERBS: Final = {
    "start": ("开始{k}", "{k} starts"),
    "stop": ("{k}停", "{k} stops"),
    "pause": ("{k}暂停", "{k} pauses"),
    "resume": ("{k}续计", "{k} goes on"),
    "drop": ("{k}作罢", "{k} is dropped without blame"),
    "freeze": ("{k}定格", "{k} ends: on time or overdue"),
    "extend": ("{k}加一个原时限", "{k} gets one original limit more"),
    "date": ("{k}到约定日期", "{k} until the agreed date"),
    "stopped": ("已制止则停{k}", "{k} stops when done"),
    "handling": ("开始或续计处置", "handling starts, or goes on for the same unit"),
    "take_away": ("原单位的处置计时作罢", "the old unit's clocks are dropped without blame"),
    "resume_prior": ("挂账时停住的续计", "what stood still with the suspension goes on"),
    "new_handling": ("重新计处置", "a new handling clock"),
    "rework": ("处置用剩余时间，至少两个工作时", "handling goes on, at least 2 working hours"),
    "recount": ("日历更正时重算", "counted anew when the calendar was corrected"),
    "freeze_all": ("全部停住", "all stand still"),
    "thaw_all": ("全部续计", "all go on as if never merged"),
}


def _state(key: str) -> str:
    return {"": "–", "any": "任何 any", "=": "（不变 stays）", "<": "（原状态 the state before）"}.get(key) or STATES[
        key
    ].zh


def _sources(row: Row) -> str:
    if row.sources == OPEN:
        return "在办的 open"
    return "、".join(_state(key) for key in ("", *STATES) if key in row.sources)


def _clock(verb: str) -> str:
    name, _, kind = verb.partition(":")
    zh, en = _VERBS[name]
    word = CLOCKS.get(kind)
    return f"{zh.format(k=word.zh if word else '全部')} / {en.format(k=word.en if word else 'all')}"


def _need(need: Need) -> str:
    return need.zh if need.required else f"（{need.zh}）"


def _act(row: Row) -> str:
    step = STEPS[row.step]
    return f"`{row.key}` {ACTS[row.act].zh}{step.zh}"


def table() -> str:
    """Every row of the table as a row of Markdown."""
    lines = [
        "| 操作 act | 从 from | 到 to | 谁 who | 要什么 needs | 条件 guards | 计时 clocks | 告诉 tells | 为什么 why |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in ROWS:
        who = "、".join(word.zh for key, word in POSTS.items() if key in row.who)
        cells = (
            _act(row), _sources(row), _state(row.to), who, "、".join(map(_need, row.needs)), " ".join(row.guards),
            "；".join(map(_clock, row.clocks)), " ".join(row.tells), row.why,
        )  # fmt: skip
        lines.append("| " + " | ".join(cell or "–" for cell in cells) + " |")
    return "\n".join(lines)


def diagram() -> str:
    """The ways between states as a Mermaid diagram; acts from every open state are left out."""
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'  state "{word.zh} {key}" as {key}' for key, word in STATES.items()]
    for row in ROWS:
        if row.sources == OPEN or row.to in {"=", "any"}:
            continue
        for source in [key for key in ("", *STATES) if key in row.sources]:
            targets = ("to_dispatch", "handling") if row.to == "<" and source == "suspended" else (row.to,)
            lines += [f"  {source or '[*]'} --> {to}: {ACTS[row.act].zh}" for to in targets if to != "<"]
    lines += [f"  {key} --> [*]" for key in STATES if key in ENDED]
    return "\n".join([*lines, "```"])


def states() -> str:
    """The states, which of them are open, and whose deadline each one shows."""
    lines = ["| 状态 state | 中文 | English | 在办 open | 截止时间看 deadline of |", "|---|---|---|---|---|"]
    for key, word in STATES.items():
        clock = CLOCKS[GOVERNS[key]].zh if key in GOVERNS else "–"
        lines.append(f"| `{key}` | {word.zh} | {word.en} | {'是 yes' if key in OPEN else '否 no'} | {clock} |")
    return "\n".join(lines)


def limits() -> str:
    """The defaults of the stages; a district's settings replace them."""
    lines = ["| 参数 setting | 默认 default |", "|---|---|"]
    for key, value in SETTINGS.items():
        word = CLOCKS.get(key)
        shown = f"{value} 天 days" if key.endswith("_days") else f"{value // 60} 分钟工作时间 min of working time"
        lines.append(f"| `{key}` {word.zh if word else ''} | {shown} |")
    return "\n".join(lines)


def page() -> str:
    """The whole document."""
    parts = [
        HEAD,
        "## 状态 · States\n",
        states(),
        "\n## 走法 · Ways\n",
        diagram(),
        "\n“并案”“作废”等从任何在办状态都可以走的，图上不画，见下表。"
        "\nActs that are possible from every open state (merge, void …) stand in the table only.\n",
        "## 操作 · Acts\n",
        table(),
        "\n括号里的要素可以不填。Fields in brackets are optional.\n",
        "## 时限默认值 · Defaults of the stages\n",
        limits(),
    ]
    return "\n".join(parts) + "\n"
