"""A Zendesk account on the loopback: its API as far as an agent's console uses it, and its limits.

    with Zendesk() as fake: …                # fake.account holds the rows, fake.faults what goes wrong

Built from the vendor's OpenAPI texts, its articles (creating and updating tickets, system ticket rules, incremental
exports, pagination), other clients' tests, and 309 recorded answers of a real account, which can be laid into it. Never
checked against the service itself: the wording of most refusals, which combinations of fields it refuses, the order
within equal times, and how long its index and its jobs take.

It refuses what the real one does: pages of over 100, an unknown order, exports by whoever is no admin or too often or
of the last minute, a search whose cursor is an hour old, an empty comment, a change of what is closed, solving without
an assignee, a stamp that is not the newest.
"""

import base64
import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from tests.servers.service import Json, Request, Response, Service
from tests.servers.zendesk_lists import CURSOR_LIVES, ListRefused, Order, export, found_by, paged
from tests.servers.zendesk_rows import Account, Invalid, Row, iso, number, rows, texts

AGENT = "agent@example.test"
SECRET = "zendesk-token-7f3a91"
MINUTE = 60.0


@dataclass
class Limit:
    """So many requests a minute, of which `used` holds the times."""

    most: int
    used: deque[float] = field(default_factory=deque)

    def take(self, now: float) -> int | None:
        """How many are left after this one; None where it is one too many."""
        while self.used and self.used[0] <= now - MINUTE:
            self.used.popleft()
        if len(self.used) >= self.most:
            return None
        self.used.append(now)
        return self.most - len(self.used)


class Files(Service):
    """The other host, where the bytes of files lie: it asks for no login, and would tell of one that came along."""

    def __init__(self, account: Account) -> None:
        super().__init__()
        self._account = account

    def answer(self, request: Request) -> Response:
        """The bytes, for whoever has the token."""
        body = self._account.attachments.get(request.path.rpartition("/")[2])
        return Response(404) if body is None or "token" not in request.params else Response(200, body)


class Zendesk(Service):
    """The account of one agent, `role` agent or admin. `jobs_take`: so many looks until a job is done.

    `audits_rise`: a ticket's history comes in its own order, whichever was asked for.

    `leap`: so many seconds later it is after every change, so that a test needn't wait until a stamp is of the past.
    """

    def __init__(self, role: str = "agent", *, most: int = 700, leap: float = 0.0) -> None:
        self.leap, self._leapt = leap, 0.0
        super().__init__()
        self.account = Account()
        self.account.now = self.now()
        self.files = Files(self.account)
        self.limit, self.exports = Limit(most), Limit(10)
        self.jobs_take, self.audits_rise = 1, False
        self._jobs: dict[str, tuple[int, str]] = {}
        self._created: dict[str, tuple[bytes, Response]] = {}
        self._uploads: dict[str, Row] = {}
        self._cursors: dict[str, float] = {}
        self.agent = self.account.add_user("Ana Agent", AGENT, role)
        self._routes: list[tuple[str, str, Callable[[Request, list[int]], Response]]] = [
            ("GET", "users/me", self._me), ("GET", "users/show_many", self._users), ("GET", "users", self._all_users),
            ("GET", "tickets/count", self._count), ("GET", "tickets", self._tickets),
            ("POST", "tickets", self._create), ("GET", "tickets/#", self._ticket),
            ("PUT", "tickets/#", self._update), ("GET", "tickets/#/comments", self._comments),
            ("GET", "tickets/#/audits", self._audits), ("POST", "tickets/#/merge", self._merge),
            ("GET", "deleted_tickets", self._deleted), ("GET", "search/export", self._search),
            ("GET", "incremental/tickets/cursor", self._export), ("GET", "groups", self._groups),
            ("GET", "ticket_fields", self._fields), ("GET", "custom_statuses", self._statuses),
            ("GET", "macros", self._macros), ("GET", "views", self._views),
            ("GET", "job_statuses/#", self._job), ("POST", "uploads", self._upload),
            ("GET", "attachments/#", self._attachment),
        ]  # fmt: skip

    def __enter__(self) -> "Zendesk":
        self.files.__enter__()
        super().__enter__()
        return self

    def __exit__(self, kind: object, error: object, at: object) -> None:
        super().__exit__(None, None, None)
        self.files.__exit__(None, None, None)

    def now(self) -> float:
        """The account's clock."""
        return super().now() + self._leapt

    def changed(self) -> None:
        """Something was changed: let it be of the past."""
        self._leapt += self.leap
        self.account.now = self.now()

    def answer(self, request: Request) -> Response:
        """What the account says, with what is left of its rate limit."""
        self.account.now = self.now()
        if request.path.startswith("/attachments/token/"):
            name = request.path.strip("/").rpartition("/")[2]
            return Response(302, b"", {"Location": f"{self.files.url}/attachment/{name}?token=eyJ"})
        left = self.limit.take(self.now())
        if left is None:
            return self._too_many(self.limit)
        if not self._is_known(request):
            return Response.of({"error": "Couldn't authenticate you"}, 401)
        said = self._say(request)
        if request.method != "GET":
            self.changed()
        told = {"X-Rate-Limit": str(self.limit.most), "X-Rate-Limit-Remaining": str(left), **said.headers}
        return Response(said.status, said.body, told)

    def _say(self, request: Request) -> Response:
        words = request.path.removeprefix("/api/v2/").removesuffix(".json").split("/")
        for method, path, route in self._routes:
            parts = path.split("/")
            fits = len(parts) == len(words) and all(a in ("#", b) for a, b in zip(parts, words, strict=True))
            if method == request.method and fits and request.path.startswith("/api/v2/"):
                try:
                    return route(request, [int(word) for word in words if word.isdigit()])
                except Invalid as error:
                    return _invalid(error)
                except ListRefused as error:
                    return Response.of({"error": error.kind, "description": str(error)}, error.status)
                except KeyError:
                    return Response.of({"error": "RecordNotFound", "description": "Not found"}, 404)
        return Response.of({"error": "InvalidEndpoint", "description": "Not found"}, 404)

    def _is_known(self, request: Request) -> bool:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if self.faults.expired or (scheme == "Bearer" and given != SECRET):
            return False
        if scheme == "Basic":
            return base64.b64decode(given).decode() == f"{AGENT}/token:{SECRET}"
        return scheme == "Bearer"

    def _too_many(self, limit: Limit) -> Response:
        wait = max(1, int(limit.used[0] + MINUTE - self.now()) + 1)
        return Response.of({"error": "TooManyRequests"}, 429, Retry_After=str(wait))

    def _me(self, request: Request, at: list[int]) -> Response:
        return Response.of({"user": self.account.users[self.agent]})

    def _all_users(self, request: Request, at: list[int]) -> Response:
        role, users = request.params.get("role"), list(self.account.users.values())
        if "role[]" in request.params:
            users = [user for user in users if not self.account.is_customer(number(user, "id"))]
        return self._page(request, "users", [user for user in users if role in (None, user["role"])])

    def _users(self, request: Request, at: list[int]) -> Response:
        wanted = [int(word) for word in request.params.get("ids", "").split(",") if word]
        if len(wanted) > 100:
            raise ListRefused("TooManyValues", 400)
        found = [self.account.users[user] for user in wanted if user in self.account.users]
        return Response.of({"users": [*found], **self._beside(request, found)})

    def _beside(self, request: Request, told: Iterable[Row]) -> Row:
        """What `include` asks for, of the rows that are told."""
        account, beside = self.account, request.params.get("include", "").split(",")
        told = list(told)
        made: Row = {}
        if "users" in beside:
            keys = ("requester_id", "submitter_id", "assignee_id", "author_id")
            named = {number(row, key) for row in told for key in keys}
            named |= {int(user) for row in told for user in texts(row.get("email_cc_ids"))}
            made["users"] = [account.users[user] for user in sorted(named) if user in account.users]
        if "identities" in beside:
            made["identities"] = [each for row in told for each in account.identities.get(number(row, "id"), ())]
        if "organizations" in beside:
            named = {number(row, "organization_id") for row in told}
            made["organizations"] = [account.organizations[each] for each in named if each in account.organizations]
        return made

    def _page(self, request: Request, name: str, found: list[Row], by: str = "id") -> Response:
        """A page of a list, by cursor."""
        size = int(request.params.get("page[size]", "0"))
        if not 0 < size <= 100:
            raise ListRefused("InvalidPaginationParameter", 400)
        told, after = paged(found, size, request.params.get("page[after]", ""), Order(by), self.faults.repeats)
        self.faults.page_made()
        meta: Row = {"has_more": bool(after), "after_cursor": after or None, "before_cursor": None}
        return Response.of({name: [*told], "meta": meta, "links": {}, **self._beside(request, told)})

    def _tickets(self, request: Request, at: list[int]) -> Response:
        by = request.params.get("sort", "id")
        if by.removeprefix("-") not in ("id", "updated_at"):
            raise ListRefused("InvalidPaginationParameter", 400)
        account = self.account
        shown = [row for ticket, row in account.tickets.items() if ticket not in account.archived]
        shown = self.faults.shown(shown, lambda row: str(row["id"]))
        return self._page(request, "tickets", shown, by)

    def _count(self, request: Request, at: list[int]) -> Response:
        listed = len(self.account.tickets.keys() - self.account.archived)
        return Response.of({"count": {"value": listed, "refreshed_at": iso(self.now())}})

    def _ticket(self, request: Request, at: list[int]) -> Response:
        row = self.account.tickets[at[0]]
        return Response.of({"ticket": row, **self._beside(request, [row])})

    def _comments(self, request: Request, at: list[int]) -> Response:
        self.account.tickets[at[0]]
        by = request.params.get("sort", "created_at")
        if by.removeprefix("-") != "created_at":
            raise ListRefused("InvalidPaginationParameter", 400)
        return self._page(request, "comments", self.account.comments[at[0]], by)

    def _audits(self, request: Request, at: list[int]) -> Response:
        self.account.tickets[at[0]]
        kept = list(self.account.audits[at[0]])
        if request.params.get("sort_order") == "desc" and not self.audits_rise:
            kept.reverse()
        size, page = int(request.params.get("per_page", "100")), int(request.params.get("page", "1"))
        if size > 100 or size * page > 10_000:
            raise ListRefused("InvalidPaginationDepth", 400)
        part = kept[size * (page - 1) : size * page]
        return Response.of({"audits": [*part], "next_page": "yes" if size * page < len(kept) else None})

    def _update(self, request: Request, at: list[int]) -> Response:
        row = self.account.tickets[at[0]]
        wanted = self._wanted(request)
        if str(wanted.get("safe_update")).lower() == "true":
            if "updated_stamp" not in wanted:
                return Response.of({"error": "BadRequest", "description": "updated_stamp is missing"}, 400)
            if wanted["updated_stamp"] != row["updated_at"]:
                why = "Safe Update prevented the update due to outdated ticket data. Please fetch the latest ticket."
                return Response.of({"error": "UpdateConflict", "description": why}, 409)
        audit = self.account.change(at[0], self._with_files(wanted), self.agent)
        return Response.of({"ticket": row, "audit": audit})

    def _create(self, request: Request, at: list[int]) -> Response:
        key = request.headers.get("idempotency-key", "")
        if key in self._created:
            body, said = self._created[key]
            if body != request.body:
                return Response.of({"error": "IdempotentRequestError"}, 400)
            return Response(said.status, said.body, {**said.headers, "X-Idempotency-Lookup": "hit"})
        said = self._new(self._with_files(self._wanted(request)))
        if key:
            self._created[key] = (request.body, said)
        return said

    def _new(self, wanted: Mapping[str, Json]) -> Response:
        account, comment, metadata = self.account, wanted.get("comment"), wanted.get("metadata")
        said = comment if isinstance(comment, dict) else {}
        if not str(said.get("body") or said.get("html_body") or "").strip():
            raise Invalid("base", "Description: cannot be blank", "BlankValue")
        before = account.tickets.get(number(wanted, "via_followup_source_id"))
        requester = number(wanted, "requester_id") or self.agent
        ticket = account.add_ticket(requester, str(wanted.get("subject") or ""), "-")
        row = account.tickets[ticket]
        account.comments[ticket], account.audits[ticket] = [], []
        audit = account.add_comment(ticket, self.agent, said, metadata if isinstance(metadata, dict) else {})
        if before is not None and before["status"] == "closed":
            before["followup_ids"] = [*texts(before["followup_ids"]), ticket]
            row["tags"], row["group_id"] = before["tags"], before["group_id"]
            row["via"] = {"channel": "api", "source": {"from": {"ticket_id": before["id"]}, "rel": "follow_up"}}
        return Response.of({"ticket": row, "audit": audit}, 201, X_Idempotency_Lookup="miss")

    def _wanted(self, request: Request) -> Row:
        wanted = request.fields().get("ticket")
        if not isinstance(wanted, dict):
            raise Invalid("ticket", "Parameter ticket is required")
        return wanted

    def _with_files(self, wanted: Row) -> Row:
        comment = wanted.get("comment")
        if not isinstance(comment, dict):
            return wanted
        files: list[Json] = []
        for token in texts(comment.get("uploads")):
            if token not in self._uploads:
                raise Invalid("base", "Upload: is not valid")
            files.append(self._uploads.pop(token))
        return {**wanted, "comment": {**comment, "attachments": files}}

    def _upload(self, request: Request, at: list[int]) -> Response:
        name, token = request.params.get("filename", ""), f"upload{self.account.new_id()}"
        if not name or not request.headers.get("content-type"):
            return Response.of({"error": "BadRequest"}, 400)
        self._uploads[token] = self.attachment(name, request.headers["content-type"], request.body)
        return Response.of({"upload": {"token": token, "attachments": [self._uploads[token]]}}, 201)

    def attachment(self, name: str, kind: str, body: bytes) -> Row:
        """A file as a comment holds it; its bytes lie at the other host."""
        made = self.account.new_id()
        self.account.attachments[f"F{made}"] = body
        url = f"{self.url}/attachments/token/F{made}/?name={name}"
        return {"id": made, "file_name": name, "content_type": kind, "size": len(body), "inline": False,
                "content_url": url, "deleted": False}  # fmt: skip

    def _attachment(self, request: Request, at: list[int]) -> Response:
        said = (comment for each in self.account.comments.values() for comment in each)
        files = (file for comment in said for file in rows(comment["attachments"]))
        found = next((file for file in files if file["id"] == at[0]), None)
        if found is None:
            raise KeyError
        return Response.of({"attachment": found})

    def _merge(self, request: Request, at: list[int]) -> Response:
        self.account.tickets[at[0]]
        asked, job = request.fields(), str(self.account.new_id())
        whys = [self.account.merge(int(each), at[0], self.agent, asked) for each in texts(asked.get("ids"))]
        self._jobs[job] = (self.jobs_take, " ".join(why for why in whys if why))
        return Response.of({"job_status": {"id": job, "status": "queued", "message": None}})

    def _job(self, request: Request, at: list[int]) -> Response:
        job = request.path.rpartition("/")[2]
        looks, why = self._jobs[job]
        self._jobs[job] = (looks - 1, why)
        status = "working" if looks > 0 else "failed" if why else "completed"
        return Response.of({"job_status": {"id": job, "status": status, "message": why or None}})

    def _deleted(self, request: Request, at: list[int]) -> Response:
        gone = sorted(self.account.deleted.values(), key=lambda row: str(row["deleted_at"]), reverse=True)
        size, page = int(request.params.get("per_page", "100")), int(request.params.get("page", "1"))
        left = len(gone) > size * page
        part = gone[size * (page - 1) : size * page]
        return Response.of({"deleted_tickets": [*part], "next_page": "yes" if left else None, "count": len(gone)})

    def _search(self, request: Request, at: list[int]) -> Response:
        account, kind = self.account, request.params.get("filter[type]")
        if kind not in ("ticket", "user"):
            raise ListRefused("invalid", 422)
        cursor = request.params.get("page[after]", "")
        if cursor and self._cursors.get(cursor, 0.0) < self.now() - CURSOR_LIVES:
            raise ListRefused("invalid", 400)
        every = account.tickets.values() if kind == "ticket" else account.users.values()
        shown = self.faults.shown(every, lambda row: str(row["id"]))
        found = found_by(request.params.get("query", ""), shown)
        size = min(int(request.params.get("page[size]", "100")), 1000)
        told, after = paged(found, size, cursor, Order("-created_at"), self.faults.repeats)
        self._cursors[after] = self.now()
        meta: Row = {"has_more": bool(after), "after_cursor": after or None}
        return Response.of({"results": [*told], "meta": meta, "links": {}})

    def _export(self, request: Request, at: list[int]) -> Response:
        if self.account.users[self.agent]["role"] != "admin":
            return Response.of({"error": "Forbidden", "description": "You do not have access to this page."}, 403)
        if self.exports.take(self.now()) is None:
            return self._too_many(self.exports)
        gone: list[Row] = [
            {**row, "status": "deleted", "updated_at": row["deleted_at"], "created_at": iso(0), "requester_id": 0}
            for row in self.account.deleted.values()
        ]
        every = [*self.account.tickets.values(), *gone]
        told = export(every, request.params, self.now())
        return Response.of({**told, **self._beside(request, rows(told["tickets"]))})

    def _groups(self, request: Request, at: list[int]) -> Response:
        return self._page(request, "groups", list(self.account.groups.values()))

    def _fields(self, request: Request, at: list[int]) -> Response:
        return self._page(request, "ticket_fields", self.account.fields)

    def _macros(self, request: Request, at: list[int]) -> Response:
        return self._page(request, "macros", [macro for macro in self.account.macros if macro["active"]])

    def _views(self, request: Request, at: list[int]) -> Response:
        return self._page(request, "views", [view for view in self.account.views if view["active"]])

    def _statuses(self, request: Request, at: list[int]) -> Response:
        if self.account.statuses is None:
            raise KeyError
        return Response.of({"custom_statuses": [*self.account.statuses]})


def _invalid(error: Invalid) -> Response:
    details = {error.field: [{"description": error.why, "error": error.kind}]}
    told = {"error": "RecordInvalid", "description": "Record validation errors", "details": details}
    return Response(422, json.dumps(told).encode(), {"Content-Type": "application/json"})
