"""An agent's words as RT takes them: JSON, and with files a form, in which their names keep every letter.

The invariant: RT reads some words as none at all; they are sent so that they stay words.
"""

import json

from sync.http import Ask, Json
from sync.tickets import WriteMessage

_NO = (400, 403, 404, 405, 409, 412, 413, 415, 422)


def parcel(wanted: WriteMessage, action: str, fields: dict[str, str]) -> Ask:
    """The request that puts these words on their ticket; `fields` are custom ones of what is made."""
    told: dict[str, Json] = {"ContentType": "text/plain"}
    if wanted.body.strip():
        told["Content"] = _kept(wanted.body)
    if fields:
        told["TxnCustomFields"] = fields
    path = f"/ticket/{int(wanted.ticket)}/{action}"
    if not wanted.files:
        return Ask(path, method="POST", json=told, accept=_NO)
    files = tuple(("Attachments", file) for file in wanted.files)
    return Ask(path, method="POST", form={"JSON": json.dumps(told)}, files=files, accept=_NO)


def _kept(text: str) -> str:
    """Perl takes “0” for nothing, and half of a pair of surrogates is refused."""
    whole = text.encode("utf-8", "replace").decode()
    return whole + "\n" if whole == "0" else whole
