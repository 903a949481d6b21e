"""A Freshdesk account on the loopback: its API v2 as far as an agent's console uses it, with its limits.

    with Freshdesk() as fake: …              # fake.desk holds the rows, fake.faults what goes wrong

Built from the published API reference as other people's clients and notes repeat it, and from 59 recorded answers of a
real account of 2021. Never checked against the service itself: whether `updated_since` includes its own second (it does
here), whether a filter may stand beside it, how a merge puts words together, and the wording of most refusals.

It refuses what the real one does: pages of over 100, and any beyond the 300th; unknown fields and values; empty words;
tickets older than 30 days in a list that names no time.
"""

import base64
import json
from collections import deque
from collections.abc import Callable, Mapping
from email import message_from_string
from email.message import Message

from tests.servers.freshdesk_rows import ADDRESS_LIVES, STATUSES, Desk, Row, iso
from tests.servers.service import Json, Request, Response, Service

KEY = "freshdesk-key-5b1e07"
LARGEST_PAGE, LAST_PAGE = 100, 300
MONTH = 30 * 86_400
ORDERS = ("created_at", "due_by", "updated_at", "status")
FIELDS = ("status", "priority", "responder_id", "group_id", "tags", "subject", "type", "custom_fields")
LONGEST_TAG = 32


class Refusal(Exception):
    """A request that is refused, for one of its fields or as a whole."""

    def __init__(self, field: str, message: str, code: str = "invalid_value", status: int = 400) -> None:
        super().__init__(message)
        self.field, self.code, self.status = field, code, status

    def told(self) -> Response:
        """As Freshdesk says it."""
        slip: Row = {"field": self.field, "message": str(self), "code": self.code}
        return Response.of({"description": "Validation failed", "errors": [slip]}, self.status)


class Files(Service):
    """The other host, where the bytes of files lie. Its addresses are good for a while, and it knows no login."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk

    def address(self, number: int) -> str:
        """Where a file is now."""
        return f"{self.url}/{number}?until={int(self._desk.now()) + ADDRESS_LIVES}"

    def answer(self, request: Request) -> Response:
        """The bytes, in time; whoever sends a login along is refused, as by S3."""
        if "authorization" in request.headers:
            return Response(400)
        content = self._desk.files.get(int(request.path.strip("/")))
        if content is None or int(request.params.get("until", 0)) < self._desk.now():
            return Response(403)
        return Response(200, content)


class Freshdesk(Service):
    """The account of one agent, Ana. `most`: requests a minute; `administrator`: whether the key may list people."""

    def __init__(self, *, most: int = 10_000, administrator: bool = True) -> None:
        super().__init__()
        self.desk = Desk(self.now)
        self.files = Files(self.desk)
        self.most, self.administrator = most, administrator
        self._used: deque[float] = deque()
        self.agent = self.desk.add_agent("Ana Agent", "ana@example.test")
        self._routes: list[tuple[str, str, Callable[[Request, int], Response]]] = [
            ("GET", "agents/me", lambda request, at: Response.of(self.desk.agents[self.agent])),
            ("GET", "agents", lambda request, at: self._people(request, list(self.desk.agents.values()))),
            ("GET", "groups", lambda request, at: self._people(request, _named(self.desk.groups))),
            ("GET", "ticket_fields", lambda request, at: _page(request, self.desk.choices())),
            ("GET", "contacts", lambda request, at: self._contacts(request)),
            ("GET", "companies", lambda request, at: self._people(request, _named(self.desk.companies))),
            ("GET", "contacts/#", lambda request, at: Response.of(self.desk.contacts[at])),
            ("GET", "companies/#", lambda request, at: Response.of({"id": at, "name": self.desk.companies[at]})),
            ("GET", "tickets", lambda request, at: self._tickets(request)),
            ("GET", "tickets/#", lambda request, at: self._ticket(at)),
            ("GET", "tickets/#/conversations", self._conversations),
            ("POST", "tickets/#/reply", lambda request, at: self._say(request, at, private=False)),
            ("POST", "tickets/#/notes", lambda request, at: self._say(request, at, private=True)),
            ("PUT", "tickets/merge", lambda request, at: self._merge(request)),
            ("PUT", "tickets/#", self._update),
            ("GET", "canned_response_folders", lambda request, at: _page(request, self._folders())),
            ("GET", "canned_response_folders/#/responses",
             lambda request, at: _page(request, self.desk.folders[at][1])),
        ]  # fmt: skip

    def __enter__(self) -> "Freshdesk":
        self.files.__enter__()
        super().__enter__()
        return self

    def __exit__(self, kind: object, error: object, at: object) -> None:
        super().__exit__(None, None, None)
        self.files.__exit__(None, None, None)

    @property
    def used(self) -> int:
        """How many of a minute's requests were made."""
        return len(self._used)

    def answer(self, request: Request) -> Response:
        """What it says, with what is left of the rate limit."""
        now = self.now()
        while self._used and self._used[0] <= now - 60:
            self._used.popleft()
        if len(self._used) >= self.most:
            wait = max(1, int(self._used[0] + 60 - now) + 1)
            return Response.of(
                {"message": "You have exceeded the limit of requests per minute"}, 429, Retry_After=str(wait)
            )
        self._used.append(now)
        said = self._said(request)
        left = {"X-RateLimit-Total": str(self.most), "X-RateLimit-Remaining": str(self.most - len(self._used))}
        return Response(said.status, said.body, {**said.headers, **left, "X-RateLimit-Used-CurrentRequest": "1"})

    def _said(self, request: Request) -> Response:
        if not self._is_known(request):
            told = "You have to be logged in to perform this action."
            return Response.of({"code": "invalid_credentials", "message": told}, 401)
        words = request.path.removeprefix("/api/v2/").split("/")
        for method, path, route in self._routes:
            parts = path.split("/")
            fits = len(parts) == len(words) and all(
                a == b or (a == "#" and b.isdigit()) for a, b in zip(parts, words, strict=True)
            )
            if method == request.method and fits and request.path.startswith("/api/v2/"):
                try:
                    return route(request, next((int(word) for word in words if word.isdigit()), 0))
                except Refusal as refusal:
                    return refusal.told()
                except KeyError:
                    return Response(404)
        return Response(404)

    def _is_known(self, request: Request) -> bool:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if self.faults.expired or scheme != "Basic":
            return False
        return base64.b64decode(given).decode().partition(":")[0] == KEY

    def _people(self, request: Request, found: list[Row]) -> Response:
        if not self.administrator:
            told = "You are not authorized to perform this action."
            return Response.of({"code": "access_denied", "message": told}, 403)
        return _page(request, found)

    def _contacts(self, request: Request) -> Response:
        """Those who aren't deleted, by name, without their further addresses."""
        since = request.params.get("_updated_since", "")
        rows = [
            row for row in self.desk.contacts.values() if not row.get("deleted") and str(row["updated_at"]) >= since
        ]
        rows.sort(key=lambda row: str(row["name"]))
        return _page(request, [{name: row[name] for name in row if name != "other_emails"} for row in rows])

    def _tickets(self, request: Request) -> Response:
        asked = request.params
        order, which = asked.get("order_by", "created_at"), asked.get("filter", "")
        if order not in ORDERS:
            raise Refusal("order_by", f"It should be one of these values: '{','.join(ORDERS)}'")
        if which not in ("", "new_and_my_open", "watching", "spam", "deleted"):
            raise Refusal("filter", "It should be one of these values: 'new_and_my_open,watching,spam,deleted'")
        rows = [row for row in self.desk.tickets.values() if _is_in(row, which)]
        since = asked.get("updated_since", "")
        if since:
            rows = [row for row in rows if str(row["updated_at"]) >= since]
        elif not which:
            rows = [row for row in rows if str(row["created_at"]) >= iso(self.now() - MONTH)]
        rows = self.faults.shown(rows, lambda row: str(row["id"]))
        falls = asked.get("order_type", "desc") == "desc"
        rows.sort(key=lambda row: (str(row[order]), _number(row["id"])), reverse=falls)
        brief = [
            {name: row[name] for name in row if not name.startswith(("description", "attachments"))} for row in rows
        ]
        answer = _page(request, brief, self.faults.repeats)
        self.faults.page_made()
        return answer

    def _ticket(self, number: int) -> Response:
        return Response.of(self._with_addresses(self.desk.tickets[number]))

    def _conversations(self, request: Request, number: int) -> Response:
        return _page(request, [self._with_addresses(row) for row in self.desk.said[number]])

    def _with_addresses(self, row: Row) -> Row:
        attached = row["attachments"]
        assert isinstance(attached, list)
        files = [
            {**each, "attachment_url": self.files.address(_number(each["id"]))}
            for each in attached
            if isinstance(each, dict)
        ]
        return {**row, "attachments": list[Json](files)}

    def _say(self, request: Request, number: int, *, private: bool) -> Response:
        self._open(number)
        said, files = _form(request) if _is_form(request) else (request.fields(), [])
        known = ("body", "private", "incoming", "notify_emails", "user_id") if private else (
            "body", "from_email", "user_id", "cc_emails", "bcc_emails")  # fmt: skip
        for name in said:
            if name not in known:
                raise Refusal(name, "Unexpected/invalid field in request", "invalid_field")
        body = said.get("body")
        if not isinstance(body, str) or not body.strip():
            raise Refusal("body", "It should be a/an String", "missing_field")
        copies = said.get("cc_emails", [])
        if not isinstance(copies, list) or not all("@" in str(address) for address in copies):
            raise Refusal("cc_emails", "It should contain elements of type 'valid email format' only")
        attached = tuple(self.desk.attach(name, content) for name, content in files)
        is_quiet = private and said.get("private", True) in (True, "true")
        whole = body if body.startswith("<div") else f"<div>{body}</div>"
        more: Row = {"cc_emails": copies, "source": 2 if private else 0}
        row = self.desk.say(number, self.agent, whole, incoming=False, private=is_quiet, files=attached, **more)
        return Response.of(self._with_addresses(row), 201)

    def _open(self, number: int) -> Row:
        row = self.desk.tickets[number]
        if row.get("deleted"):
            raise KeyError(number)
        return row

    def _update(self, request: Request, number: int) -> Response:
        row, wanted = self._open(number), request.fields()
        if not wanted:
            raise Refusal("request", "Request body should not be blank", "missing_params")
        for name, value in wanted.items():
            if name not in FIELDS:
                raise Refusal(name, "Unexpected/invalid field in request", "invalid_field")
            self._check(name, value)
        row.update(wanted)
        self.desk.touch(number)
        return self._ticket(number)

    def _check(self, name: str, value: Json) -> None:
        if name == "status" and str(value) not in STATUSES:
            raise Refusal(name, f"It should be one of these values: '{','.join(STATUSES)}'")
        if name == "priority" and value not in (1, 2, 3, 4):
            raise Refusal(name, "It should be one of these values: '1,2,3,4'")
        if name == "responder_id" and value is not None and value not in self.desk.agents:
            raise Refusal(name, "There is no agent matching the given responder_id")
        if name == "group_id" and value is not None and value not in self.desk.groups:
            raise Refusal(name, "There is no group matching the given group_id")
        if name == "tags" and not (isinstance(value, list) and all(len(str(tag)) <= LONGEST_TAG for tag in value)):
            raise Refusal(name, "It should only contain elements that have maximum of 32 characters")

    def _merge(self, request: Request) -> Response:
        wanted = request.fields()
        primary, others = _number(wanted.get("primary_id")), wanted.get("ticket_ids")
        if not isinstance(others, list) or not others:
            raise Refusal("ticket_ids", "It should be a/an Array", "missing_field")
        self._open(primary)
        for other in others:
            self._open(_number(other))
            if any("closed and merged into" in str(row["body"]) for row in self.desk.said[_number(other)]):
                raise Refusal("ticket_ids", "There are no tickets matching these ids")
        for other in others:
            notes = (_body(wanted.get("note_in_primary")), _body(wanted.get("note_in_secondary")))
            self.desk.merge(primary, _number(other), notes)
        return Response(204)

    def _folders(self) -> list[Row]:
        return [{"id": number, "name": name} for number, (name, _) in self.desk.folders.items()]


def _page(request: Request, rows: list[Row], repeats: int = 0) -> Response:
    """A page of a list; rows that come again stand at its beginning."""
    size, page = int(request.params.get("per_page", 30)), int(request.params.get("page", 1))
    if not 0 < size <= LARGEST_PAGE:
        raise Refusal("per_page", "It should be a Positive Integer less than or equal to 100")
    if page > LAST_PAGE:
        raise Refusal("page", "You cannot access tickets beyond the 300th page. Please provide a smaller page number.")
    start = max(0, (page - 1) * size - (repeats if page > 1 else 0))
    told = rows[start : page * size]
    more = {"Link": f'<https://example.test{request.path}?page={page + 1}>; rel="next"'} if rows[page * size :] else {}
    return Response(200, json.dumps(told).encode(), {"Content-Type": "application/json; charset=utf-8", **more})


def _named(rows: Mapping[int, str]) -> list[Row]:
    return [{"id": number, "name": name} for number, name in rows.items()]


def _is_in(row: Row, which: str) -> bool:
    if which == "deleted":
        return bool(row.get("deleted"))
    if which == "spam":
        return bool(row["spam"])
    return not row.get("deleted") and not row["spam"]


def _number(value: Json) -> int:
    return value if isinstance(value, int) else 0


def _body(note: Json) -> str:
    return str(note.get("body", "")) if isinstance(note, dict) else ""


def _is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("multipart/form-data")


def _form(request: Request) -> tuple[dict[str, Json], list[tuple[str, bytes]]]:
    """The fields and the files of a form; a name that ends in [] is a list."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n"
    fields: dict[str, Json] = {}
    files: list[tuple[str, bytes]] = []
    # Byte by byte as letters: names of files are UTF-8 as it is, of which the parser of mails would make nothing.
    whole: Message = message_from_string(head + request.body.decode("latin-1"))
    for part in whole.walk():
        name = part.get_param("name", header="content-disposition")
        if not isinstance(name, str):
            continue
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if filename := part.get_filename():
            files.append((filename.encode("latin-1").decode(), content))
        elif name.endswith("[]"):
            listed = fields.setdefault(name[:-2], [])
            assert isinstance(listed, list)
            listed.append(content.decode())
        else:
            fields[name] = content.decode()
    return fields, files
