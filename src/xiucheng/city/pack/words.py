"""Settings and texts (参数、文字、模板、知识、词表): what the district says in its own words."""

from typing import Final

from xiucheng.city.pack.book import Book

PURPOSES: Final = ("danger", "self_harm", "petition", "opinion", "not_ours")
REPLY_PURPOSES: Final = ("answer", "refuse", "decline", "closing", "suggestion", "praise", "call_back", "notice")
LANGUAGES: Final = ("zh-hans", "en")


def read(book: Book) -> None:
    """Everything in words."""
    _settings(book)
    _texts(book)
    _replies(book)
    _knowledge(book)
    _words(book)


def _settings(book: Book) -> None:
    for row in book.yaml("settings.yaml", "key value", "note"):
        key = book.text(row, "key", 60)
        if book.new("setting", row, "key", key):
            book.add("city_setting", key, row.values["value"], book.text(row, "note", 200, empty=True))


def _texts(book: Book) -> None:
    for row in book.yaml("texts.yaml", "key value"):
        key, value = book.text(row, "key", 60), row.values["value"]
        if not isinstance(value, dict) or "zh-hans" not in value:
            book.fault(row, f"文字“{key}”要有 zh-hans")
            continue
        if not book.new("text", row, "key", key):
            continue
        for language, body in value.items():
            if language not in LANGUAGES:
                book.fault(row, f"文字“{key}”的语言“{language}”不认识")
            elif not isinstance(body, str) or not body:
                book.fault(row, f"文字“{key}”的 {language} 不能空着")
            else:
                book.add("city_text", key, language, body)


def _replies(book: Book) -> None:
    for row in book.yaml("replies.yaml", "code purpose title body"):
        code, purpose = book.text(row, "code", 20), str(row.values["purpose"])
        if purpose not in REPLY_PURPOSES:
            book.fault(row, f"“purpose”应是 {'、'.join(REPLY_PURPOSES)} 之一")
        if book.new("reply", row, "code", code):
            body = book.text(row, "body", 2000)
            book.add("city_replytemplate", code, purpose, book.text(row, "title", 60), body)


def _knowledge(book: Book) -> None:
    for row in book.yaml("knowledge.yaml", "code question answer", "keywords public"):
        code = book.text(row, "code", 20)
        if book.new("knowledge", row, "code", code):
            words = [str(w) for w in row.values.get("keywords") or []]
            book.add("city_knowledge", code, book.text(row, "question", 120), book.text(row, "answer", 4000), words,
                     book.yes(row, "public", True))  # fmt: skip


def _words(book: Book) -> None:
    for row in book.csv("words.csv", "purpose word", "weight whose reach"):
        purpose, word = str(row.values["purpose"]), book.text(row, "word", 40)
        if purpose not in PURPOSES:
            book.fault(row, f"“purpose”应是 {'、'.join(PURPOSES)} 之一")
        weight = book.number(row, "weight", 0, 10, 1.0)
        says_whose = purpose == "not_ours" and weight > 0
        whose = book.text(row, "whose", 80, empty=not says_whose)
        reach = book.text(row, "reach", 120, empty=not says_whose)
        if book.new("word", row, "word", f"{purpose} {word}"):
            book.add("city_word", purpose, word, weight, whose, reach)
