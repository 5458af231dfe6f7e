"""Questions to the people's registers (人员查询): who holds which post, who is on duty, who has read what."""

from xiucheng.people.queries.holders import CENTRE, Holder, holder

__all__ = ["CENTRE", "Holder", "holder"]
