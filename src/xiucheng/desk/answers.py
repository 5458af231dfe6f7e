"""Ready answers of the knowledge base (知识库) for what somebody asked."""

from xiucheng.cases.queries.search import grams
from xiucheng.city.models import Knowledge


def answers(text: str, most: int = 4) -> list[tuple[str, str]]:
    """Ready answers of the knowledge base for a question (知识库), the likeliest first."""
    asked = set(grams(text))
    scored = []
    for row in Knowledge.objects.order_by("code"):
        named = sum(2 for word in row.keywords if str(word) in text)
        shared = len(asked & set(grams(row.question))) / 4
        if named + shared >= 1:
            scored.append((named + shared, row.question, row.answer))
    return [(question, answer) for _score, question, answer in sorted(scored, key=lambda s: -s[0])[:most]]
