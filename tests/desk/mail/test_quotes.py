"""What is folded in a mail: quotes and signatures in many shapes, and nothing that the writer said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.mail.quotes import Fold, find_folds, quoted, visible
from tests.linear import is_linear

INTRODUCTIONS = [
    "On Tue, 3 Mar 2026 at 09:12, Ana Ruiz <ana@example.com> wrote:",
    "On 3 Mar 2026, at 09:12, Ana Ruiz wrote:",
    "Am 03.03.2026 um 09:12 schrieb Ana Ruiz:",
    "Le 3 mars 2026 à 09:12, Ana Ruiz <ana@example.com> a écrit :",
    "El mar, 3 mar 2026 a las 9:12, Ana Ruiz (<ana@example.com>) escribió:",
    "Il giorno mar 3 mar 2026 alle ore 09:12 Ana Ruiz <ana@example.com> ha scritto:",
    "Op di 3 mrt. 2026 om 09:12 schreef Ana Ruiz <ana@example.com>:",
    "Em ter., 3 de mar. de 2026 às 09:12, Ana Ruiz <ana@example.com> escreveu:",
    "Den tis 3 mars 2026 kl 09:12 skrev Ana Ruiz <ana@example.com>:",
    "wt., 3 mar 2026 o 09:12 Ana Ruiz <ana@example.com> napisał(a):",
    "вт, 3 мар. 2026 г. в 09:12, Ana Ruiz <ana@example.com> написала:",
    "在 2026年3月3日，上午9:12，Ana Ruiz <ana@example.com> 写道：",
    "Ana Ruiz <ana@example.com> schrieb am Di., 3. März 2026, 09:12:",
    "2026-03-03 9:12 GMT+01:00 Ana Ruiz <ana@example.com>:",
    "---- On Tue, 03 Mar 2026 09:12:00 +0100 Ana Ruiz <ana@example.com> wrote ----",
]


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
@pytest.mark.parametrize("mark", ["> ", ""])
def test_an_answer_above(introduction: str, mark: str) -> None:
    text = f"It works now.\nThank you!\n\n{introduction}\n\n{mark}Please try again.\n{mark}Ana"
    folds = find_folds(text)
    assert folds == (Fold(3, 7, "quote"),)
    assert visible(text, folds) == "It works now.\nThank you!"
    assert quoted(text, folds).startswith(introduction)


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
def test_an_answer_below(introduction: str) -> None:
    text = f"{introduction}\n> Please try again.\n> Ana\n\nIt works now."
    assert visible(text, find_folds(text)) == "It works now."


def test_answers_between_keep_their_questions() -> None:
    text = (
        "On 3 Mar 2026, Ana wrote:\n> Which plan?\n\nPro.\n\n> Since when?\n\nMay.\n\n> Thanks,\n> Ana\n\n-- \nLi Wei"
    )
    folds = find_folds(text)
    assert "> Which plan?" in visible(text, folds)
    assert visible(text, folds).endswith("May.")
    assert [fold.kind for fold in folds] == ["quote", "signature"]


@pytest.mark.parametrize(
    "letterhead",
    [
        "From: Ana Ruiz <ana@example.com>\nSent: Tuesday, 3 March 2026 09:12\nTo: Li Wei\nSubject: Refund",
        "Von: Ana Ruiz\nGesendet: Dienstag, 3. März 2026 09:12\nAn: Li Wei\nBetreff: Rückzahlung",
        "De : Ana Ruiz\nEnvoyé : mardi 3 mars 2026 09:12\nÀ : Li Wei\nObjet : Remboursement",
        "*From:* Ana Ruiz\n*Date:* Tue, 3 Mar 2026\n*To:* Li Wei\n*Subject:* Refund",
        "________________________________\nDe: Ana\nEnviado: martes\nPara: Li\nAsunto: Reembolso",
        "Von: | Ana Ruiz\nAn | Li Wei\nDatum: | Di., 3. März 2026\nBetreff | Rückzahlung\n----------",
        "发件人: Ana\n发送时间: 2026年3月3日\n收件人: Li\n主题: 退款",
        "-----Original Message-----",
        "-------- Weitergeleitete Nachricht --------",
        "---------- Forwarded message ---------",
    ],
)
def test_letterheads_and_dividers(letterhead: str) -> None:
    text = f"Please help her.\n\n{letterhead}\n\nI want my money back.\n\nAna"
    assert visible(text, find_folds(text)) == "Please help her."


def test_a_mail_that_is_only_forwarded_stays() -> None:
    text = "From: Ana Ruiz\nSent: Tuesday\nTo: Li Wei\nSubject: Refund\n\nI want my money back."
    assert find_folds(text) == ()
    assert find_folds("> only\n> quoted") == ()


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Sent from Outlook for Android<https://example.com/a>",
        "Get Outlook for iOS",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPad",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Verzonden vanaf mijn iPhone",
        "Wysłane z iPhone'a",
        "Отправлено с iPhone",
        "发自我的 iPhone",
        "iPhoneから送信",
    ],
)
def test_lines_of_phones(line: str) -> None:
    text = f"Yes, please.\n\n{line}"
    assert find_folds(text) == (Fold(2, 3, "signature"),)


def test_signatures_and_footers() -> None:
    text = "Done.\n\n-- \nLi Wei\nSupport\n"
    assert find_folds(text) == (Fold(2, 5, "signature"),)
    listed = "Done.\n\n" + "_" * 47 + "\nusers mailing list\nhttps://lists.example.com/users"
    assert find_folds(listed) == (Fold(2, 5, "signature"),)
    long = "Two parts:\n--\n" + "a line that says something\n" * 60
    assert find_folds(long) == ()


@pytest.mark.parametrize(
    "text",
    [
        "On this day I wrote:\nnothing at all",
        "From: Berlin\nI have no idea.",
        "I sent it from my iPhone yesterday.\nIt never came.",
        "The list:\n- one\n- two",
        "2 > 1 and a -> b",
        "Subject: to change\nDate: unknown",
        "```\n> not a quote\nOn 3 Mar 2026, Ana wrote:\n```\nThat is my log.",
    ],
)
def test_what_the_writer_said_stays(text: str) -> None:
    assert visible(text, find_folds(text)) == text


PIECES = (
    "", "> q", ">> q", "| q", "text", "-- ", "_" * 30, "http://x", "Sent from my iPhone", "```", "wrote:", "From: a",
    "To: b", "Sent: c", "Subject: d", "----- Original Message -----", "On 3 Mar 2026 10:00 Ana", "<a@b.c>",
)  # fmt: skip
LINES = st.sampled_from([*INTRODUCTIONS, *PIECES])


@given(st.one_of(st.lists(LINES, max_size=30).map("\n".join), st.text(max_size=200)))
def test_folds_of_any_text(text: str) -> None:
    folds = find_folds(text)
    count = len(text.split("\n"))
    edges = [edge for fold in folds for edge in (fold.start, fold.end)]
    assert edges == sorted(edges)
    assert all(0 <= fold.start < fold.end <= count for fold in folds)
    shown = visible(text, folds)
    assert shown.strip() or not text.strip()
    assert len(shown.split()) + len(quoted(text, folds).split()) == len(text.split())


UNITS = (
    "On x ", "On 1 Jan 2020 10:00 a@b.c\n", "> q\n", "> q\na\n", "From: a\n", "-- \nx\n", "_" * 30 + "\n", "a@", " ",
    "Sent from my iPhone\n", "\n", "On 1 Jan 2020 10:00\n\n", "On 1 Jan 2020, a wrote:\n> x\nb\n",
)  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_time_is_linear(unit: str) -> None:
    assert is_linear(lambda count: find_folds(unit * count), 75_000 // len(unit))
