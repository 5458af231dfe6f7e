"""The only place where a case changes (案件操作)."""

from xiucheng.cases.actions.act import Outcome, act
from xiucheng.cases.actions.submit import Submission, Submitted, new_token, submit

__all__ = ["Outcome", "Submission", "Submitted", "act", "new_token", "submit"]
