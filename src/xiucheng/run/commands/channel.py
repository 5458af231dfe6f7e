"""核对渠道的真实账号 · prove a channel's real account by hand: `xiucheng channel check wechat`; `xiucheng channel list`.

每一步都说明试了什么、结果如何；有一步不行就返回 1。Each step says what was tried; exit code 1 if one failed.
"""

import argparse

from xiucheng.run.here import use_database
from xiucheng.run.say import answer, say
from xiucheng.run.trouble import Trouble


def configure(parser: argparse.ArgumentParser) -> None:
    """What to do with which channel."""
    parser.add_argument("do", choices=["list", "check"], help="list：列出渠道；check：核对 · list them, or check one")
    parser.add_argument("name", nargs="?", default="", metavar="渠道/NAME", help="渠道名 · the channel")


def execute(args: argparse.Namespace) -> int:
    """List the channels and whether they are switched on, or prove one."""
    with use_database(django=True):
        from xiucheng.intake import accounts, port

        if accounts.fault():
            raise Trouble("bad_accounts", said=accounts.fault())
        if args.do == "list":
            return _list(args, [(way.name, way.title, accounts.account(way.name) is not None) for way in port.ways()])
        way = port.find(args.name)
        if way is None:
            raise Trouble("no_channel", name=args.name or "–", known="、".join(w.name for w in port.ways()))
        if accounts.account(args.name) is None:
            raise Trouble("channel_off", name=args.name, file=accounts.file())
        proofs = list(way.check())
    for proof in proofs:
        say(
            f"{'✔' if proof.ok else '✗'} {proof.zh}",
            f"{'✔' if proof.ok else '✗'} {proof.en}",
            "green" if proof.ok else "bold red",
        )
    good = all(proof.ok for proof in proofs)
    if args.json:
        answer({"ok": good, "channel": args.name, "steps": [{"ok": p.ok, "zh": p.zh, "en": p.en} for p in proofs]})
    return 0 if good else 1


def _list(args: argparse.Namespace, lines: list[tuple[str, str, bool]]) -> int:
    for name, title, on in lines:
        say(f"{name:10} {title} {'已启用' if on else '未启用'}", f"{name:10} {'on' if on else 'off'}")
    if args.json:
        answer({"ok": True, "channels": [{"name": n, "title": t, "on": on} for n, t, on in lines]})
    return 0
