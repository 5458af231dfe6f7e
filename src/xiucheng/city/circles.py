"""Who stands above himself (上级成环): found in what is there and what comes, before anything is written."""

from collections.abc import Hashable, Iterator, Mapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


def circles(above: Mapping[K, K | None]) -> Iterator[list[K]]:
    """Each circle once, from its first member upward; one that is its own parent is a circle of one."""
    done: set[K] = set()
    for start in above:
        way: list[K] = []
        here: K | None = start
        while here is not None and here not in done:
            done.add(here)
            way.append(here)
            here = above.get(here)
        if here in way:
            yield way[way.index(here) :]
