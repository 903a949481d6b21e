"""Rows out of CSV and JSON Lines, as plain dictionaries of text or JSON values; nothing is judged here.

A CSV column is matched to a field by `--map FIELD=COLUMN`, else by the usual names for it; what matches no field is
kept as a detail of the record under the column's own name, so that no column vanishes.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desk.errors import BadInput
from desk.nearest import mend_name
from desk.text import clean
from storage.imports.files import Kind, opened
from storage.imports.report import Problem

if TYPE_CHECKING:
    import _csv

# The column names that people use, each in letters and digits alone, lower case.
USUAL: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    Kind.CUSTOMERS: {
        "name": ("name", "fullname", "customer", "customername", "contact", "displayname", "person"),
        "given_name": ("givenname", "firstname", "forename", "vorname"),
        "surname": ("surname", "lastname", "familyname", "nachname"),
        "email": ("email", "emails", "mail", "emailaddress", "emailaddresses"),
        "phone": ("phone", "phones", "phonenumber", "telephone", "tel", "mobile", "cell", "telefon"),
        "account": ("account", "accounts", "accountid", "accountno", "accountnumber", "customerid", "customerno",
                    "customernumber", "kundennummer"),
        "order": ("order", "orders", "orderid", "orderno", "ordernumber"),
        "handle": ("handle", "handles", "twitter", "xhandle"),
        "organization": ("organization", "organisation", "company", "firm", "firma", "employer"),
        "since": ("since", "customersince", "signupdate", "joined", "createdat"),
        "plan": ("plan", "tier", "subscription"),
        "value": ("value", "annualvalue"),
        "currency": ("currency",),
        "flags": ("flags",),
        "note": ("note", "notes", "comment", "remark"),
        "external_id": ("externalid", "id", "recid", "recordid", "uuid", "key"),
    },
    Kind.TICKETS: {
        "subject": ("subject", "title", "summary"),
        "text": ("text", "body", "description", "message", "content"),
        "channel": ("channel", "via", "source"),
        "status": ("status", "state"),
        "priority": ("priority",),
        "tags": ("tags", "labels"),
        "assignee": ("assignee", "assignedto", "agent", "owner"),
        "created_at": ("createdat", "created", "date", "opened"),
        "external_id": ("externalid", "id", "ticketid", "number", "ticket", "key"),
        "name": ("customer", "customername", "name", "requester", "from"),
        "email": ("customeremail", "email", "requesteremail"),
        "phone": ("customerphone", "phone"),
        "account": ("customeraccount", "account"),
    },
    Kind.SNIPPETS: {
        "title": ("title", "name"),
        "trigger": ("trigger", "shortcut", "abbreviation"),
        "folder": ("folder", "category", "group"),
        "keywords": ("keywords", "tags"),
        "body": ("body", "text", "content", "message"),
    },
}  # fmt: skip
TABLES = (".csv", ".tsv", ".jsonl", ".ndjson")
# A cell of a table may hold a whole mail; the standard library's limit is 128 KiB.
LARGEST_CELL = 64 * 1024 * 1024

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Read:
    """One record: its place in the file in words, its fields, and the columns that match no field."""

    where: str
    fields: Row
    details: dict[str, str]


def is_table(path: Path) -> bool:
    """Whether the name says CSV or JSON Lines, gzipped or not."""
    return path.name.removesuffix(".gz").lower().endswith(TABLES)


def guess(path: Path, mapping: Mapping[str, str]) -> Kind:
    """What a table holds, by the names of its columns; BadInput where they fit nothing."""
    columns = _first_columns(path)
    names = {_plain(column) for column in columns} | set(mapping)
    if {"subject"} & names or {"messages"} & names:
        return Kind.TICKETS
    if "body" in names and names & {"title", "trigger"}:
        return Kind.SNIPPETS
    known = {alias for aliases in USUAL[Kind.CUSTOMERS].values() for alias in aliases} | {"emails", "phones"}
    if names & known or set(mapping) & set(USUAL[Kind.CUSTOMERS]):
        return Kind.CUSTOMERS
    raise BadInput(
        f"{path} has columns that say nothing to Heard: {', '.join(columns[:8]) or 'none at all'}",
        "Say what it holds with --as customers, tickets or snippets, and name its columns with --map FIELD=COLUMN.",
    )


def parse_map(pairs: Sequence[str], kind: Kind) -> dict[str, str]:
    """`FIELD=COLUMN` pairs by field. BadInput names the field that isn't one, and the nearest that is."""
    mapping: dict[str, str] = {}
    for pair in pairs:
        name, equals, column = pair.partition("=")
        if not equals or not column:
            raise BadInput(
                f"--map {pair} has no column", "Write --map FIELD=COLUMN, such as --map account=customer_no."
            )
        if name not in USUAL[kind]:
            raise BadInput(f"--map {pair}: {name!r} is no field of {kind.value}", mend_name(name, USUAL[kind]))
        mapping[name] = column
    return mapping


def rows(path: Path, kind: Kind, mapping: Mapping[str, str]) -> Iterator[Read | Problem]:
    """Every record of the file; one that can't be read comes as a Problem. BadInput where the whole file can't be."""
    if path.name.removesuffix(".gz").lower().endswith((".jsonl", ".ndjson")):
        yield from _json_rows(path)
    else:
        yield from _csv_rows(path, kind, mapping)


def count_lines(path: Path) -> int:
    """Lines of the file, unpacked: what the progress of a table is measured by."""
    with opened(path) as stream:
        return sum(1 for _ in stream)


def _json_rows(path: Path) -> Iterator[Read | Problem]:
    with opened(path) as stream:
        for number, line in enumerate(stream, 1):
            where = f"{path}, line {number}"
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except ValueError as error:
                yield Problem(where, f"This is not JSON: {error}")
                continue
            if isinstance(record, dict):
                yield Read(where, {str(key): value for key, value in record.items()}, {})
            else:
                yield Problem(where, "Each line holds one object, in braces")


def _csv_rows(path: Path, kind: Kind, mapping: Mapping[str, str]) -> Iterator[Read | Problem]:
    csv.field_size_limit(LARGEST_CELL)
    reader = _reader(path)
    try:
        columns = [clean(cell, lines=False).strip() for cell in next(reader, [])]
        fields = _fields(path, columns, kind, mapping)
        for row in reader:
            where = f"{path}, line {reader.line_num}"
            if not any(cell.strip() for cell in row):
                continue
            if len(row) > len(columns):
                yield Problem(where, f"The row has {len(row)} cells, the first line names {len(columns)} columns")
                continue
            yield _read(where, columns, fields, row)
    except csv.Error as error:
        raise BadInput(
            f"{path}, line {reader.line_num}: {error}", "Mend that line; what came before was taken in."
        ) from error


def _read(where: str, columns: list[str], fields: Mapping[int, str], row: list[str]) -> Read:
    found: Row = {}
    details: dict[str, str] = {}
    for place, raw in enumerate(row):
        cell = raw.strip()
        if not cell:
            continue
        name = fields.get(place)
        if name is None:
            details[columns[place] or f"column {place + 1}"] = cell
        elif name in found:
            found[name] = f"{found[name]}\n{cell}"
        else:
            found[name] = cell
    return Read(where, found, details)


def _fields(path: Path, columns: list[str], kind: Kind, mapping: Mapping[str, str]) -> dict[int, str]:
    """Which place holds which field: first what was mapped, then the usual names."""
    found: dict[int, str] = {}
    for name, column in mapping.items():
        places = [place for place, title in enumerate(columns) if title == column or _plain(title) == _plain(column)]
        if not places:
            raise BadInput(f"{path} has no column {column!r} (--map {name}={column})", mend_name(column, columns))
        found.update(dict.fromkeys(places, name))
    for name, aliases in USUAL[kind].items():
        if name in mapping:
            continue
        for place, title in enumerate(columns):
            if place not in found and (_plain(title) in aliases or title == name):
                found[place] = name
    return found


def _reader(path: Path) -> "_csv.Reader":
    with opened(path) as stream:
        raw = stream.read()
    text = _decoded(raw)
    head = text[:20_000]
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(head, delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel_tab if "\t" in head.partition("\n")[0] else csv.excel
    # What the sniffer says of quotes and spaces is often wrong; only the separator is taken from it.
    return csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter, skipinitialspace=True)


def _decoded(raw: bytes) -> str:
    from desk.mail.charsets import decode

    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    return decode(raw.removeprefix(b"\xef\xbb\xbf"), "utf-8").text


def _first_columns(path: Path) -> list[str]:
    if path.name.removesuffix(".gz").lower().endswith((".jsonl", ".ndjson")):
        first = next((read for read in _json_rows(path) if isinstance(read, Read)), None)
        return [] if first is None else list(first.fields)
    return [cell.strip() for cell in next(_reader(path), [])]


def _plain(title: str) -> str:
    return re.sub(r"[\W_]+", "", title).lower()
