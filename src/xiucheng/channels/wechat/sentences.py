"""What we say in a talk (对话用语), in Chinese or, to who writes in English, in English."""

from typing import Final

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "welcome": (
        "您好。看到城市里的问题，请直接告诉我们：是什么问题、在哪里，有照片更好。\n回“进度”查办理情况，回“催”可以催办；有查询码的，把查询码发来就行。",
        "Hello. Tell us what is wrong in the city and where; a picture helps.\nSend “progress” to see how it goes, “urge” to urge it, or your tracking code.",
    ),
    "what": ("收到了。是什么问题？请说一句。", "We have it. What is the problem? One sentence is enough."),
    "picture": ("收到了。有照片吗？请直接发来；没有就回“没有”。", "We have it. Is there a picture? Send it, or answer “no”."),
    "where": (
        "在哪里？请点右下角“＋”发送“位置”，或者写出路名、门牌、旁边的单位。说不清就回“说不清”。",
        "Where is it? Send your location (the “+” below), or write street and number. If you cannot tell, answer “unknown”.",
    ),
    "thanks": (
        "谢谢，已经收到。您的查询码：{code}\n办理进度：{link}\n还有照片或者补充，直接发来就行；回“进度”查办理情况。",
        "Thank you, we have it. Your tracking code: {code}\nProgress: {link}\nSend more pictures if you have them, or “progress” at any time.",
    ),
    "thanks_nowhere": (
        "谢谢，已经收到。您的查询码：{code}\n办理进度：{link}\n还不知道在哪里，请发来位置或者地址，不然可能办不了。",
        "Thank you, we have it. Your tracking code: {code}\nProgress: {link}\nWe do not know where it is: please send the location.",
    ),
    "added": ("已经加到您反映的事里（编号 {number}）。", "Added to your report {number}."),
    "urged": ("已经替您催办（编号 {number}）。", "Your report {number} has been urged."),
    "progress": ("{number}：{state}\n{link}", "{number}: {state}\n{link}"),
    "none_yet": (
        "没有找到您从这里反映的事。有查询码的，请把查询码发来。",
        "There is no report of yours from here. If you have a tracking code, send it.",
    ),
    "code_unknown": ("找不到这个查询码，请核对一下。", "There is no such tracking code; please check it."),
    "dropped": ("好的，刚才说的不算。想起来了再告诉我们。", "All right, it is dropped. Tell us whenever you like."),
    "polite": ("不客气。看到问题，随时告诉我们。", "You are welcome. Tell us whenever something is wrong."),
    "too_many_pictures": ("照片够了，最多 9 张。", "That is enough: nine pictures at most."),
    "lost": ("这条没有收到，请再发一次。", "That did not arrive; please send it again."),
    "unreadable": ("这种消息我们看不了，请发文字、照片、语音或者位置。", "We cannot read that; send words, a picture, a voice message or a location."),
}  # fmt: skip

STATES: Final[dict[str, tuple[str, str]]] = {
    "to_register": ("已收到，正在看", "received"),
    "considering": ("正在研究", "being considered"),
    "to_file": ("正在核对", "being checked"),
    "verifying": ("已派人去现场看", "somebody is looking on the spot"),
    "to_dispatch": ("正在确定由谁办", "the unit is being found"),
    "handling": ("正在办理", "being worked on"),
    "to_check": ("已办，等人复看", "done, to be looked at"),
    "checking": ("已办，有人去复看", "done, being looked at"),
    "to_close": ("已办，即将办结", "done, about to be closed"),
    "suspended": ("暂缓，到日子接着办", "waiting for its date"),
    "disputed": ("您说没办好，正在复核", "being looked at again"),
    "closed": ("已办结", "solved"),
    "answered": ("已答复", "answered"),
    "refused": ("不归城管办，该找谁写在进度页上", "not ours; the page says whose it is"),
    "declined": ("没有安排处理，原因写在进度页上", "not taken up; the page says why"),
    "withdrawn": ("您已撤回", "withdrawn"),
    "merged": ("和同一个问题一起办", "handled with the same problem"),
    "void": ("已取消", "cancelled"),
}
