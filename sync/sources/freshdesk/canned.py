"""Freshdesk's canned responses, told as snippets.

The invariant: a placeholder that has a variable of ours becomes that; every other one is asked of the agent, so that
none is sent to a customer in braces.
"""

import re

from desk.mail.html import html_to_text
from desk.snippets import Snippet
from sync.http import Ask, Http
from sync.sources.freshdesk import answers
from sync.sources.freshdesk.answers import CannedResponse
from sync.tickets import SnippetNews

LARGEST_PAGE = 100
MOST_PAGES = 20
_PLACEHOLDER = re.compile(r"\{\{\s*([^{}\n]*?)\s*\}\}")
_VARIABLES = {
    "ticket.requester.name": "customer.name",
    "ticket.requester.firstname": "customer.first_name",
    "ticket.requester.email": "customer.email",
    "ticket.requester.phone": "customer.phone",
    "ticket.requester.company_name": "customer.organization",
    "ticket.from_email": "customer.email",
    "ticket.id": "ticket.number",
    "ticket.subject": "ticket.subject",
    "ticket.agent.name": "agent.name",
    "ticket.agent.firstname": "agent.first_name",
    "helpdesk_name": "team.name",
}


def snippets(http: Http) -> list[SnippetNews]:
    """All that this key may read."""
    folders = answers.readable(http.ask(Ask("/canned_response_folders", accept=(403, 404))), answers.NAMED)
    found: list[SnippetNews] = []
    for folder in folders:
        for page in range(1, MOST_PAGES + 1):
            path = f"/canned_response_folders/{folder.id}/responses"
            answer = http.ask(Ask(path, {"page": page, "per_page": LARGEST_PAGE}, accept=(403, 404)))
            read = answers.readable(answer, answers.CANNED)
            found += [SnippetNews(str(each.id), _snippet(each, folder.name)) for each in read]
            if len(read) < LARGEST_PAGE:
                break
    return found


def _snippet(told: CannedResponse, folder: str) -> Snippet:
    body = html_to_text(told.content_html).text if told.content_html else told.content
    return Snippet(told.title, _PLACEHOLDER.sub(_ours, body), folder=folder)


def _ours(found: re.Match[str]) -> str:
    name = _VARIABLES.get(found[1].casefold())
    return "{{" + (name or f"ask: {found[1].partition('|')[0].strip()}") + "}}"
