"""What everybody does (角色): for a case in a state, who acts next, how, and after how many minutes of the demo's clock."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from xiucheng.run.demo.client import Client
from xiucheng.run.demo.scenes import scene
from xiucheng.run.demo.troupe import Troupe

Case = dict[str, Any]

DONE: Final = (
    "已到现场处理完毕，请核查。", "更换了损坏部分，现场已清理。", "已修复，安排人员加强巡查。", "问题属实，已当场整改到位。",
    "班组连夜处理，路面已恢复。", "已协调处理完成，附处置后照片。",
)  # fmt: skip
RETURNS: Final = ("经现场查看，该设施不属于我单位管养，请改派权属单位。", "地点不在我单位辖区内，请核实后改派。")
EXTENDS: Final = ("配件需要定制，厂家明天到货。", "连续降雨无法施工，申请延期。")
SUSPENDS: Final = ("已列入本季度改造计划，届时一并实施。",)
ANSWERS: Final = (
    "您好，您咨询的事项可到所在街道城管窗口或政务服务中心办理，工作日9:00至17:00，电话12319随时可查进度。",
    "您好，已为您查到相关规定并转相关科室备案，如需进一步帮助请拨打12319。",
)
STUDIED: Final = (
    "您的建议很好，已纳入明年公共设施更新计划，实施时间会在门户公布。",
    "经现场踏勘，近期将先行试点，感谢您的建议。",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One act to come: minutes on the demo's clock from now, who, which act, with what."""

    minutes: float
    who: Callable[[], Client | None]
    act: str
    form: dict[str, Any]
    step: str = ""
    picture: str = ""


class Play:
    """Decides what happens next to a case; the truth of each report is known to the play only."""

    def __init__(self, troupe: Troupe, now: Callable[[], dt.datetime]) -> None:
        self.troupe = troupe
        self.dice = troupe.dice
        self.now = now
        self.truth: dict[str, str] = {}
        self.corners: dict[str, int] = {}

    def next(self, case: Case) -> Step | None:
        """The next step of this case, or None while nobody has to do anything."""
        if case["ask"]:
            return self._approval(case)
        part = getattr(self, "_" + case["state"]["code"], None)
        return part(case) if part else None

    def _after(self, low: float, high: float) -> float:
        return self.dice.uniform(low, high)

    def _post(self, post: str) -> Callable[[], Client]:
        turn = self.dice.randrange(6)
        return lambda: self.troupe.of_post(post, turn)

    def _unit(self, case: Case) -> Callable[[], Client | None]:
        code = case["unit"]["code"] if case["unit"] else ""
        return lambda: self.troupe.of_unit(code)

    def _officer(self, case: Case) -> Callable[[], Client]:
        street = case["street"]["code"]
        return lambda: self.troupe.officer(street)

    def _category(self, case: Case) -> str:
        known = case["category"]["code"] if case["category"] else ""
        return known if known in self.troupe.standards else self.truth.get(case["number"], "")

    def _to_register(self, case: Case) -> Step:
        kind, wait = case["kind"]["code"], self._after(2, 12)
        if kind in {"question", "praise"}:
            return Step(wait, self._post("operator"), "answer", {"words": self.dice.choice(ANSWERS)})
        if kind == "suggestion":
            until = (self.now() + dt.timedelta(days=self.dice.randrange(3, 10))).isoformat()
            unit = self.dice.choice([u for u in self.troupe.units if u["kind"] in {"street", "department"}])
            return Step(wait, self._post("operator"), "consider", {"unit": unit["id"], "until": until})
        category = self._category(case)
        if not category:
            whose = {"reason": "不属于城市管理事项。", "whose": "请向相关主管部门反映，或拨打12345。"}
            return Step(wait, self._post("operator"), "refuse", whose)
        form: dict[str, Any] = {"category": category}
        if case["lng"] is None and not case["place"]:
            form["no_place"] = "反映人未提供地点"
        return Step(wait, self._post("operator"), "register", form)

    def _considering(self, case: Case) -> Step:
        return Step(self._after(60, 240), self._unit(case), "answer", {"words": self.dice.choice(STUDIED)})

    def _to_file(self, case: Case) -> Step:
        category, wait = self._category(case), self._after(2, 14)
        if not category:
            words = {"reason": "未达到立案条件", "words": "经核对，情况未达到立案条件，感谢您的关心。"}
            return Step(wait, self._post("shift_leader"), "decline", words)
        if self.dice.random() < 0.2 and not any(e["act"]["code"] == "verify" for e in case.get("history", ())):
            return Step(wait, self._post("operator"), "send_verify", {})
        standard = self.dice.choice(self.troupe.standards[category])
        form: dict[str, Any] = {"category": category, "standard": standard["id"]}
        if case["lng"] is None and not case["place"]:
            form["no_place"] = "反映人未提供地点"
        return Step(wait, self._post("shift_leader"), "file", form)

    def _verifying(self, case: Case) -> Step:
        form = {"finding": "found", "words": "现场情况属实。"}
        return Step(self._after(8, 40), self._officer(case), "verify", form, picture="before")

    def _to_dispatch(self, case: Case) -> Step:
        seats = [u for u in self.troupe.units if u["code"] in self.troupe.by_unit and u["kind"] != "squad"]
        street = case["street"]["name"][:3]
        near = [u for u in seats if street and u["name"].startswith(street)] or seats
        unit = self.dice.choice(near if self.dice.random() < 0.85 else seats)
        return Step(self._after(2, 14), self._post("dispatcher"), "dispatch", {"unit": unit["id"]})

    def _handling(self, case: Case) -> Step | None:
        luck = self.dice.random()
        if not case["signed_at"]:
            return Step(self._after(3, 25), self._unit(case), "sign", {})
        if luck < 0.05 and not case["returns"]:
            return Step(self._after(10, 40), self._unit(case), "return", {"reason": self.dice.choice(RETURNS)})
        if luck < 0.10 and not case["extensions"] and not case["late"]:
            form = {"reason": self.dice.choice(EXTENDS)}
            return Step(self._after(10, 30), self._unit(case), "extend", form, step="ask")
        if luck < 0.12 and not case["late"]:
            until = (self.now() + dt.timedelta(days=self.dice.randrange(5, 60))).isoformat()
            form = {"reason": self.dice.choice(SUSPENDS), "until": until}
            return Step(self._after(10, 30), self._unit(case), "suspend", form, step="ask")
        wait = self._work(case)
        return Step(wait, self._unit(case), "feed_back", {"words": self.dice.choice(DONE)}, picture="after")

    def _work(self, case: Case) -> float:
        """Most finish well within the limit, one in eight too late."""
        due = dt.datetime.fromisoformat(case["due_at"]) if case["due_at"] else self.now() + dt.timedelta(hours=4)
        left = max((due - self.now()).total_seconds() / 60, 5)
        if self.dice.random() < 0.12:
            return left * self._after(1.02, 1.3) if left < 400 else self._after(200, 400)
        return min(left * self._after(0.2, 0.8), self._after(20, 200))

    def _to_check(self, case: Case) -> Step:
        return Step(self._after(1, 8), self._post("operator"), "send_check", {})

    def _checking(self, case: Case) -> Step:
        wait = self._after(8, 40)
        if self.dice.random() < 0.08 and not case["reworks"]:
            form = {"reason": "现场复查仍有残留，未达到结案条件。"}
            return Step(wait, self._officer(case), "rework", form, picture="before")
        form = {"condition": "1", "words": "现场核查，已达到结案条件。"}
        return Step(wait, self._officer(case), "check", form, picture="after")

    def _to_close(self, case: Case) -> Step:
        return Step(self._after(1, 8), self._post("shift_leader"), "close", {"standard": case.get("standard")})

    def _disputed(self, case: Case) -> Step:
        if self.dice.random() < 0.5 and case["unit"]:
            form = {"unit": case["unit"]["id"], "reason": "反映人反馈未彻底解决。"}
            return Step(self._after(5, 20), self._post("shift_leader"), "reopen", form)
        if not any(e["act"]["code"] == "call_back" for e in case.get("history", ())):
            form = {"reached": "reached", "rating": "3", "words": "已与反映人沟通。"}
            return Step(self._after(3, 10), self._post("operator"), "call_back", form)
        form = {"reason": "经回访并现场复核，问题确已解决。"}
        return Step(self._after(3, 10), self._post("shift_leader"), "uphold", form)

    def _approval(self, case: Case) -> Step:
        ask, wait = case["ask"], self._after(3, 20)
        if ask["stage"] == 0:
            return Step(wait, self._post("dispatcher"), ask["kind"], {}, step="agree")
        if self.dice.random() < 0.15:
            form = {"reason": "理由不充分，请按期办理。"}
            return Step(wait, self._post("shift_leader"), ask["kind"], form, step="deny")
        return Step(wait, self._post("shift_leader"), ask["kind"], {}, step="grant")

    def picture(self, which: str, case: Case) -> bytes:
        """The case's street corner, broken or mended; the same corner that the resident showed."""
        corner = self.corners.get(case["number"], int(case["number"][-9:]))
        return scene(corner, mended=which == "after", about=case["category"]["name"] if case["category"] else "")
