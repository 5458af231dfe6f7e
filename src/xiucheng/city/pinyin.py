"""The order of names (拼音排序): a stored key, because the wheel's PostgreSQL has no Chinese collation."""

from functools import lru_cache


@lru_cache(maxsize=65536)
def sort_key(name: str, most: int = 200) -> str:
    """`南坪街道` gives `nanpingjiedao`; what is not Chinese stays as it is, in small letters."""
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(name)).lower()[:most]
