"""The law of the trade (流程): the table of acts and the one question `decide`."""

from xiucheng.rules.workflow.decide import decide, offers
from xiucheng.rules.workflow.facts import SETTINGS, Actor, Decision, Law, Snapshot, StandardFacts
from xiucheng.rules.workflow.rows import ROWS, Row, find
from xiucheng.rules.workflow.timing import extended
from xiucheng.rules.workflow.words import ACTS, CLOCKS, ENDED, GOVERNS, KINDS, OPEN, POSTS, PROBLEMS, STATES, STEPS

__all__ = [
    "ACTS", "CLOCKS", "ENDED", "GOVERNS", "KINDS", "OPEN", "POSTS", "PROBLEMS", "ROWS", "SETTINGS", "STATES", "STEPS",
    "Actor", "Decision", "Law", "Row", "Snapshot", "StandardFacts", "decide", "extended", "find", "offers",
]  # fmt: skip
