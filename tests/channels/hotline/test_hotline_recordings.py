"""Recordings: fetched from where they may be only, kept sealed, opened with a reason that is recorded, dropped in time."""

import datetime as dt
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from tests.channels.hotline.conftest import CALLER, SECRET, Say

from xiucheng.audit.models import Look
from xiucheng.channels.hotline.actions import recordings
from xiucheng.channels.hotline.models import Call
from xiucheng.city import clock
from xiucheng.intake.models import Incoming
from xiucheng.people.models import Account

Desk = dict[str, Account]
SOUND = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(40)


@pytest.fixture
def tapes(desk: Desk, tmp_path: Path, settings: LazySettings) -> Path:
    """A folder of recordings that the account names."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    folder = tmp_path / "tapes"
    folder.mkdir()
    _account(tmp_path, str(folder))
    return folder


def _account(tmp_path: Path, where: str) -> None:
    (tmp_path / "channels.toml").write_text(
        f"[hotline]\nsecret = '{SECRET}'\nrecordings = '{where}'\n", encoding="utf-8"
    )


def test_a_recording_is_kept_sealed_under_its_hash(say: Say, tapes: Path) -> None:
    (tapes / "c1.wav").write_bytes(SOUND)
    say("recording", recording="c1.wav")
    call = Call.objects.get()
    assert recordings.read(call) == SOUND and SOUND[:12] not in recordings.path(call.recording).read_bytes()


def test_a_recording_that_comes_minutes_later_is_fetched_then(say: Say, tapes: Path) -> None:
    say("recording", recording="c1.wav")
    assert (Incoming.objects.get().state, Call.objects.get().recording) == ("waiting", "")
    (tapes / "c1.wav").write_bytes(SOUND)
    Incoming.objects.update(due_at=clock.now())
    say("hangup")
    assert Call.objects.get().recording != ""


@pytest.mark.parametrize("name", ["../channels.toml", "/etc/passwd", "sub/../../channels.toml"])
def test_a_name_that_leads_elsewhere_is_refused(say: Say, tapes: Path, name: str) -> None:
    say("recording", recording=name)
    assert (Incoming.objects.get().state, Call.objects.get().recording) == ("failed", "")


@pytest.mark.parametrize(
    ("begin", "kind"),
    [
        (b"\xff\xfb\x90\x00", "audio/mpeg"), (b"\xff\xf3\x18\xc4", "audio/mpeg"), (b"\xff\xe3\x18\xc4", "audio/mpeg"), (b"\xff\xfa\x90", "audio/mpeg"),
        (b"ID3\x04", "audio/mpeg"), (b"OggS\x00", "audio/ogg"), (b"\xff\xd8\xff\xe0", ""), (b"\xff", ""), (b"", ""), (b"\xff\xfe<\x00", ""),
    ],
)  # fmt: skip
def test_sounds_are_known_by_how_they_begin(begin: bytes, kind: str) -> None:
    assert recordings.kind(begin) == kind


def test_what_is_no_sound_is_refused(say: Say, tapes: Path) -> None:
    (tapes / "c1.wav").write_bytes(b"<html>")
    say("recording", recording="c1.wav")
    assert Incoming.objects.get().state == "failed"


class Cabinet(BaseHTTPRequestHandler):
    """Gives recordings; `/rec/away.wav` points elsewhere."""

    def do_GET(self) -> None:
        self.send_response(302 if self.path.endswith("away.wav") else 200)
        self.send_header("Location", "/secret.wav")
        self.end_headers()
        self.wfile.write(SOUND)

    def log_message(self, *_: object) -> None:
        """Not into the tests' output."""


@pytest.fixture
def cabinet() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Cabinet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/rec/"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("name", "state"), [
    ("c1.wav", "done"), ("{base}c1.wav", "done"), ("away.wav", "waiting"), ("http://127.0.0.1:1/rec/c1.wav", "failed"),
    ("{base}../secret.wav", "failed"),
])  # fmt: skip
def test_a_recording_comes_from_its_own_cabinet_only(
    say: Say, tapes: Path, tmp_path: Path, cabinet: str, name: str, state: str
) -> None:
    _account(tmp_path, cabinet)
    say("recording", recording=name.format(base=cabinet))
    assert Incoming.objects.get().state == state


def test_listening_needs_a_reason_and_is_recorded(say: Say, tapes: Path, desk: Desk) -> None:
    (tapes / "c1.wav").write_bytes(SOUND)
    say("recording", recording="c1.wav")
    client, pk = Client(), Call.objects.get().pk
    client.force_login(desk["8001"])
    assert client.get(f"/desk/calls/{pk}/recording/").status_code == 404
    assert client.post(f"/desk/calls/{pk}/listen/", {"reason": ""}).status_code == 422
    assert not Look.objects.exists()
    shown = client.post(f"/desk/calls/{pk}/listen/", {"reason": "核对原话"}).content.decode()
    assert list(Look.objects.values_list("account_id", "subject_kind", "subject_key", "field", "reason")) == [
        (desk["8001"].pk, "call", str(pk), "recording", "核对原话")
    ]
    source = re.findall(r'src="([^"]+)"', shown)[0]
    answer = client.get(source)
    assert (answer.content, answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (
        SOUND,
        "audio/wav",
        "no-store",
    )
    client.force_login(desk["8002"])
    assert client.get(source).status_code == 404


def test_old_recordings_and_numbers_that_nobody_wrote_down_go(say: Say, tapes: Path) -> None:
    (tapes / "c1.wav").write_bytes(SOUND)
    say("ring", caller=CALLER)
    say("recording", recording="c1.wav")
    file = recordings.path(Call.objects.get().recording)
    assert (recordings.drop_old(), file.exists()) == (0, True)
    Call.objects.update(created_at=clock.now() - dt.timedelta(days=181))
    assert (recordings.drop_old(), file.exists()) == (1, False)
    call = Call.objects.get()
    assert (call.recording, call.caller_sealed, call.caller_blind) == ("", None, None)
