"""Sending to a server that says what it is told: one outcome for each of its words."""

import base64

import pytest

from desk.endpoints import Endpoint
from sync.conformance.canary import all_of
from sync.errors import Broken, Denied, Offline, SourceError, Unreachable
from sync.protocol import Later, Receipt, Refused, Unclear
from sync.secret import Secret
from tests.servers.processes import HOST, until
from tests.servers.scripted import CUT, SILENCE, ScriptedSmtp
from tests.sync.sources.mailbox.sending import CANARY, RAW, mail_to, once, submission


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ({"MAIL": "421 4.3.2 closing"}, Later),
        ({"MAIL": "550 5.7.1 not you"}, Refused),
        ({"MAIL": CUT}, Later),
        ({"RCPT": "421 4.3.2 closing"}, Later),
        ({"RCPT": CUT}, Later),
        ({"RCPT": "250 fine", "DATA": "451 4.3.0 not now"}, Later),
        ({"DATA": "554 5.5.1 no valid recipients"}, Refused),
        ({"DATA": CUT}, Later),
        ({".": "451 4.3.0 not now"}, Later),
        ({".": "552 5.3.4 too big"}, Refused),
        ({".": CUT}, Unclear),
        ({".": "999 what"}, Unclear),
    ],
)
def test_each_word_that_can_go_wrong(answers: dict[str, str | list[str]], kind: type) -> None:
    with ScriptedSmtp(answers) as server:
        assert isinstance(once(submission(server.port), mail_to("a@x.example")), kind)


@pytest.mark.parametrize("word", ["MAIL", "RCPT", "DATA"])
def test_silence_before_the_end_is_later(word: str) -> None:
    with ScriptedSmtp({word: SILENCE}) as server:
        assert isinstance(once(submission(server.port, patience=0.2), mail_to("a@x.example")), Later)


def test_silence_after_the_end_is_unclear() -> None:
    with ScriptedSmtp({".": SILENCE}) as server:
        assert isinstance(once(submission(server.port, after_text=0.2), mail_to("a@x.example")), Unclear)


def test_a_line_that_breaks_in_the_text_has_sent_nothing() -> None:
    told: list[bool] = []
    big = mail_to("a@x.example", raw=RAW + b"\r\n" * 2**23)
    with ScriptedSmtp({"EHLO": "250-x\r\n250 AUTH PLAIN"}, cut_after=100_000) as server:
        assert isinstance(once(submission(server.port), big, lambda: told.append(True)), Later)
        assert (told, server.texts) == ([], [])


def test_too_large_is_known_before_anything_is_sent() -> None:
    with ScriptedSmtp({}) as server:
        outcome = once(submission(server.port), mail_to("a@x.example", raw=RAW + b"x" * 1_100_000))
        assert isinstance(outcome, Refused)
        assert "1 MB" in outcome.why
        assert not any(line.startswith("MAIL") for line in server.heard)


def test_no_address_is_two_commands() -> None:
    with ScriptedSmtp({}) as server:
        outcome = once(submission(server.port), mail_to("a@x.example>\r\nRCPT TO:<b@y.example"))
        assert isinstance(outcome, Refused)
        assert not any("y.example" in line for line in server.heard)


def test_size_and_eight_bits_are_announced_where_offered() -> None:
    with ScriptedSmtp({}) as server:
        once(submission(server.port), mail_to("a@x.example", raw=RAW + "é\r\n".encode()))
        assert f"MAIL FROM:<support@desk.example> SIZE={len(RAW) + 4} BODY=8BITMIME" in server.heard
    with ScriptedSmtp({"EHLO": "250-x\r\n250 AUTH LOGIN"}) as server:
        once(submission(server.port), mail_to("a@x.example"))
        assert "MAIL FROM:<support@desk.example>" in server.heard


def test_dots_are_doubled_on_the_line_and_the_last_line_ends() -> None:
    with ScriptedSmtp({}) as server:
        once(submission(server.port), mail_to("a@x.example", raw=b".a: b\r\n\r\n.\r\n..x\r\nend"))
        until(lambda: server.texts, "the text")
        assert server.texts == [b"..a: b\r\n\r\n..\r\n...x\r\nend\r\n"]


def test_a_token_that_was_refused_is_asked_for_once_more() -> None:
    tokens = iter([Secret("old-token"), Secret("new-token")])
    answers = ["334 eyJzdGF0dXMiOiI0MDAifQ==", "535 5.7.8 expired", "235 2.7.0 welcome"]
    with ScriptedSmtp({"AUTH": answers}) as server:
        way = submission(server.port, login="token", secret=lambda: next(tokens))
        assert isinstance(once(way, mail_to("a@x.example")), Receipt)
        spoken = [line for line in server.heard if line.startswith("AUTH")]
        assert [base64.b64decode(line.split(" ")[2]) for line in spoken] == [
            b"user=support@example.test\x01auth=Bearer old-token\x01\x01",
            b"user=support@example.test\x01auth=Bearer new-token\x01\x01",
        ]


def test_a_token_that_stays_refused_is_denied_without_being_told() -> None:
    asked: list[int] = []

    def token() -> Secret:
        asked.append(1)
        return Secret(CANARY)

    with ScriptedSmtp({"AUTH": f"535 5.7.8 {CANARY} is no good"}) as server:
        with pytest.raises(Denied) as caught:
            once(submission(server.port, login="token", secret=token), mail_to("a@x.example"))
        assert len(asked) == 2
    assert CANARY not in str(caught.value)
    assert "token" in caught.value.message


@pytest.mark.parametrize(
    ("answers", "login", "kind"),
    [
        ({"": "554 5.3.2 no service"}, "password", Unreachable),
        ({"": CUT}, "password", Unreachable),
        ({"": "* OK IMAP4 ready"}, "password", SourceError),
        ({"EHLO": "250 nothing offered"}, "password", Broken),
        ({"EHLO": "250-x\r\n250 AUTH GSSAPI"}, "password", Broken),
        ({"EHLO": "250-x\r\n250 AUTH PLAIN"}, "token", Broken),
        ({"EHLO": "502 what", "HELO": "502 what"}, "password", Broken),
        ({"AUTH": "454 4.7.0 too many logins"}, "password", Unreachable),
        ({"AUTH": CUT}, "password", Unreachable),
        ({"AUTH": "534 5.7.9 application-specific password required"}, "password", Denied),
    ],
)
def test_each_way_not_to_get_in(answers: dict[str, str | list[str]], login: str, kind: type[SourceError]) -> None:
    with ScriptedSmtp(answers) as server, pytest.raises(kind) as caught:
        once(submission(server.port, login=login), mail_to("a@x.example"))
    assert not isinstance(caught.value, Offline), "it was reached: nobody hurries it"


def test_login_in_two_steps_and_without_any() -> None:
    with ScriptedSmtp({"EHLO": "250-x\r\n250 AUTH LOGIN", "AUTH": ["334 VXNlcm5hbWU6", "235 2.7.0 welcome"]}) as server:
        assert isinstance(once(submission(server.port), mail_to("a@x.example")), Receipt)
    with ScriptedSmtp({"EHLO": "250 x"}) as server:
        assert isinstance(once(submission(server.port, user=""), mail_to("a@x.example")), Receipt)
        assert not any(line.startswith("AUTH") for line in server.heard)


def test_no_password_in_plain_text_to_another_machine() -> None:
    asked: list[int] = []
    way = submission(0, endpoint=Endpoint("smtp", "none", "mail.example.com", 25), secret=lambda: asked.append(1))
    with pytest.raises(Broken):
        once(way, mail_to("a@x.example"))
    assert asked == []


def test_no_encryption_offered_means_no_login() -> None:
    with ScriptedSmtp({}) as server:
        endpoint = Endpoint("smtp", "starttls", HOST, server.port)
        with pytest.raises(Broken) as caught:
            once(submission(0, endpoint=endpoint), mail_to("a@x.example"))
        assert "STARTTLS" in str(caught.value)
        assert not any(line.startswith("AUTH") for line in server.heard)


@pytest.mark.parametrize("login", ["password", "token"])
def test_no_error_holds_the_secret_nor_what_is_made_of_it(login: str) -> None:
    """All that hangs on the error is searched: its words, its causes, and the values in every frame."""
    user = "support@example.test"
    spoken = {"password": f"\0{user}\0{CANARY}", "token": f"user={user}\1auth=Bearer {CANARY}\1\1"}[login]
    coded = [base64.b64encode(text.encode()).decode() for text in (spoken, CANARY)]
    for said in (f"535 5.7.8 bad {CANARY}", f"535 5.7.8 {coded[0]}", f"535 {coded[1]}", CUT):
        with ScriptedSmtp({"AUTH": said}) as server:
            try:
                once(submission(server.port, CANARY, login=login), mail_to("a@x.example"))
            except SourceError as error:
                shown = all_of(error, __file__)
            else:
                raise AssertionError("it was let in")
        assert CANARY not in shown
        assert not any(code in shown for code in coded)
