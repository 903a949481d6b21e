"""A real Redmine 5 on loopback, for tests: a small team's projects, fields and agents, on a database of its own.

The packages are Debian's; what is needed of them is copied into the folder, and nothing outside of it is written. The
invariant: no mail leaves.
"""

import http.client
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from tests.servers.processes import HOST, Server, free_port, until

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]

PROGRAM = Path("/usr/share/redmine")
SEED = Path(__file__).with_name("redmine_seed.rb")
PASSWORD = "agent-canary-7731"
_INSTANCE = "heard"
_DATABASE = "production:\n  adapter: sqlite3\n  database: {folder}/redmine.sqlite\n  timeout: 20000\n  pool: 8\n"
_MAIL = "default:\n  email_delivery:\n    delivery_method: :test\n  attachments_storage_path: {folder}/files\n"


@dataclass(frozen=True, slots=True)
class RedmineUser:
    """Somebody who has a login there."""

    name: str
    id: int
    real_name: str
    key: str


def missing() -> str:
    """Why no Redmine can be started here; empty where one can."""
    programs = PROGRAM.joinpath("config.ru").exists() and shutil.which("puma") and shutil.which("bundle")
    return "" if programs else "Redmine is not installed (redmine, redmine-sqlite, puma)"


class RedmineServer:
    """One Redmine in one folder, which goes away at the end; to make its database takes some ten seconds."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="heard-redmine-"))
        self.port = free_port()
        self._copy()
        self._run("bundle", "lock", "--local")
        said = self._run("bundle", "exec", "rails", "runner", str(SEED), PASSWORD)
        facts = json.loads(next(line for line in said.splitlines() if line.startswith("FACTS ")).removeprefix("FACTS "))
        self.agents = {each["name"]: RedmineUser(**each) for each in facts["agents"]}
        self.customer = RedmineUser(**facts["customer"])
        self.fields: Mapping[str, int] = facts["fields"]
        self.statuses: Mapping[str, int] = facts["statuses"]
        self.tracker: int = facts["tracker"]
        puma = f"puma -e production -t 2:4 -b tcp://{HOST}:{self.port} config.ru"
        serve = f"cd {self.folder}/app && exec bundle exec {puma}"
        variables = [f"{name}={value}" for name, value in self._environment().items()]
        self.process = Server(["env", "-i", *variables, "sh", "-c", serve], self.port, self.folder / "server.log")

    @property
    def url(self) -> str:
        """Where people see it."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Start it where it doesn't run."""
        self.process.start()
        until(self._answers, "the first answer of Redmine")

    def stop(self) -> None:
        """End it politely; the tickets stay."""
        self.process.stop()

    def kill(self) -> None:
        """End it as a crash does; the tickets stay."""
        self.process.kill()

    def create(self, subject: str, text: str = "", *, user: RedmineUser | None = None, **fields: Json) -> str:
        """A new issue, of the first agent where no other user is named; its id."""
        said = self.ask(
            "POST", "/issues.json", user=user, body={"issue": {
                "project_id": "support", "tracker_id": self.tracker, "subject": subject, "description": text, **fields,
            }},
        )  # fmt: skip
        assert isinstance(said, dict)
        issue = said["issue"]
        assert isinstance(issue, dict)
        return str(issue["id"])

    def set(self, issue: str, *, user: RedmineUser | None = None, **fields: Json) -> None:
        """Change an issue, or say something on it (`notes`)."""
        self.ask("PUT", f"/issues/{issue}.json", user=user, body={"issue": fields})

    def field(self, name: str, value: str) -> Json:
        """A custom field with its value, as issues take it."""
        return [{"id": self.fields[name], "value": value}]

    def issue(self, issue: str) -> Mapping[str, Json]:
        """An issue as it stands, with what was said on it."""
        said = self.ask("GET", f"/issues/{issue}.json?include=journals,attachments")
        assert isinstance(said, dict)
        found = said["issue"]
        assert isinstance(found, dict)
        return found

    def notes(self, issue: str) -> list[tuple[str, bool]]:
        """What was said on an issue, and whether it is private, the oldest first."""
        journals = self.issue(issue)["journals"]
        assert isinstance(journals, list)
        return [(str(each["notes"]), bool(each["private_notes"])) for each in journals if each["notes"]]

    def ask(self, method: str, path: str, *, body: Json = None, user: RedmineUser | None = None) -> Json:
        """What it answers to that user; fails where it refuses."""
        key = (user or self.agents["ana"]).key
        headers = {"X-Redmine-API-Key": key, "Content-Type": "application/json"}
        connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        try:
            sent = None if body is None else json.dumps(body).encode()
            connection.request(method, quote(path, safe="/?&=,*."), sent, headers)
            answer = connection.getresponse()
            said = answer.read()
        finally:
            connection.close()
        assert answer.status < 300, f"{answer.status} {said.decode(errors='replace')[:500]}"
        found: Json = json.loads(said) if said else None
        return found

    def _answers(self) -> bool:
        try:
            return self.ask("GET", "/users/current.json") is not None
        except (OSError, http.client.HTTPException, AssertionError):
            return False

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), "TMPDIR": str(self.folder), "TZ": "UTC",
            "LANG": "C.UTF-8", "RAILS_ENV": "production", "REDMINE_INSTANCE": _INSTANCE, "REDMINE_LANG": "en",
            "BUNDLE_GEMFILE": str(self.folder / "app" / "Gemfile"),
        }  # fmt: skip

    def _copy(self) -> None:
        """The program, with an instance of its own: Debian's Gemfile asks what the machine's instances need."""
        app = self.folder / "app"
        kept_out = shutil.ignore_patterns("instances", "Gemfile.lock", "database.yml")
        shutil.copytree(PROGRAM, app, ignore=kept_out, ignore_dangling_symlinks=True)
        instance = app / "instances" / _INSTANCE
        for name in ("config", "tmp/cache", "tmp/pids", "log", "files", "plugins"):
            (instance / name).mkdir(parents=True, exist_ok=True)
            (app / name).mkdir(parents=True, exist_ok=True)
        gemfile = app / "Gemfile"
        before, _, rest = gemfile.read_text().partition("seen_adapters = {}")
        _, marker, after = rest.partition("group :test do")
        gemfile.write_text(f'{before}gem "sqlite3", "~> 1.4"\ngem "puma"\n\n{marker}{after}')
        (app / "config" / "additional_environment.rb").write_text("config.log_level = :warn\n")
        (instance / "config" / "database.yml").write_text(_DATABASE.format(folder=self.folder))
        (instance / "config" / "configuration.yml").write_text(_MAIL.format(folder=self.folder))
        (instance / "config" / "secret_key.txt").write_text("0123456789abcdef" * 8)

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command, env=self._environment(), cwd=self.folder / "app", capture_output=True, text=True, check=False
        )
        assert not done.returncode, f"{command} failed:\n{done.stdout[-1500:]}{done.stderr[-1500:]}"
        return done.stdout

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
