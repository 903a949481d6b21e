"""Which telephone tells of calls: the table [phone] of the configuration.

The invariant: whoever listens or is asked is on this machine, so that neither a password nor who rings ever crosses a
network in the clear; an exchange elsewhere is reached by a tunnel.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from desk.nearest import mend_name

if TYPE_CHECKING:
    from console.credentials.rungs import Wanted

Way = Literal["baresip", "asterisk", "cti"]
WAYS: tuple[Way, ...] = get_args(Way)
PORTS: Mapping[Way, int] = {"baresip": 4444, "asterisk": 5038, "cti": 8475}
KEYS = ("way", "address", "user", "extension", "password_command")
# What the credentials ladder knows it by: HEARD_PHONE_TOKEN, `heard secret store phone`.
NAME = "phone"


@dataclass(frozen=True, slots=True)
class PhoneSettings:
    """`extension` is this agent's own telephone there, empty for all calls; `user` logs in to an exchange."""

    way: Way
    port: int
    user: str = ""
    extension: str = ""
    password_command: str = ""

    @property
    def needs_secret(self) -> bool:
        """Whether somebody has to say a password or show a token."""
        return self.way != "baresip"

    @property
    def wanted(self) -> "Wanted":
        """What the credentials ladder is asked for."""
        from console.credentials.rungs import Wanted

        return Wanted(NAME, {"user": self.user or self.way, "secret_command": self.password_command})


def phone_settings(value: object) -> PhoneSettings:
    """The settings out of a TOML table; ValueError says what they must be."""
    if not isinstance(value, dict):
        raise ValueError('a table, [phone], with at least way = "baresip"')
    for key, given in value.items():
        if key not in KEYS:
            raise ValueError(f"a table without {key}. {mend_name(key, KEYS)}".rstrip(". "))
        if not isinstance(given, str) or not given.isprintable():
            raise ValueError(f"a table whose {key} is a text of one line")
    way = next((known for known in WAYS if known == value.get("way")), None)
    if way is None:
        raise ValueError(f"a table whose way is one of {', '.join(WAYS)}")
    if way == "asterisk" and not (value.get("user") and value.get("extension")):
        raise ValueError("a table that names the user and the extension for asterisk")
    port = _port(value.get("address", ""), PORTS[way])
    return PhoneSettings(
        way, port, value.get("user", ""), value.get("extension", ""), value.get("password_command", "")
    )


def _port(address: str, usual: int) -> int:
    """The port of an address on this machine."""
    host, _, port = address.rpartition(":") if ":" in address else (address, "", str(usual))
    if host not in ("", "127.0.0.1", "localhost"):
        raise ValueError("a table whose address is on this machine, like 127.0.0.1:5038; tunnel to any other")
    if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        raise ValueError(f"a table whose address is like 127.0.0.1:{usual}")
    return int(port)
