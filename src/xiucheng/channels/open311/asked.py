"""What a client asked for (请求): the resource, the form of the answer, and its arguments from query and body alike.

Clients put `api_key` and `jurisdiction_id` into the query or into the body; lists come with commas, repeated, or as `name[]`. An
empty argument is none. `jurisdiction_id` is not looked at: there is one city behind this address.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from xiucheng.channels.open311 import codec
from xiucheng.channels.open311.faults import Fault
from xiucheng.intake.numbers import limits

_FORM: Final = re.compile(r"\.(xml|json)$", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"attribute\[(.+?)\](?:\[\d*\])?")
_LIST: Final = re.compile(r"\[\d*\]$")
TOO_BIG: Final = (413, "内容太大。", "The request is too big.")
UNREADABLE: Final = (400, "看不懂请求内容。", "The body of the request cannot be read.")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: `path` in small parts without the extension; `form` is xml or json."""

    method: str
    path: tuple[str, ...]
    form: str
    known_form: bool
    training: bool
    values: dict[str, list[str]] = field(default_factory=dict)
    files: "tuple[UploadedFile[Any], ...]" = ()

    def one(self, *names: str) -> str:
        """The first value that is there under any of these names."""
        return next((value for name in names for value in self.values.get(name, ())), "")

    def many(self, name: str) -> list[str]:
        """A list: with commas, repeated, or both."""
        parts = [part.strip() for value in self.values.get(name, ()) for part in value.split(",")]
        return [part for part in parts if part]

    def attributes(self) -> dict[str, list[str]]:
        """`attribute[CODE]` and `attribute[CODE][]`, each with all its values."""
        found: dict[str, list[str]] = defaultdict(list)
        for name, values in self.values.items():
            hit = _ATTRIBUTE.fullmatch(name)
            if hit:
                found[hit[1]] += values
        return dict(found)


def where(request: HttpRequest, rest: str) -> Asked:
    """What is asked for, before the body is looked at: slashes too many and capitals in the extension are let pass."""
    parts = [part for part in rest.split("/") if part]
    hit = _FORM.search(parts[-1]) if parts else None
    if hit:
        parts[-1] = parts[-1][: hit.start()]
    training = parts[:1] == ["test"]
    wants_json = "application/json" in request.headers.get("Accept", "")
    form = hit[1].lower() if hit else "json" if wants_json else "xml"
    return Asked(str(request.method), tuple(parts[training:]), form, hit is not None, training)


def read(request: HttpRequest, asked: Asked) -> Asked:
    """The same with its arguments. Raises a `Fault` for a body that is too big or cannot be read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit():
        raise Fault(*UNREADABLE)
    if int(length) > limits("open311")["body_most"]:
        raise Fault(*TOO_BIG)
    try:
        sources = [request.GET, request.POST] if asked.method == "POST" else [request.GET]
        files = [file for _, found in request.FILES.lists() for file in found] if asked.method == "POST" else []
    except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent):
        raise Fault(*TOO_BIG) from None
    except (BadRequest, MultiPartParserError, UnreadablePostError, UnicodeError, ValueError):
        raise Fault(*UNREADABLE) from None
    values: dict[str, list[str]] = defaultdict(list)
    for name, found in (pair for source in sources for pair in source.lists()):
        plain = codec.storable(name)
        key = plain if plain.startswith("attribute[") else _LIST.sub("", plain)
        values[key] += [kept for kept in (codec.storable(str(value)) for value in found) if kept]
    return Asked(
        asked.method, asked.path, asked.form, asked.known_form, asked.training, dict(values), tuple(_real(files))
    )


def _real(files: list[Any]) -> "list[UploadedFile[Any]]":
    """Empty file fields of a browser's form are none."""
    return [file for file in files if isinstance(file, UploadedFile) and file.size]
