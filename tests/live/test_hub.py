"""The hub: everybody hears what he follows, and what he missed."""

from typing import Any

from xiucheng.live.hub import BACKLOG, RESET, Hub, Listener
from xiucheng.live.topics import Interest, split, told


def batch(case: int = 7, before: str = "to_register", after: str = "to_file", training: int = 0) -> dict[str, Any]:
    return {"e": [[1, case, f"A{case}", 2, "register", before, after, 3, 0, training]], "n": ["unit:3"]}


FOLLOWS = Interest({"case:7": "case:A7"}, {})
HEARD = {"topics": ["case:A7"], "cases": [{"number": "A7", "state": "to_file", "act": "register", "version": 2}]}


def test_told_of_a_followed_case() -> None:
    assert told(FOLLOWS, batch()) == HEARD


def test_told_of_another_case_is_nothing() -> None:
    assert told(FOLLOWS, batch(8)) is None


def test_told_of_both_queues_that_a_case_touches() -> None:
    both = Interest({"queue:to_register": "queue:to_register", "queue:to_file": "queue:to_file"}, {})
    heard = told(both, batch())
    assert heard is not None and heard["topics"] == ["queue:to_file", "queue:to_register"]


def test_told_of_the_map_names_no_case() -> None:
    assert told(Interest({"map": "map"}, {}), batch()) == {"topics": ["map"], "cases": []}


def test_told_of_the_inbox() -> None:
    assert told(Interest({}, {"unit:3": "inbox", "account:1": "inbox"}), batch()) == {"topics": ["inbox"], "cases": []}


def test_told_of_training_is_for_training_only() -> None:
    assert told(FOLLOWS, batch(training=1)) is None


def test_hear_reaches_a_listener() -> None:
    hub, listener = Hub("e"), Listener(FOLLOWS)
    hub.listeners.add(listener)
    hub.hear(batch())
    assert listener.queue.get_nowait() == ("e-1", HEARD)


def test_missed_since_a_mark() -> None:
    hub = Hub("e")
    for case in (7, 8, 7):
        hub.hear(batch(case))
    assert list(hub.missed(FOLLOWS, "e-1")) == [("e-3", HEARD)]


def test_missed_nothing_at_the_newest_mark() -> None:
    hub = Hub("e")
    hub.hear(batch())
    assert list(hub.missed(FOLLOWS, "e-1")) == []


def test_missed_with_the_mark_of_a_dead_process_is_a_reset() -> None:
    hub = Hub("e")
    hub.hear(batch())
    assert list(hub.missed(FOLLOWS, "old-1")) == [("e-1", RESET)]


def test_missed_across_a_reset_is_a_reset() -> None:
    hub = Hub("e")
    hub.hear(batch())
    hub.reset()
    assert list(hub.missed(FOLLOWS, "e-1")) == [("e-2", RESET)]


def test_slow_listener_is_told_to_ask_again() -> None:
    hub, listener = Hub("e"), Listener(FOLLOWS)
    hub.listeners.add(listener)
    for _ in range(BACKLOG + 1):
        hub.hear(batch())
    assert (listener.queue.qsize(), listener.queue.get_nowait()[1]) == (1, RESET)


def test_split_drops_repetition() -> None:
    assert split("map, map,,inbox") == ["map", "inbox"]
