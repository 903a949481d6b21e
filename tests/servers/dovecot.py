"""A real Dovecot without privileges in one folder: how it is set up, and the tokens that it takes.

Every user name is let in with the one password or with a token made here, and has a mailbox of its own.
"""

import base64
import grp
import hashlib
import hmac
import json
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.servers.processes import HOST

BINARY = shutil.which("dovecot") or ("/usr/sbin/dovecot" if Path("/usr/sbin/dovecot").exists() else None)
OPENSSL = shutil.which("openssl")
SPECIAL = ("Sent", "Drafts", "Trash", "Archive", "Junk")

_CONFIGURATION = """
protocols = imap
listen = {host}
base_dir = {folder}/run
state_dir = {folder}/run/state
log_path = {folder}/dovecot.log
ssl = yes
ssl_cert = <{folder}/tls/cert.pem
ssl_key = <{folder}/tls/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_location = {store}:{folder}/mail/%u
mail_fsync = never
mail_max_userip_connections = 200
{capability}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
{special}
}}
service anvil {{
  chroot =
  # Nobody is made to wait for the wrong passwords of another test.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = {host}
    port = {port}
  }}
  inet_listener imaps {{
    address = {host}
    port = {tls_port}
    ssl = yes
  }}
}}
"""


@dataclass(slots=True)
class Setup:
    """What a Dovecot is told; `capability` is all that it advertises after the login, empty for all it can."""

    folder: Path
    password: str
    port: int
    tls_port: int
    capability: str = ""
    store: str = "maildir"

    @property
    def certificate(self) -> Path:
        """The server's own certificate, which a client has to be told to trust."""
        return self.folder / "tls" / "cert.pem"

    def write(self) -> Path:
        """Write all that Dovecot reads; the answer is its configuration."""
        account = run_as() or pwd.getpwuid(os.geteuid())
        for name in ("run", "run/state", "mail", "home", "oauth2/default/HS256"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.make_certificate()
        key = base64.b64encode(self._key())
        (self.folder / "oauth2/default/HS256/default").write_bytes(key)
        (self.folder / "oauth2.conf").write_text(
            "introspection_mode = local\n"
            f"local_validation_key_dict = fs:posix:prefix={self.folder}/oauth2/\n"
            "username_attribute = sub\n"
        )
        path = self.folder / "dovecot.conf"
        path.write_text(
            _CONFIGURATION.format(
                host=HOST, folder=self.folder, user=account.pw_name, group=grp.getgrgid(account.pw_gid).gr_name,
                uid=account.pw_uid, gid=account.pw_gid, store=self.store, password=self.password, port=self.port,
                tls_port=self.tls_port, capability=f"imap_capability = {self.capability}" if self.capability else "",
                special="".join(
                    f"  mailbox {name} {{\n    auto = subscribe\n    special_use = \\{name}\n  }}\n" for name in SPECIAL
                ),
            )
        )  # fmt: skip
        self.own()
        return path

    def own(self) -> None:
        """Give the folder to the account that Dovecot runs as."""
        account = run_as()
        if account is not None:
            self.folder.chmod(0o755)
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)

    def token(self, user: str, seconds: int = 3600) -> str:
        """A token for a user, good for so many seconds; one of the past has expired."""
        now = int(time.time())
        claims: dict[str, str | int] = {
            "sub": user,
            "iss": "tests",
            "iat": now - 5,
            "nbf": now - 5,
            "exp": now + seconds,
        }
        signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
        return f"{signed}.{_text(hmac.new(self._key(), signed.encode(), hashlib.sha256).digest())}"

    def _key(self) -> bytes:
        return hashlib.sha256(self.password.encode()).digest()

    def make_certificate(self) -> None:
        """Make the certificate, where there is none yet."""
        if self.certificate.exists():
            return
        self.certificate.parent.mkdir(exist_ok=True)
        subprocess.run(
            [OPENSSL or "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
             "-nodes", "-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
             "-keyout", str(self.folder / "tls" / "key.pem"), "-out", str(self.certificate)],
            check=True, capture_output=True,
        )  # fmt: skip


def run_as() -> pwd.struct_passwd | None:
    """The account for servers that won't run as root; None where this is not root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _part(value: Mapping[str, str | int]) -> str:
    return _text(json.dumps(value).encode())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
