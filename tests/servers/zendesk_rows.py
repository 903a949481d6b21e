"""What a Zendesk account holds, in its own JSON, and the rules by which it changes; no HTTP here.

Rows are kept as the service shows them, so that recorded ones can be laid in as they are. The invariant: every change
of a ticket makes an audit and moves its `updated_at`, which has whole seconds.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from tests.servers.service import Json

Row = dict[str, Json]
STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
PRIORITIES = ("low", "normal", "high", "urgent")
MERGED = "closed_by_merge"
# What may still be set where a ticket is closed.
OF_CLOSED = {"tags", "subject", "priority", "metadata", "safe_update", "updated_stamp"}


class Invalid(Exception):
    """What Zendesk refuses with 422: which field, and why in its words."""

    def __init__(self, field: str, why: str, kind: str = "InvalidValue") -> None:
        super().__init__(why)
        self.field, self.why, self.kind = field, why, kind


def iso(seconds: float) -> str:
    """A time as Zendesk writes it."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(text: Json) -> int:
    """The time that was written so."""
    return int(datetime.fromisoformat(str(text)).timestamp())


def number(row: Mapping[str, Json], key: str) -> int:
    """A field that is a number; 0 where there is none."""
    found = row.get(key)
    return int(found) if isinstance(found, int | float | str) and found != "" else 0


def rows(found: Json) -> list[Row]:
    """The objects of a list."""
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def texts(found: Json) -> list[str]:
    """The words of a list."""
    return [str(word) for word in found] if isinstance(found, list) else []


class Account:
    """The rows of one account. `clock` is its present in seconds; whoever calls has the service's turn."""

    def __init__(self) -> None:
        self.now = 0.0
        self.next_id = 1000
        self.users: dict[int, Row] = {}
        self.identities: dict[int, list[Row]] = {}
        self.organizations: dict[int, Row] = {}
        self.groups: dict[int, Row] = {}
        self.tickets: dict[int, Row] = {}
        self.comments: dict[int, list[Row]] = {}
        self.audits: dict[int, list[Row]] = {}
        self.deleted: dict[int, Row] = {}
        self.archived: set[int] = set()
        self.macros: list[Row] = []
        self.views: list[Row] = []
        self.fields: list[Row] = []
        self.statuses: list[Row] | None = None
        self.attachments: dict[str, bytes] = {}

    def new_id(self) -> int:
        """A number that nothing has yet."""
        self.next_id += 1
        return self.next_id

    def add_user(self, name: str, email: str, role: str = "end-user", phone: str = "", **more: Json) -> int:
        """Somebody, with the identities of their address and number."""
        user = self.new_id()
        organization = more.pop("organization_id", None)
        self.users[user] = {
            "id": user, "name": name, "email": email, "phone": phone or None, "role": role, "active": True,
            "created_at": iso(self.now), "updated_at": iso(self.now), "organization_id": organization,
            "external_id": None, "notes": "", "details": "", "user_fields": {}, **more,
        }  # fmt: skip
        known = (("email", email), ("phone_number", phone))
        self.identities[user] = [
            {"id": self.new_id(), "user_id": user, "type": kind, "value": value, "verified": True, "primary": True}
            for kind, value in known
            if value
        ]
        return user

    def add_ticket(self, requester: int, subject: str, body: str, **more: Json) -> int:
        """A ticket that a customer, or an agent on their behalf, has opened."""
        ticket = self.new_id()
        self.tickets[ticket] = {
            "id": ticket, "subject": subject, "status": "new", "priority": None, "requester_id": requester,
            "submitter_id": requester, "assignee_id": None, "group_id": None, "organization_id": None, "tags": [],
            "custom_fields": [], "email_cc_ids": [], "follower_ids": [], "followup_ids": [], "is_public": True,
            "via": {"channel": "email", "source": {"from": {}, "to": {}, "rel": None}},
            "created_at": iso(self.now), "updated_at": iso(self.now), "description": body, "external_id": None, **more,
        }  # fmt: skip
        self.comments[ticket], self.audits[ticket] = [], []
        self.add_comment(ticket, requester, {"body": body, "public": True}, {})
        return ticket

    def add_comment(self, ticket: int, author: int, said: Mapping[str, Json], custom: Mapping[str, Json]) -> Row:
        """Something said on a ticket, and the audit that holds it. A customer's word opens it again."""
        body, html = str(said.get("body") or ""), said.get("html_body")
        files = rows(said.get("attachments"))
        if not (body.strip() or str(html or "").strip()):
            raise Invalid("base", "Comment: body: cannot be blank", "BlankValue")
        audit = self.audit(ticket, author, custom)
        comment: Row = {
            "id": self.new_id(), "type": "Comment", "author_id": author, "body": body or str(html),
            "html_body": html or f"<p>{body}</p>", "plain_body": body or str(html), "public": said.get("public", True),
            "attachments": list(files), "audit_id": audit["id"], "created_at": iso(self.now),
            "via": said.get("via") or {"channel": "email" if self.is_customer(author) else "api", "source": {}},
            "metadata": {"system": {}, "custom": dict(custom)},
        }  # fmt: skip
        self.comments[ticket].append(comment)
        events = audit["events"]
        assert isinstance(events, list)
        events.append({"id": comment["id"], "type": "Comment", "body": comment["body"], "public": comment["public"]})
        if self.is_customer(author) and self.tickets[ticket]["status"] in ("pending", "hold", "solved"):
            self.tickets[ticket]["status"] = "open"
        self.touch(ticket)
        return audit

    def audit(self, ticket: int, author: int, custom: Mapping[str, Json]) -> Row:
        """One more entry of a ticket's history."""
        made: Row = {
            "id": self.new_id(), "ticket_id": ticket, "created_at": iso(self.now), "author_id": author, "events": [],
            "metadata": {"system": {}, "custom": dict(custom)}, "via": {"channel": "api"},
        }  # fmt: skip
        self.audits[ticket].append(made)
        return made

    def touch(self, ticket: int) -> None:
        """It was changed now."""
        self.tickets[ticket]["updated_at"] = iso(self.now)

    def is_customer(self, user: int) -> bool:
        """Whether it is nobody of the staff."""
        return self.users.get(user, {}).get("role") not in ("agent", "admin")

    def change(self, ticket: int, wanted: Mapping[str, Json], agent: int) -> Row:
        """What an agent's PUT does; Invalid where Zendesk refuses it, and then nothing is changed."""
        row = self.tickets[ticket]
        self._check(row, wanted)
        metadata = wanted.get("metadata")
        custom = dict(metadata) if isinstance(metadata, dict) else {}
        comment = wanted.get("comment")
        if isinstance(comment, dict):
            audit = self.add_comment(ticket, agent, comment, custom)
        else:
            audit = self.audit(ticket, agent, custom)
        for key in ("subject", "priority", "group_id", "assignee_id", "custom_fields"):
            if key in wanted:
                row[key] = wanted[key]
        if "tags" in wanted:
            row["tags"] = [*sorted({word.lower().replace(" ", "_") for word in texts(wanted["tags"])})]
        self._set_status(row, wanted)
        self._copy(row, rows(wanted.get("email_ccs")))
        self.touch(ticket)
        return audit

    def _check(self, row: Row, wanted: Mapping[str, Json]) -> None:
        if row["status"] == "closed" and set(wanted) - OF_CLOSED:
            raise Invalid("status", "Status: closed prevents ticket update", "ClosedTicket")
        custom = self._custom_status(wanted)
        status = wanted.get("status") or (custom and custom["status_category"])
        if status is not None and (status not in STATUSES or status not in self.offered()):
            raise Invalid("status", f"Status: {status} is not a valid status")
        if status == "new" and row["status"] != "new":
            raise Invalid("status", "Status: cannot be set back to new")
        if wanted.get("priority") is not None and wanted["priority"] not in PRIORITIES:
            raise Invalid("priority", "Priority: is invalid")
        assignee = wanted["assignee_id"] if "assignee_id" in wanted else row["assignee_id"]
        if assignee is not None and self.is_customer(int(str(assignee))):
            raise Invalid("assignee", "Assignee: is invalid")
        if status == "solved" and assignee is None:
            raise Invalid("assignee", "Assignee: is required when solving a ticket", "BlankValue")
        if wanted.get("group_id") is not None and number(wanted, "group_id") not in self.groups:
            raise Invalid("group", "Group: is invalid")
        comment = wanted.get("comment")
        if isinstance(comment, dict) and not str(comment.get("body") or comment.get("html_body") or "").strip():
            raise Invalid("base", "Comment: body: cannot be blank", "BlankValue")

    def offered(self) -> set[str]:
        """The statuses that this account uses: on-hold has to be switched on."""
        field = next((field for field in self.fields if field["type"] == "status"), {})
        options = {str(option["value"]) for option in rows(field.get("system_field_options"))}
        return {*options, "new", "closed"} if options else set(STATUSES)

    def _custom_status(self, wanted: Mapping[str, Json]) -> Row | None:
        named = wanted.get("custom_status_id")
        if named is None:
            return None
        found = next((status for status in self.statuses or () if status["id"] == named), None)
        if found is None:
            raise Invalid("custom_status_id", "Custom status: is invalid")
        return found

    def _set_status(self, row: Row, wanted: Mapping[str, Json]) -> None:
        custom = self._custom_status(wanted)
        if custom is not None:
            row["status"], row["custom_status_id"] = custom["status_category"], custom["id"]
        elif "status" in wanted:
            row["status"] = wanted["status"]
            usual = (s for s in self.statuses or () if s["status_category"] == row["status"] and s["default"])
            row["custom_status_id"] = next((status["id"] for status in usual), row.get("custom_status_id"))
        if row["assignee_id"] is not None and row["status"] == "new":
            row["status"] = "open"

    def _copy(self, row: Row, changes: Iterable[Row]) -> None:
        copied = [int(str(user)) for user in texts(row["email_cc_ids"])]
        for change in changes:
            email = str(change.get("user_email") or "")
            user = number(change, "user_id") or self.user_of(email)
            if change.get("action") == "delete":
                copied = [known for known in copied if known != user]
            elif user not in copied:
                copied.append(user or self.add_user(email.partition("@")[0], email))
        row["email_cc_ids"] = list(copied)

    def user_of(self, email: str) -> int:
        """Who has that address; 0: nobody."""
        return next((number for number, user in self.users.items() if user.get("email") == email), 0)

    def merge(self, ticket: int, into: int, agent: int, said: Mapping[str, Json]) -> str:
        """Close a ticket into another one; why not, or nothing."""
        for each in (ticket, into):
            if each not in self.tickets or self.tickets[each]["status"] == "closed":
                return f"Ticket {each} is closed or not there"
        merged: Row = {"channel": "web", "source": {"from": {"ticket_id": ticket}, "to": {}, "rel": "merge"}}
        told = str(said.get("target_comment") or f"Request #{ticket} was closed and merged into this request")
        self.add_comment(into, agent, {"body": told, "public": False, "via": merged}, {})
        why = str(said.get("source_comment") or f"This request was closed and merged into request #{into}")
        self.add_comment(ticket, agent, {"body": why, "public": False, "via": merged}, {})
        row = self.tickets[ticket]
        row["status"], row["tags"] = "closed", [*texts(row["tags"]), MERGED]
        return ""

    def delete(self, ticket: int) -> None:
        """Take a ticket away, as an agent may: it is listed among the deleted for 30 days."""
        row = self.tickets.pop(ticket)
        self.deleted[ticket] = {
            "id": ticket, "subject": row["subject"], "deleted_at": iso(self.now), "previous_state": row["status"],
        }  # fmt: skip
