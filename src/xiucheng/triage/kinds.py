"""What kind of message it is (诉求类型): a question, a suggestion, praise, a request for help or a complaint, by its turns of phrase."""

import re
from typing import Final

_OPENING: Final = 60
_PRAISE: Final = re.compile(
    r"表扬|点赞|锦旗|衷心感谢|特此感谢|致谢|谢谢你们及时|感谢.{0,20}(?:及时|辛勤|辛苦|解决|拆除|修好)"
)
_QUESTION: Final = re.compile(
    r"咨询|请问|想问|问一下|想了解|什么时候|啥时候|何时|是否|怎么办理|如何办理|怎样办理|在哪里办|能否告知|归谁管"
    r"|(?:吗|么|呢)[？?。]|(?:多少|几时|哪里|哪天|怎么算)[？?]"
)
_SUGGESTION: Final = re.compile(
    r"建议|提议|希望.{0,12}(?:增设|增加|新建|修建|规划|开通|加装|设置|完善)|(?:能不能|能否|可否|可以).{0,8}(?:增设|增加|加装|加设|开通|修建|设置)"
    r"|请.{0,12}(?:加装|增设|增加|开通)|亟需|盼.{0,6}(?:建|通)"
)
_HELP: Final = re.compile(r"求助|救救|帮帮|帮忙|请求帮助|急需|求.{0,4}(?:解决|处理)")


def guess(text: str) -> tuple[str, float]:
    """The kind and how sure: complaint, help, question, suggestion or praise. The opening says most."""
    opening = text[:_OPENING]
    for kind, pattern in (("praise", _PRAISE), ("suggestion", _SUGGESTION), ("question", _QUESTION), ("help", _HELP)):
        if pattern.search(opening):
            return kind, 0.85
    asks = _SUGGESTION.search(text) or _QUESTION.search(text)
    return "complaint", 0.7 if asks else 0.9
