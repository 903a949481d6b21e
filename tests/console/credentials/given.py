"""What the tests of secrets share: a source, a keyring in memory, and the secret that is searched for."""

from keyring.backend import KeyringBackend

from console.credentials.rungs import Wanted

CANARY = "canary-7f3a-not-to-be-seen"
SUPPORT = Wanted("Support EU", {"user": "support@example.test"})


class Memory(KeyringBackend):
    """A keyring that keeps to keyring's own protocol."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring's own
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]
