"""A new customer out of what was typed into the search: an address, a number or a name is put where it belongs."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from desk.errors import BadInput
from desk.lookup import IdentityKind
from desk.text import clean
from screens.form import Entry, Form, Values
from screens.seat import Seat
from storage.deeds.by import Done
from storage.form_drafts import About

if TYPE_CHECKING:
    from sqlmodel import Session

_ADDRESSED = re.compile(r"\s*\"?(?P<name>[^<\"]*?)\"?\s*<(?P<address>[^<>\s]+@[^<>\s]+)>\s*")
_NUMBER = re.compile(r"[\d\s+()./\u2010-\u2015-]{5,30}(?:\s*(?:x|ext\.?)\s*\d{1,6})?", re.IGNORECASE)
_KINDS = {"email": IdentityKind.EMAIL, "phone": IdentityKind.PHONE, "account": IdentityKind.ACCOUNT}


def recognised(text: str) -> dict[str, str]:
    """What a typed text is, by the form's fields: email (with a name before it), phone, account or name."""
    text = clean(text, lines=False).strip()
    addressed = _ADDRESSED.fullmatch(text)
    if addressed:
        return {"name": addressed["name"], "email": addressed["address"]}
    if "@" in text.strip("@") and " " not in text:
        return {"email": text}
    if _NUMBER.fullmatch(text) and sum(letter.isdigit() for letter in text) >= 5:
        return {"phone": text}
    if any(letter.isdigit() for letter in text) and " " not in text:
        return {"account": text}
    return {"name": text}


def new_customer_form(seat: Seat, text: str) -> Form:
    """The form for a new customer, filled in as far as the text goes."""
    known = recognised(text)
    entries = (
        Entry("name", "Name", known.get("name", ""), "as you would greet them"),
        Entry("email", "Email", known.get("email", ""), "ana@example.org"),
        Entry("phone", "Phone", known.get("phone", ""), "in any notation"),
        Entry("account", "Account", known.get("account", ""), "their number with you, if there is one"),
    )

    def deed(values: Values) -> "Callable[[Session], Done]":
        from storage.deeds.customers import new_customer

        by, regions = seat.by(), seat.regions
        name = values["name"].strip() or next(values[key].strip() for key in _KINDS if values[key].strip())
        identities = tuple((kind, values[key]) for key, kind in _KINDS.items() if values[key].strip())
        return lambda session: new_customer(session, by, name, identities, regions)

    return Form("New customer", entries, deed, meaning, About("customer", opened_with=text))


def meaning(values: Values) -> str:
    """What would be saved, in words; raises BadInput where something is missing or can't be."""
    if not any(value.strip() for value in values.values()):
        raise BadInput("Nothing is written yet", "A name, an address or a number is enough.")
    email, phone = values["email"].strip(), values["phone"].strip()
    if email and ("@" not in email.strip("@") or " " in email):
        raise BadInput("That is no email address", "Write it like ana@example.org.")
    if phone and not any(letter.isdigit() for letter in phone):
        raise BadInput("There is no digit in the phone number", "Leave it empty where you don't know it.")
    if values["name"].strip():
        return "found from now on by anything that stands here"
    return "without a name they are listed by what you know"
