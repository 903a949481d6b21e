"""Ratings once around, through a real Dovecot and a real sink: asked for in a reply, pressed, and kept."""

import email
import email.policy
from email.utils import parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from desk.mail.html import html_to_text
from storage import content, rules
from tests.sync.office import Office, mail

ON = content.read("ratings.toml").replace("on = false", "on = true")


def test_a_reply_asks_and_one_press_rates_it(office: Office) -> None:
    rules.write(office.connection, "ratings", ON)
    office.account.put(mail("Lamp", words="Guten Tag, ich habe eine Lampe bestellt und sie ist noch nicht da."))
    office.connect(signature="Ana\nKettle & Pine")
    office.sync()
    lamp = office.tickets()["Lamp"]
    office.reply(lamp)
    office.sync()
    (sent,) = office.sent()
    told = email.message_from_bytes(sent.raw, policy=email.policy.default)
    plain, page = told.get_body(("plain",)), told.get_body(("html",))
    assert plain is not None
    assert page is not None
    # A long line is flowed: a blank before the line end says that it goes on.
    text, html = plain.get_content().replace("\r", "").replace(" \n", " "), page.get_content()
    own = text.partition(" schrieb ")[0]
    assert own.index("-- ") < own.index("Kettle & Pine") < own.index("Wie war diese Antwort?")
    link = next(line.partition(": ")[2] for line in own.splitlines() if line.startswith("Schlecht: "))
    assert f'<a href="{link}">Schlecht</a>' in html
    assert "mailto:" not in html_to_text(html).text.partition(" schrieb ")[0]
    parts = urlsplit(link)
    assert unquote(parts.path) == parseaddr(str(told["From"]))[1]
    (subject,) = parse_qs(parts.query)["subject"]

    before = office.ticket("Lamp", "status, unread, inbound_at, contacts, updated_at")
    office.account.put(mail(subject, name="pressed", words=""))
    office.sync()
    office.sync()
    assert office.rows("SELECT ticket_id, score, way, words FROM rating") == [(lamp, 1, "link", "")]
    assert office.ticket("Lamp", "status, unread, inbound_at, contacts, updated_at") == before
    assert sorted(str(what) for what, _ in office.messages("Lamp")) == ["event", "inbound", "outbound"]
    assert list(office.tickets()) == ["Lamp"]


def test_while_it_is_off_nothing_is_asked(office: Office) -> None:
    office.account.put(mail("Lamp"))
    office.connect()
    office.sync()
    office.reply(office.tickets()["Lamp"])
    office.sync()
    (sent,) = office.sent()
    assert b"mailto:" not in sent.raw
