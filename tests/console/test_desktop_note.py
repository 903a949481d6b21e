"""A note of the desktop over a real session bus: it comes as it was told, and a desktop without notes is no fault."""

import asyncio
import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from dbus_fast import Message
from dbus_fast.aio import MessageBus

from tests.servers.keyring import SecretService

NAME, ROOT = "org.freedesktop.Notifications", Path(__file__).parents[2]
DESCRIPTION = f"""<node><interface name="{NAME}">
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
<arg name="hints" type="a{{sv}}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/></method>
<method name="GetCapabilities"><arg type="as" direction="out"/></method>
<method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/>
<arg type="s" direction="out"/><arg type="s" direction="out"/></method>
</interface></node>"""

pytestmark = pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="needs dbus-daemon (Debian: dbus)")


async def desktop(address: str, notes: list[list[object]]) -> MessageBus:
    """A desktop that takes notes."""
    bus = await MessageBus(bus_address=address).connect()

    def answer(message: Message) -> Message | None:
        if message.member == "Introspect":
            return Message.new_method_return(message, "s", [DESCRIPTION])
        if message.member == "GetCapabilities":
            return Message.new_method_return(message, "as", [["body"]])
        if message.member == "GetServerInformation":
            return Message.new_method_return(message, "ssss", ["notes", "nobody", "1", "1.2"])
        if message.member == "Notify":
            notes.append(message.body)
            return Message.new_method_return(message, "u", [1])
        return None

    bus.add_message_handler(answer)
    await bus.request_name(NAME)
    return bus


async def noted(environment: dict[str, str], words: str) -> int:
    """Tell it; the status of the command."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "console", "alerts", "note",
        stdin=asyncio.subprocess.PIPE, env=os.environ | environment | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    await process.communicate(json.dumps({"words": words}).encode())
    return process.returncode or 0


async def test_the_words_come_to_the_desktop_and_nothing_that_acts(tmp_path: Path) -> None:
    notes: list[list[object]] = []
    with SecretService(tmp_path, daemon=False) as session:
        address = session.environment["DBUS_SESSION_BUS_ADDRESS"]
        assert await noted(session.environment, "nobody listens yet") == 0
        bus = await desktop(address, notes)
        try:
            assert await noted(session.environment, "Late: 6, above 5\x1b[31m") == 0
        finally:
            bus.disconnect()
    (note,) = notes
    assert note[0] == "Heard"
    assert str(note[4]).startswith("Late: 6, above 5")
    assert "\x1b" not in str(note[4])
