"""The WeChat app in small (微信客户端模拟): it looks at the address of the page by itself, checks what `wx.config` was given, and only then says where it is."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page
from tests.channels.wechat.simulator import APPID, Platform

from xiucheng.rules.datum import to_gcj02

AGENT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Mobile Safari/537.36 MicroMessenger/8.0.47"


@dataclass
class App:
    """One phone; `stands` is WGS-84, `declines` says no when the page asks for the place, `shared` is what pages are sent on as."""

    platform: Platform
    stands: tuple[float, float]
    declines: bool = False
    may: dict[str, set[str]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    shared: list[dict[str, Any]] = field(default_factory=list)

    def opens(self, page: Page) -> None:
        """What this page's script asks is asked of this app."""
        page.expose_binding("weixinApp", lambda source, name, given: self.asked(source["frame"].url, name, given))

    def asked(self, url: str, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """The app's answer to a page at this address; its words are kept in `said`."""
        page = url.partition("#")[0]
        if name == "config":
            answer = self._config(page, given)
        elif name not in self.may.get(page, ()):
            answer = {"errMsg": f"{name}:the permission value is offline verifying"}
        else:
            answer = self._location(given) if name == "getLocation" else self._share(given)
        self.said.append(answer["errMsg"])
        return answer

    def _config(self, page: str, given: Mapping[str, Any]) -> dict[str, Any]:
        self.may[page] = set()
        if given.get("appId") != APPID:
            return {"errMsg": "config:invalid appId"}
        if urlsplit(page).hostname not in self.platform.domains:
            return {"errMsg": "config:invalid url domain"}
        if given.get("signature") not in self._signatures(page, given):
            return {"errMsg": "config:invalid signature"}
        self.may[page] = set(given.get("jsApiList") or ())
        return {"errMsg": "config:ok"}

    def _signatures(self, page: str, given: Mapping[str, Any]) -> set[str]:
        """What would be right, with each ticket that is still good."""
        good = [ticket for ticket, until in self.platform.tickets.items() if until > self.platform.now()]
        rest = f"noncestr={given.get('nonceStr')}&timestamp={given.get('timestamp')}&url={page}"
        return {hashlib.sha1(f"jsapi_ticket={one}&{rest}".encode(), usedforsecurity=False).hexdigest() for one in good}

    def _share(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What the page is sent on as; its link must lie on a domain of the list."""
        if urlsplit(str(given.get("link"))).hostname not in self.platform.domains:
            return {"errMsg": "updateAppMessageShareData:fail link"}
        self.shared.append(dict(given))
        return {"errMsg": "updateAppMessageShareData:ok"}

    def _location(self, given: Mapping[str, Any]) -> dict[str, Any]:
        if self.declines:
            return {"errMsg": "getLocation:cancel"}
        lng, lat = to_gcj02(*self.stands) if given.get("type") == "gcj02" else self.stands
        return {"errMsg": "getLocation:ok", "longitude": lng, "latitude": lat, "speed": -1, "accuracy": 30}
