"""Help Scout's saved replies, told as snippets.

The invariant: a placeholder that has a variable of ours becomes that; every other one is asked of the agent, so that
none is sent to a customer in braces.
"""

import re

from desk.mail.html import html_to_text
from desk.snippets import Snippet
from sync.http import Ask, Http
from sync.sources.helpscout import answers
from sync.sources.helpscout.directory import Known
from sync.sources.lenient import one, parted
from sync.tickets import SnippetNews

# {%customer.firstName,fallback=there%}
_PLACEHOLDER = re.compile(r"\{%\s*([\w.]+)\s*(?:,\s*fallback\s*=\s*([^%{}]*))?%\}")
_VARIABLES = {
    "customer.fullname": "customer.name",
    "customer.firstname": "customer.first_name",
    "customer.email": "customer.email",
    "customer.company": "customer.organization",
    "conversation.number": "ticket.number",
    "user.fullname": "agent.name",
    "user.firstname": "agent.first_name",
    "mailbox.name": "team.name",
}


def snippets(http: Http, known: Known) -> list[SnippetNews]:
    """All that this app may read, inbox by inbox."""
    found: list[SnippetNews] = []
    for mailbox, name in known.mailboxes.items():
        path = f"/mailboxes/{mailbox}/saved-replies"
        answer = http.ask(Ask(path, accept=(403, 404), what="saved replies"))
        told = answer.json() if answer.status == 200 else []
        listed = told if isinstance(told, list) else answers.listed(answer, "savedReplies")[0]
        numbers = [each.id for each in parted(list(listed), answers.SAVED_REPLY, "")[0]]
        asks = [Ask(f"{path}/{number}", accept=(403, 404), what="a saved reply") for number in numbers]
        for each in http.ask_all(asks) if asks else ():
            reply = one(each, answers.SAVED_REPLY)
            if reply is not None:
                body = _PLACEHOLDER.sub(_ours, html_to_text(reply.text).text)
                found.append(SnippetNews(str(reply.id), Snippet(reply.name, body, folder=name)))
    return found


def _ours(found: re.Match[str]) -> str:
    name = _VARIABLES.get(found[1].casefold())
    if name is None:
        return "{{ask: " + found[1] + "}}"
    fallback = (found[2] or "").strip().replace("|", "")
    return "{{" + name + (f"|{fallback}" if fallback else "") + "}}"
