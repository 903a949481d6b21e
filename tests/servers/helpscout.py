"""A Help Scout account on the loopback: its API v2 as far as an agent's console uses it, with its limits.

    with HelpScout() as fake: …              # fake.desk holds the rows, fake.faults what goes wrong

Built from the published Inbox API reference (listing, getting, updating conversations, threads, rate limits) and from
other people's clients; no recorded traffic was there. Never checked against the service itself: whether a list is in
the order it says within one second, how tags are spelled, the wording of every refusal, and what a merged conversation
looks like to those who know its number but for the 301 that the reference promises.

It refuses what the real one does: a token by JSON, milliseconds in `modifiedSince`, more than one patch in a request,
a reply to nobody, empty words, the 101st thread; and it lists active conversations alone unless asked for all.
"""

import json
import re
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Callable
from urllib.parse import parse_qs

from tests.servers.helpscout_rows import Desk, Row, iso
from tests.servers.service import Json, Request, Response, Service

APP, SECRET = "f1d2c3b4a5968778", "helpscout-secret-93c1d7"
PAGE = 50
MOST_THREADS = 100
TWO_DAYS = 172_800
STATUSES = ("active", "pending", "closed", "spam")
_WHOLE_SECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Refusal(Exception):
    """A request that is refused: by which status, and for what in it."""

    def __init__(self, path: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.path, self.status = path, status

    def told(self) -> Response:
        """As Help Scout says it."""
        errors: list[Json] = [{"path": self.path, "message": str(self), "source": "JSON"}]
        return Response.of({"message": "Bad request", "_embedded": {"errors": errors}}, self.status)


class HelpScout(Service):
    """The account of one app, Ana's. `most`: requests a minute, of which a write takes two.

    `bare`: customers come without their addresses and numbers, as in the tests of the vendor's own client.
    """

    def __init__(self, *, most: int = 10_000, page: int = PAGE, bare: bool = False) -> None:
        super().__init__()
        self.bare = bare
        self.desk = Desk(self.now)
        self.most, self.page = most, page
        self._used: deque[float] = deque()
        self.tokens: dict[str, float] = {}
        self.user = self.desk.add_user("Ana", "Agent", "ana@example.test")
        self._routes: list[tuple[str, str, Callable[[Request, list[int]], Response]]] = [
            ("GET", "users/me", lambda request, at: Response.of(self.desk.users[self.user])),
            ("GET", "users", lambda request, at: self._page(request, "users", list(self.desk.users.values()))),
            ("GET", "mailboxes", lambda request, at: self._page(request, "mailboxes", self._mailboxes())),
            ("GET", "mailboxes/#/saved-replies", lambda request, at: self._saved(at[0])),
            ("GET", "mailboxes/#/saved-replies/#", lambda request, at: Response.of(self._reply(at[0], at[1]))),
            ("GET", "customers", lambda request, at: self._customers(request)),
            ("GET", "customers/#", lambda request, at: self._customer(at[0])),
            ("GET", "customers/#/emails", lambda request, at: self._ways(request, at[0], "emails")),
            ("GET", "customers/#/phones", lambda request, at: self._ways(request, at[0], "phones")),
            ("GET", "conversations", lambda request, at: self._list(request)),
            ("GET", "conversations/#", self._conversation),
            ("PATCH", "conversations/#", self._patch),
            ("PUT", "conversations/#/tags", self._tags),
            ("GET", "conversations/#/threads",
             lambda request, at: self._page(request, "threads", self.desk.threads[at[0]][::-1])),
            ("GET", "conversations/#/attachments/#/data",
             lambda request, at: Response.of({"data": b64encode(self.desk.files[at[1]]).decode()})),
            ("POST", "conversations/#/reply", lambda request, at: self._say(request, at[0], "message")),
            ("POST", "conversations/#/notes", lambda request, at: self._say(request, at[0], "note")),
        ]  # fmt: skip

    @property
    def used(self) -> int:
        """How many of a minute's requests were made."""
        return len(self._used)

    def answer(self, request: Request) -> Response:
        """What it says, with what is left of the rate limit."""
        if request.path == "/v2/oauth2/token":
            return self._token(request)
        now = self.now()
        while self._used and self._used[0] <= now - 60:
            self._used.popleft()
        if len(self._used) >= self.most:
            wait = max(1, int(self._used[0] + 60 - now) + 1)
            return Response(429, b"{}", {"X-RateLimit-Retry-After": str(wait)})
        self._used.extend([now] if request.method == "GET" else [now, now])
        said = self._said(request)
        left = str(max(0, self.most - len(self._used)))
        told = {"X-RateLimit-Limit-Minute": str(self.most), "X-RateLimit-Remaining-Minute": left}
        return Response(said.status, said.body, {**said.headers, **told})

    def _token(self, request: Request) -> Response:
        form = parse_qs(request.body.decode())
        is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        given = [form.get(name, [""])[0] for name in ("grant_type", "client_id", "client_secret")]
        if not is_form or given != ["client_credentials", APP, SECRET] or self.faults.expired:
            return Response.of({"error": "invalid_client", "error_description": "Bad client credentials"}, 400)
        token = f"token-{len(self.tokens)}-7b21f0"
        self.tokens[token] = self.now() + TWO_DAYS
        return Response.of({"token_type": "bearer", "access_token": token, "expires_in": TWO_DAYS})

    def _said(self, request: Request) -> Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self.faults.expired or self.tokens.get(token, 0) < self.now():
            return Response.of({"error": "invalid_token"}, 401)
        words = request.path.removeprefix("/v2/").split("/")
        for method, path, route in self._routes:
            parts = path.split("/")
            fits = len(parts) == len(words) and all(
                a == b or (a == "#" and b.isdigit()) for a, b in zip(parts, words, strict=True)
            )
            if method == request.method and fits and request.path.startswith("/v2/"):
                try:
                    return route(request, [int(word) for word in words if word.isdigit()])
                except Refusal as refusal:
                    return refusal.told()
                except KeyError as error:
                    return self._moved(error.args[0])
        return Response.of({"message": "Not found"}, 404)

    def _moved(self, number: object) -> Response:
        into = self.desk.moved.get(number) if isinstance(number, int) else None
        if into is None:
            return Response.of({"message": "Not found"}, 404)
        return Response(301, b"", {"Location": f"{self.url}/v2/conversations/{into}"})

    def _customers(self, request: Request) -> Response:
        asked, since = request.params, request.params.get("modifiedSince", "")
        if asked.get("sortField", "createdAt") not in ("createdAt", "firstName", "lastName", "modifiedAt"):
            raise Refusal("sortField", "is not known")
        if since and not _WHOLE_SECONDS.fullmatch(since):
            raise Refusal("modifiedSince", "must be a date and time in whole seconds")
        rows = [row for row in self.desk.customers.values() if str(row["updatedAt"]) >= since]
        falls = asked.get("sortOrder", "desc") == "desc"
        rows.sort(key=lambda row: (str(row["updatedAt"]), _number(row["id"])), reverse=falls)
        return self._page(request, "customers", [self._shown(row) for row in rows])

    def _list(self, request: Request) -> Response:
        asked = request.params
        status, since = asked.get("status", "active"), asked.get("modifiedSince", "")
        order, falls = asked.get("sortField", "createdAt"), asked.get("sortOrder", "desc") == "desc"
        if status not in ("all", "open", *STATUSES) or order not in ("createdAt", "modifiedAt", "number", "status"):
            raise Refusal("status" if order else "sortField", "is not known")
        if since and not _WHOLE_SECONDS.fullmatch(since):
            raise Refusal("modifiedSince", "must be a date and time in whole seconds")
        rows = [row for row in self.desk.conversations.values() if status in ("all", row["status"])]
        if since:
            rows = [row for row in rows if iso(self.desk.modified[_number(row["id"])]) >= since]
        rows = self.faults.shown(rows, lambda row: str(row["id"]))
        modified = self.desk.modified
        by = {
            "createdAt": lambda row: str(row["createdAt"]),
            "modifiedAt": lambda row: iso(modified[_number(row["id"])]),
        }
        rows.sort(key=lambda row: (by.get(order, by["createdAt"])(row), _number(row["id"])), reverse=falls)
        with_threads = asked.get("embed") == "threads"
        told = [self.desk.told(_number(row["id"]), threads=with_threads) for row in rows]
        answer = self._page(request, "conversations", told)
        self.faults.page_made()
        return answer

    def _page(self, request: Request, name: str, rows: list[Row]) -> Response:
        page = int(request.params.get("page", 1))
        if page < 1:
            raise Refusal("page", "must be greater than or equal to 1")
        start = max(0, (page - 1) * self.page - (self.faults.repeats if page > 1 else 0))
        pages = max(1, -(-len(rows) // self.page))
        info: Row = {"size": self.page, "totalElements": len(rows), "totalPages": pages, "number": page}
        found = rows[start : page * self.page]
        told: Row = {"page": info} if not found else {"_embedded": {name: list[Json](found)}, "page": info}
        return Response(200, json.dumps(told).encode(), {"Content-Type": "application/hal+json"})

    def _conversation(self, request: Request, at: list[int]) -> Response:
        return Response.of(self.desk.told(at[0], threads=request.params.get("embed") == "threads"))

    def _patch(self, request: Request, at: list[int]) -> Response:
        row, wanted = self.desk.conversations[at[0]], request.json()
        if not isinstance(wanted, dict):
            raise Refusal("", "Malformed JSON")
        match (wanted.get("op"), wanted.get("path"), wanted.get("value")):
            case ("replace", "/status", str() as status) if status in STATUSES:
                self.desk.happens(at[0], status=status)
            case ("replace", "/assignTo", int() as user) if user in self.desk.users:
                self.desk.happens(at[0], assignee=self.desk.person(user))
            case ("remove", "/assignTo", None):
                row.pop("assignee", None)
                self.desk.happens(at[0])
            case ("move", "/mailboxId", int() as mailbox) if mailbox in self.desk.mailboxes:
                self.desk.happens(at[0], mailboxId=mailbox)
            case (_, path, _):
                raise Refusal(str(path), "Value is not valid")
        return Response(204)

    def _tags(self, request: Request, at: list[int]) -> Response:
        tags = request.fields().get("tags")
        if not isinstance(tags, list) or not all(isinstance(tag, str) and tag for tag in tags):
            raise Refusal("tags", "may not be null")
        self.desk.conversations[at[0]]["tags"] = [
            {"id": number, "color": "#929499", "tag": str(tag).lower()} for number, tag in enumerate(tags)
        ]
        self.desk.happens(at[0])
        return Response(204)

    def _say(self, request: Request, number: int, kind: str) -> Response:
        row, wanted = self.desk.conversations[number], request.fields()
        if not str(wanted.get("text") or "").strip():
            raise Refusal("text", "may not be empty")
        whose = wanted.get("customer")
        if kind == "message" and not (isinstance(whose, dict) and _number(whose.get("id")) in self.desk.customers):
            raise Refusal("customer", "may not be null")
        if len(self.desk.threads[number]) >= MOST_THREADS:
            return Response.of({"message": "Maximum number of threads reached"}, 412)
        status = wanted.get("status")
        if status is not None and status not in STATUSES:
            raise Refusal("status", "is not known")
        attached = wanted.get("attachments", [])
        files = tuple(
            self.desk.attach(str(each["fileName"]), b64decode(str(each["data"])), str(each["mimeType"]))
            for each in (attached if isinstance(attached, list) else ())
            if isinstance(each, dict)
        )
        said = self.desk.say(number, self.user, kind, str(wanted["text"]), files=files, cc=wanted.get("cc", []))
        if kind == "message" or status is not None:
            row["status"] = status or "active"
        return Response(201, b"", {"Resource-ID": str(said["id"])})

    def _customer(self, number: int) -> Response:
        return Response.of(self._shown(self.desk.customers[number]))

    def _shown(self, row: Row) -> Row:
        return {name: row[name] for name in row if not (self.bare and name == "_embedded")}

    def _ways(self, request: Request, customer: int, name: str) -> Response:
        parts = self.desk.customers[customer]["_embedded"]
        found = parts.get(name) if isinstance(parts, dict) else None
        listed = found if isinstance(found, list) else []
        return self._page(request, name, [each for each in listed if isinstance(each, dict)])

    def _mailboxes(self) -> list[Row]:
        return [{"id": number, "name": name} for number, name in self.desk.mailboxes.items()]

    def _saved(self, mailbox: int) -> Response:
        rows = self.desk.saved.get(mailbox, [])
        return Response.of([{"id": row["id"], "name": row["name"], "preview": "…"} for row in rows])

    def _reply(self, mailbox: int, number: int) -> Row:
        return {_number(row["id"]): row for row in self.desk.saved[mailbox]}[number]


def _number(value: Json) -> int:
    return value if isinstance(value, int) else 0
