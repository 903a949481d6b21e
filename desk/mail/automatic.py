"""Whether a machine wrote a mail, and by which mark it says so.

Such a mail is shown and threaded like any other, but never answered automatically: lists of people carry these marks
as well (72 % of the mailing lists of 2002 say Precedence: bulk).
"""

from desk.mail.addresses import Address
from desk.mail.headers import Headers

OWN_LOOP_MARK = "x-heard-loop"
# What a mail of ours is marked with that no person has written, on its way out and read again.
AUTO_REPLIED = "Auto-Submitted: auto-replied"

_PRECEDENCE = frozenset(("bulk", "list", "junk", "auto_reply", "auto-reply"))
_MACHINES = ("mailer-daemon", "postmaster")
_SUPPRESSED = frozenset(("dr", "autoreply", "all"))
# Named by their presence alone, whatever they hold.
_PRESENT = (
    (OWN_LOOP_MARK, "X-Heard-Loop"),
    ("x-fc-machinegenerated", "X-FC-MachineGenerated"),
    ("x-autoresponse", "X-Autoresponse"),
    ("x-autorespond", "X-Autorespond"),
    ("list-id", "List-Id"),
    ("list-unsubscribe", "List-Unsubscribe"),
)
_RECEIPT = "disposition-notification"


def automatic_mark(headers: Headers, sender: Address) -> str:
    """The header, or the sender, that says that a machine wrote it; empty where a person seems to have."""
    submitted = headers.word("auto-submitted")
    if submitted and submitted != "no":
        return f"Auto-Submitted: {submitted}"
    if suppressed := _suppressed(headers):
        return f"X-Auto-Response-Suppress: {suppressed}"
    for name in ("x-autoreply", "x-loop"):
        if headers.word(name) in ("yes", "true", "1"):
            return f"{name.title()}: yes"
    precedence = headers.word("precedence")
    if precedence in _PRECEDENCE:
        return f"Precedence: {precedence}"
    for name, shown in _PRESENT:
        if name in headers:
            return shown
    if _RECEIPT in headers.raw("content-type").decode("ascii", "replace").lower():
        return f"Content-Type: {_RECEIPT}"
    return _mark_of_sender(headers, sender)


def _suppressed(headers: Headers) -> str:
    values = {value.strip().lower() for value in headers.text("x-auto-response-suppress").split(",")}
    if found := values & _SUPPRESSED:
        return min(found)
    return "oof" if "oof" in values and "x-ms-exchange-inbox-rules-loop" in headers else ""


def _mark_of_sender(headers: Headers, sender: Address) -> str:
    if sender.address.partition("@")[0].lower() in _MACHINES:
        return f"From: {sender.address}"
    if "return-path" in headers and headers.raw("return-path") in (b"<>", b""):
        return "Return-Path: <>"
    return ""
