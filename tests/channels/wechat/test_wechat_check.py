"""`xiucheng channel check wechat`: each step says what it proved or, in Chinese, what is wrong; secrets stay out."""

from collections.abc import Callable

import pytest
from tests.channels.wechat.simulator import SECRET, Platform

from xiucheng.channels.wechat.check import proofs
from xiucheng.intake.actions import incoming

pytestmark = pytest.mark.usefixtures("db", "account")


def found() -> list[tuple[bool, str]]:
    return [(proof.ok, proof.zh) for proof in proofs()]


def test_an_account_that_works(platform: Platform) -> None:
    incoming.keep("wechat", "1", b"<xml/>")
    assert all(ok for ok, _ in found())


def test_before_wechat_has_called_the_address_is_told() -> None:
    assert found()[-1][0] is False and "/hook/wechat/" in found()[-1][1]


@pytest.mark.parametrize(("code", "said"), [(40125, "secret 不对"), (40164, "IP 白名单"), (40013, "appid 不对")])
def test_what_the_platform_refuses_is_said_in_chinese(platform: Platform, code: int, said: str) -> None:
    platform.faults = [("stable_token", code)]
    lines = found()
    assert any(not ok and said in zh for ok, zh in lines) and SECRET not in str(lines)


def test_an_account_without_rights(platform: Platform) -> None:
    platform.unverified = True
    assert any(not ok and "已认证" in zh for ok, zh in found())


@pytest.mark.parametrize("more", ['aes_key = "short"', 'api = "nowhere"'])
def test_an_account_written_wrongly(account: Callable[..., None], more: str) -> None:
    account(safe=False)
    from xiucheng.intake import accounts

    path = accounts.file()
    lines = [
        line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith(more.partition(" ")[0])
    ]
    path.write_text("\n".join([*lines, more, "#"]), encoding="utf-8")
    ((ok, said),) = found()
    assert not ok and said.startswith("channels.toml")
