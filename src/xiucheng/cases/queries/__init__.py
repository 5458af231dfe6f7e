"""Reads of cases (案件查询) in plain SQL: lists, counts, one case, near ones, the map, search. Every face uses these."""

from xiucheng.cases.queries.scope import ALL, Scope

__all__ = ["ALL", "Scope"]
