"""A fake Zammad: a real HTTP service on the loopback with tickets, articles, tags, checklists, macros and calls.

Built from Zammad's own source code (its controllers, models and policies, as public on GitHub from 5.0 to 7.0) and its
API documents; never compared with a running Zammad. Kept from there: what a list or search gives at most (100 and 200),
searches by condition that see at once what the database has, both forms of a search's answer, times to the millisecond
that every change of a ticket, of its tags, articles or checklist moves on, a Message-ID that is always Zammad's own,
owners who are dropped in silence where they can't have a ticket of the group, pending states that want a time, mails
without recipients that are refused, groups without an address that it fails at, merges that say by a link where the
articles went, 401 for a token that is unknown or has expired and 403 for what it doesn't allow. Not kept: triggers,
core workflows, Elasticsearch.
"""

import re
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence

from tests.servers.service import Json, Request, Response, Service
from tests.servers.zammad_desk import (
    AGENT_ROLE,
    CUSTOMER_ROLE,
    MERGED,
    NOBODY,
    PENDING,
    STATES,
    Article,
    Attached,
    Case,
    Item,
    Person,
    Told,
    ZammadDesk,
    written,
)

TOKEN = "zammad-token-of-a-test"
MOST, MOST_OF_SEARCH = 100, 200
Does = Callable[[Request, Sequence[str]], Json]


class Denied(Exception):
    """What Zammad refuses, by its status and in its words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


class Zammad(Service):
    """The fake. `permissions`: the token's; `older`: it answers searches as releases before 6.5 do."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.desk = ZammadDesk(self.now)
        self.permissions = {"ticket.agent", "cti.agent"}
        self.older = False
        routes: tuple[tuple[str, str, Does], ...] = (
            ("GET", r"users/me", lambda _, __: self.desk.people[self.desk.me].told()),
            ("GET", r"users", self._everybody),
            ("GET", r"users/search", self._people),
            ("GET", r"users/(\d+)", self._person),
            ("GET", r"ticket_states", lambda _, __: _states()),
            ("GET", r"ticket_priorities", lambda _, __: _named(self.desk.priorities)),
            ("GET", r"groups", self._groups),
            ("GET", r"text_modules", lambda asked, _: _page(asked, self.desk.text_modules)),
            ("GET", r"macros", lambda asked, _: _page(asked, self.desk.macros)),
            ("GET", r"cti/log", self._calls),
            ("POST", r"tickets/search", self._search),
            ("GET", r"tickets/(\d+)", lambda _, ids: self._case(ids[0]).told()),
            ("PUT", r"tickets/(\d+)", self._change),
            ("GET", r"ticket_articles/by_ticket/(\d+)", self._articles),
            ("POST", r"ticket_articles", self._write),
            ("GET", r"tags", lambda asked, _: {"tags": list(self._case(asked.params["o_id"]).tags)}),
            ("POST", r"tags/add", self._add_tag),
            ("DELETE", r"tags/remove", self._remove_tag),
            ("GET", r"links", self._links),
            ("PUT", r"ticket_merge/(\d+)/(\d+)", self._merge),
            ("GET", r"checklists/(\d+)", self._checklist),
            ("PUT", r"checklist_items/(\d+)", self._tick),
        )
        self._routes = [(method, re.compile(f"/api/v1/{path}"), does) for method, path, does in routes]

    def answer(self, request: Request) -> Response:
        """As Zammad does."""
        try:
            self._let_in(request)
            file = re.fullmatch(r"/api/v1/ticket_attachment/(\d+)/(\d+)/(\d+)", request.path)
            if file and request.method == "GET":
                return Response(200, self._file(*file.groups()).data, {"Content-Type": "application/octet-stream"})
            for method, path, does in self._routes:
                found = path.fullmatch(request.path)
                if found and method == request.method:
                    made = method == "POST" and does != self._search
                    return Response.of(does(request, found.groups()), 201 if made else 200)
            raise Denied(404, "No route matches")
        except Denied as denied:
            return Response.of({"error": denied.words, "error_human": denied.words}, denied.status)

    def _let_in(self, request: Request) -> None:
        given = request.headers.get("authorization", "")
        if not given:
            raise Denied(403, "Authentication required")
        if given != f"Token token={TOKEN}":
            raise Denied(401, "Can't find User for Token")
        if self.faults.expired:
            raise Denied(401, "Not authorized (token expired)!")
        if "ticket.agent" not in self.permissions:
            raise Denied(403, "Not authorized")

    def _case(self, ticket: Json) -> Case:
        """A ticket that is there, and that the token's agent may see."""
        found = self.desk.tickets.get(int(str(ticket)))
        if found is None:
            raise Denied(404, f"Couldn't find Ticket with 'id'={ticket}")
        if found.group_id not in self.desk.access[self.desk.me]:
            raise Denied(403, "Not authorized")
        return found

    def _people(self, asked: Request, _: Sequence[str]) -> Json:
        """A search for all, of one permission or not: without an order whoever changed last is first."""
        wanted = {"ticket.agent": {AGENT_ROLE}}.get(asked.params.get("permissions", ""), {AGENT_ROLE, CUSTOMER_ROLE})
        found = [one for one in self.desk.people.values() if one.role in wanted and one.id > 1]
        found.sort(key=lambda one: one.updated_at, reverse=asked.params.get("order_by", "desc") == "desc")
        return _page(asked, [self._whole(one, asked) for one in found])

    def _everybody(self, asked: Request, _: Sequence[str]) -> Json:
        """All users in the order of their ids, Zammad itself among them."""
        return _page(asked, [self._whole(self.desk.people[key], asked) for key in sorted(self.desk.people)])

    def _whole(self, one: Person, asked: Request) -> Told:
        """A user, with names besides ids where these are asked for."""
        if not asked.params.get("expand"):
            return one.told()
        company = self.desk.organizations.get(one.organization_id or 0)
        return {**one.told(), "organization": company, "roles": ["Agent" if one.role == AGENT_ROLE else "Customer"]}

    def _person(self, _: Request, ids: Sequence[str]) -> Json:
        if int(ids[0]) not in self.desk.people:
            raise Denied(404, f"Couldn't find User with 'id'={ids[0]}")
        return self.desk.people[int(ids[0])].told()

    def _groups(self, _: Request, __: Sequence[str]) -> Json:
        return [
            {"id": key, "name": name, "active": True, "email_address_id": self.desk.addresses[key]}
            for key, name in self.desk.groups.items()
        ]

    def _calls(self, _: Request, __: Sequence[str]) -> Json:
        if "cti.agent" not in self.permissions:
            raise Denied(403, "Not authorized (token)!")
        return {"list": list(self.desk.calls[:60]), "assets": {}, "backends": []}

    def _search(self, asked: Request, _: Sequence[str]) -> Json:
        fields = asked.fields()
        if fields.get("query"):
            raise Denied(500, "this Zammad has no Elasticsearch")
        limit = min(int(str(fields.get("per_page") or fields.get("limit") or 50)), MOST_OF_SEARCH)
        start = (int(str(fields.get("page") or 1)) - 1) * limit
        seen = [one for one in self.desk.tickets.values() if one.group_id in self.desk.access[self.desk.me]]
        rows = self.faults.shown([one for one in seen if _fits(one, fields.get("condition"))], lambda one: str(one.id))
        first = {"id": lambda one: (0, one.id), "updated_at,id": lambda one: (one.updated_at, one.id)}
        rows.sort(key=first[str(fields["sort_by"])], reverse="desc" in str(fields.get("order_by")))
        page = rows[max(0, start - self.faults.repeats if start else 0) :][:limit]
        people = {who for one in page for who in (one.customer_id, one.owner_id)}
        assets: Told = {
            "Ticket": {str(one.id): one.told() for one in sorted(page, key=lambda one: one.id)},
            "User": {str(who): self.desk.people[who].told() for who in sorted(people)},
            "Organization": {str(one): {"id": one, "name": name} for one, name in self.desk.organizations.items()},
        }
        ids: list[Json] = [one.id for one in page]
        self.faults.page_made()
        if self.older:
            return {"tickets": ids, "tickets_count": len(ids), "assets": assets}
        if not fields.get("full"):
            return [one.told() for one in page]
        return {"record_ids": ids, "total_count": len(rows), "assets": assets}

    def _change(self, asked: Request, ids: Sequence[str]) -> Json:
        case = self._case(ids[0])
        before = (case.state_id, case.priority_id, case.group_id, case.owner_id, case.pending_time)
        for name, told in asked.fields().items():
            self._set(case, name, told)
        if case.state_id in PENDING and not case.pending_time:
            case.state_id, case.priority_id, case.group_id, case.owner_id, case.pending_time = before
            raise Denied(422, "Missing required value for field 'pending_time'!")
        if case.group_id not in self.desk.access.get(case.owner_id, set()):
            case.owner_id = NOBODY
        if before != (case.state_id, case.priority_id, case.group_id, case.owner_id, case.pending_time):
            self.desk.touch(case.id)
        return case.told()

    def _set(self, case: Case, name: str, told: Json) -> None:
        known: Mapping[str, Mapping[int, object]] = {
            "state_id": STATES,
            "priority_id": self.desk.priorities,
            "group_id": self.desk.groups,
            "owner_id": self.desk.people,
        }
        if name == "pending_time" and (told is None or isinstance(told, str)):
            case.pending_time = told
        elif name in known and isinstance(told, int):
            if told not in known[name]:
                raise Denied(422, f"Invalid value for param '{name}': {told}")
            setattr(case, name, told)
        else:
            raise Denied(422, f"this fake knows no field {name}")

    def _articles(self, _: Request, ids: Sequence[str]) -> Json:
        return [one.told() for one in self.desk.of(self._case(ids[0]).id)]

    def _write(self, asked: Request, _: Sequence[str]) -> Json:
        given = asked.fields()
        case = self._case(given.get("ticket_id"))
        text, kind, to = given.get("body"), str(given.get("type") or "note"), str(given.get("to") or "")
        if not isinstance(text, str):
            raise Denied(422, "Need at least an 'article body' field.")
        if kind == "email" and "@" not in to:
            raise Denied(422, "Sending an email without a valid recipient is not possible.")
        if kind == "email" and self.desk.addresses[case.group_id] is None:
            raise Denied(500, "Please contact your administrator.")
        if kind not in ("email", "note", "phone", "web"):
            raise Denied(422, f"No lookup value found for 'type': \"{kind}\"")
        article = self.desk.says(
            case.id, self.desk.me, text, kind=kind, internal=bool(given.get("internal")),
            html=given.get("content_type") == "text/html",
        )  # fmt: skip
        article.to, article.cc = to, str(given.get("cc") or "")
        article.subject = str(given.get("subject") or case.title)
        article.in_reply_to = str(given["in_reply_to"]) if given.get("in_reply_to") else None
        preferences = given.get("preferences")
        article.preferences = preferences if isinstance(preferences, dict) else {}
        self._attach(article, given.get("attachments"))
        if kind == "email":
            article.written_from = "Ada Brandt via Desk <support@desk.example>"
            article.message_id = f"<{written(article.at)}.{case.id}@desk.example>"
            self.desk.sent.append((article.id, to))
        return article.told()

    def _attach(self, article: Article, given: Json) -> None:
        for one in given if isinstance(given, list) else []:
            assert isinstance(one, dict)
            if not all(one.get(key) for key in ("mime-type", "filename", "data")):
                raise Denied(422, "Attachment needs 'mime-type' param")
            data = b64decode(str(one["data"]), validate=True)
            self.desk.attaches(article, str(one["filename"]), data, Mime_Type=one["mime-type"])

    def _file(self, ticket: str, article: str, file: str) -> Attached:
        self._case(ticket)
        found = self.desk.articles.get(int(article))
        if found is None or found.ticket_id != int(ticket):
            raise Denied(403, "The article does not belong to the specified ticket.")
        for one in found.files:
            if one.id == int(file):
                return one
        raise Denied(403, "The file does not belong to the specified article.")

    def _add_tag(self, asked: Request, _: Sequence[str]) -> Json:
        case, tag = self._case(asked.fields()["o_id"]), str(asked.fields()["item"])
        if tag not in case.tags:
            case.tags.append(tag)
            self.desk.touch(case.id)
        return True

    def _remove_tag(self, asked: Request, _: Sequence[str]) -> Json:
        case, tag = self._case(asked.params["o_id"]), asked.params["item"]
        if tag in case.tags:
            case.tags.remove(tag)
            self.desk.touch(case.id)
        return True

    def _links(self, asked: Request, _: Sequence[str]) -> Json:
        case = self._case(asked.params["link_object_value"])
        links: list[Json] = []
        if case.parent is not None:
            links = [{"link_type": "parent", "link_object": "Ticket", "link_object_value": case.parent}]
        return {"links": links, "assets": {}}

    def _merge(self, _: Request, ids: Sequence[str]) -> Json:
        into = next((one for one in self.desk.tickets.values() if one.number == ids[1]), None)
        if into is None:
            return {"result": "failed", "message": "The target ticket number could not be found."}
        case = self._case(ids[0])
        if into.state_id == MERGED:
            raise Denied(422, "It is not possible to merge into an already merged ticket.")
        if into.id == case.id:
            raise Denied(422, "A ticket cannot be merged into itself.")
        if case.parent == into.id:
            raise Denied(422, "Object already exists!")
        self.desk.merges(case.id, into.id)
        return {"result": "success", "target_ticket": into.told(), "source_ticket": case.told()}

    def _checklist(self, _: Request, ids: Sequence[str]) -> Json:
        for case in self.desk.tickets.values():
            if case.checklist is not None and case.checklist.id == int(ids[0]):
                self._case(case.id)
                return {"id": case.checklist.id, "assets": case.checklist.assets()}
        raise Denied(404, f"Couldn't find Checklist with 'id'={ids[0]}")

    def _tick(self, asked: Request, ids: Sequence[str]) -> Json:
        case, item = self._item(int(ids[0]))
        done = bool(asked.fields()["checked"])
        if item.checked != done:
            item.checked = done
            self.desk.touch(case.id)
        return {"id": item.id, "text": item.text, "checked": item.checked}

    def _item(self, wanted: int) -> tuple[Case, Item]:
        for case in self.desk.tickets.values():
            for item in case.checklist.items if case.checklist else []:
                if item.id == wanted:
                    return case, item
        raise Denied(404, f"Couldn't find Checklist::Item with 'id'={wanted}")


def _states() -> Json:
    return [{"id": key, "name": name, "state_type": kind, "active": True} for key, (name, kind) in STATES.items()]


def _named(names: Mapping[int, str]) -> Json:
    return [{"id": key, "name": name, "active": True} for key, name in names.items()]


def _page(asked: Request, rows: Sequence[Json]) -> Json:
    limit = min(int(asked.params.get("per_page", MOST)), MOST_OF_SEARCH)
    start = (int(asked.params.get("page", 1)) - 1) * limit
    return list(rows[start : start + limit])


def _fits(case: Case, condition: Json) -> bool:
    """Whether a ticket fits a condition: all of its parts. Times are compared with their border within."""
    if not isinstance(condition, dict) or not condition:
        raise Denied(422, "No condition")
    return all(_fits_part(case, name, part) for name, part in condition.items())


def _fits_part(case: Case, name: str, part: Json) -> bool:
    assert isinstance(part, dict)
    match name, part["operator"]:
        case "ticket.updated_at", "after (absolute)":
            return written(case.updated_at) >= str(part["value"])
        case "ticket.updated_at", "before (absolute)":
            return written(case.updated_at) <= str(part["value"])
        case "ticket.state_id", "is":
            wanted = part["value"]
            return isinstance(wanted, list) and str(case.state_id) in map(str, wanted)
        case _:
            raise Denied(422, f"Invalid condition, operator {part['operator']}")
