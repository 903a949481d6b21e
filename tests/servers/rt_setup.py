"""A Request Tracker 5 in one folder: its configuration, and its database with a small team in it.

The packages are Debian's; nothing of theirs outside the folder is written or read, but for the program itself. The
invariant: no mail leaves; what would have left is a file in `outbox`.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.servers.processes import HOST

SERVER = Path("/usr/share/request-tracker5/libexec/rt-server")
SETUP = Path("/usr/sbin/rt-setup-database-5")
LIBRARY = Path("/usr/share/request-tracker5/lib")
SEED = Path(__file__).with_name("rt_seed.pl")
PASSWORD = "agent-canary-5519"  # searched for in whatever is printed, logged or raised
ROOT_PASSWORD = "root-canary-9023"
# It stands in the links of the database, so that a copy of one is good under every address.
ORGANIZATION = "heard.test"

_SITE = r"""use utf8;
my $folder = '{folder}';
Set($rtname, 'heard.test');
Set($Organization, '{organization}');
Set($CorrespondAddress, 'support@heard.test');
Set($CommentAddress, 'support-comment@heard.test');
Set($OwnerEmail, 'rt@heard.test');
Set($RTAddressRegexp, '^(support|billing|escalations|general)(-comment)?\@heard\.test$');
Set($WebDomain, '{host}');
Set($WebPort, {port});
Set($WebPath, '');
Set($Timezone, 'UTC');
Set($DatabaseType, 'SQLite');
Set($DatabaseName, "$folder/rt.sqlite");
Set($DatabaseUser, '');
Set($DatabasePassword, '');
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'warning');
Set($BcryptCost, {bcrypt});
Set($WebSessionClass, 'Apache::Session::File');
Set($HTMLFormatter, 'core');
Set(%GnuPG, Enable => 0);
Set(%SMIME, Enable => 0);
$RT::VarPath = "$folder/var";
$RT::MasonDataDir = "$folder/mason";
$RT::MasonSessionDir = "$folder/session";
Set($MailCommand, sub {{
    my $mail = shift;
    require Time::HiRes;
    my $name = sprintf '%s/outbox/%.6f-%d-%06d', $folder, Time::HiRes::time(), $$, int rand 1e6;
    open my $file, '>', "$name.part" or return 0;
    print {{$file}} $mail->stringify;
    close $file;
    return rename "$name.part", "$name.eml";
}});
# A database that is thrown away needn't reach the disk.
require RT::Handle;
{{
    no warnings 'redefine';
    my $connect = \&RT::Handle::Connect;
    *RT::Handle::Connect = sub {{
        my $handle = shift;
        $connect->($handle, @_);
        $handle->dbh->do('PRAGMA synchronous=OFF') if $handle->dbh;
    }};
}}
1;
"""


@dataclass(frozen=True, slots=True)
class RtAgent:
    """Somebody who works there, and what they log in with."""

    name: str
    real_name: str
    email: str
    token: str
    password: str = PASSWORD


@dataclass(frozen=True, slots=True)
class Facts:
    """What a database has in it from the start."""

    agents: Mapping[str, RtAgent]
    queues: Mapping[str, int]
    fields: Mapping[str, int]


def missing() -> str:
    """Why no Request Tracker can be started here; empty where one can."""
    if not SERVER.exists() or not SETUP.exists():
        return "Request Tracker 5 is not installed (request-tracker5, rt5-standalone, rt5-db-sqlite)"
    return "" if shutil.which("perl") else "Perl is not installed"


def environment(folder: Path) -> dict[str, str]:
    """What its programs are started with: this folder's configuration and no other."""
    kept = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    own = {"RT_SITE_CONFIG": folder / "site.pm", "RT_SITE_CONFIG_DIR": folder / "none", "HOME": folder}
    return kept | {name: str(path) for name, path in own.items()} | {"TMPDIR": str(folder), "TZ": "UTC"}


def configure(folder: Path, port: int, bcrypt: int) -> None:
    """Write its configuration; `bcrypt` is what each login costs: RT's own 12 takes 270 ms, 4 takes 3."""
    for name in ("none", "var", "mason", "session", "outbox"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    said = _SITE.format(folder=folder, organization=ORGANIZATION, host=HOST, port=port, bcrypt=bcrypt)
    (folder / "site.pm").write_text(said)


def make_database(folder: Path) -> Facts:
    """A new database, with the team of `rt_seed.pl`, in a folder that is configured. It takes two to three seconds."""
    password = folder / "password"
    password.write_text(ROOT_PASSWORD + "\n")
    _run(
        folder, str(SETUP), "--action", "init", "--dba", "", "--dba-password", "", "--root-password-file", str(password)
    )
    password.unlink()
    said = _run(folder, "perl", str(SEED), PASSWORD)
    (folder / "facts.json").write_text(said)
    _settle(folder / "rt.sqlite")
    return read_facts(folder)


def copy_database(source: Path, folder: Path) -> Facts:
    """The database of a folder that `make_database` was called for, which may be in use."""
    with closing(sqlite3.connect(source / "rt.sqlite")) as old, closing(sqlite3.connect(folder / "rt.sqlite")) as new:
        old.backup(new)
    shutil.copyfile(source / "facts.json", folder / "facts.json")
    _settle(folder / "rt.sqlite")
    return read_facts(folder)


def unpack_database(archive: Path, folder: Path) -> Facts:
    """The database of an archive that has `db/rt.sqlite` and `run.json` in it."""
    with tarfile.open(archive) as packed:
        for member in packed.getmembers():
            name = {"rt.sqlite": "rt.sqlite", "run.json": "run.json"}.get(Path(member.name).name)
            file = packed.extractfile(member)
            if name and file:
                with file, (folder / name).open("wb") as target:
                    shutil.copyfileobj(file, target)
    said = json.loads((folder / "run.json").read_text())["seed"]
    people = [*said["agents"], {"name": "root", "real_name": "Root", "email": "", "token": said["token"]}]
    agents = {each["name"]: {key: each[key] for key in ("name", "real_name", "email", "token")} for each in people}
    facts = {"agents": agents, "queues": said["queues"], "fields": said["custom_fields"]}
    (folder / "facts.json").write_text(json.dumps(facts))
    _settle(folder / "rt.sqlite")
    return read_facts(folder)


def read_facts(folder: Path) -> Facts:
    """What the database in this folder was made with."""
    said = json.loads((folder / "facts.json").read_text())
    agents = {name: RtAgent(**each) for name, each in said["agents"].items()}
    return Facts(agents, said["queues"], said["fields"])


def _settle(database: Path) -> None:
    """Let readers and a writer work side by side, as they do on the databases that RT is used with."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL").fetchone()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def _run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, env=environment(folder), cwd=folder, capture_output=True, text=True, check=False)
    assert not done.returncode, f"{command[0]} failed:\n{done.stdout[-1500:]}{done.stderr[-1500:]}"
    return done.stdout
