"""Lines that announce a quote: "On Monday, Ana wrote:" in many languages, letterheads of Outlook's kind, dividers.

Each test looks at a few lines of bounded length, whatever the text is.
"""

import re

_LONGEST_LINE = 300
# An introduction may be wrapped, and be torn apart by blank lines round an address.
_MOST_LINES = 7
_LONGEST = 500

# The verb stands at the end ("wrote:"), or in front of name or date ("schrieb Max am …:"), by language.
_WROTE = re.compile(
    r"\b(?:wrote|writes|said|schrieb|geschrieben|schreef|escribi[óo]|escrib[ií]o|escreveu|ha scritto|scrisse|scritto"
    r"|a\s+écrit|écrit|skrev|skreiv|kirjoitti|napisał|napisala|napisał\(a\)|napisao|napísal|napsal|pisze|píše|a scris"
    r"|írta|ezt írta|yazdı|şunu yazdı|rašė|rakstīja|kirjutas|menulis|đã viết|va escriure|idatzi|skrifaði|έγραψε"
    r"|написала?|написав|написала|пишет|пише|писал|писала|напісаў)\b"
    r"|写道|寫道|写入|のメール|書きました|작성|님이|כתב|كتب|เขียน",
    re.IGNORECASE,
)
_STARTS = re.compile(
    r"[-\s>*_]*(?:on|am|le|el|il|op|den|på|em|en|dne|dňa|w dniu|w|dnia|ma|pe|data de|la|pada|vào|στις"
    r"|в|у|на|mandag|em|a|ti?m|i|den|at|vom|in|以下|在|于|於|בתאריך|في|mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|jeu|ven|sam"
    r"|dim|mo|di|mi|do|fr|sa|so|пн|вт|ср|чт|пт|сб|вс|нд)\b|[-\s*_]*\d|[-\s*_]*[在于於]",
    re.IGNORECASE,
)
_DATED = re.compile(r"\d{4}|\d{1,2}[.:/hu]\s?\d{2}|\d{1,2}\.\s?\w{3,}|\d{1,2}\s\w{3,}")
_MAILBOX = re.compile(r"[^\s<>()\"]{1,80}@[^\s<>()\"]{1,120}")
_ENDS = re.compile(r"[:：]\s*$|wrote\s*-{2,}\s*$|schrieb\s*-{2,}\s*$")

_ORIGINAL = re.compile(
    r"(?:begin )?(?:original|forwarded|reply|replied|quoted|initial)[ -]+(?:message|e-?mail|mail|nachricht|appointment)"
    r"|(?:ursprüngliche|original|weitergeleitete)[ -]*(?:nachricht|mail|e-mail)|message d['’]origine"
    r"|message (?:transféré|initial)"
    r"|mensaje (?:original|reenviado)|mensagem (?:original|encaminhada)|messaggio (?:originale|inoltrato)"
    r"|(?:oorspronkelijk|origineel|doorgestuurd)e? bericht|(?:original|oprindelig|videresendt)\s?(?:meddelelse|besked)"
    r"|(?:ursprungligt|vidarebefordrat) meddelande|opprinnelig melding|alkuperäinen viesti"
    r"|(?:oryginalna|przekazana|wiadomość) (?:wiadomość|oryginalna|przekazana)|původní (?:zpráva|e-mail)|pôvodná správa"
    r"|(?:исходное|пересылаемое|пересланное|оригинальное) (?:сообщение|письмо)|(?:оригінальне|переслане) повідомлення"
    r"|eredeti üzenet|mesaj original|orijinal (?:mesaj|ileti)|αρχικό μήνυμα"
    r"|原始邮件|原始郵件|原始訊息|转发的邮件|元のメッセージ|원본 메[시일]",
    re.IGNORECASE,
)
_RULE = re.compile(
    r"\s*[>*]*\s*(?:[-_=—–*]{2,}|begin)\s*([^-_=—–*\n][^\n]{1,60}?)\s*(?:[-_=—–*:]{1,}\s*|:\s*)$", re.IGNORECASE
)

# What the fields of a letterhead are called; a blank inside a name is written as "_".
_FIELDS = {
    "from": "from von de da van från fra od от від kimden lähettäjä feladó odesílatel expéditeur remitente mittente "
    "afzender avsender 发件人 寄件者 差出人 보낸사람 מאת من από от_кого",
    "date": "sent date gesendet datum envoyé enviado enviada enviado_el fecha data inviato verzonden skickat "
    "sendt dato wysłano odesláno odoslané отправлено дата надіслано tarih gönderilme lähetetty päivämäärä "
    "elküldve dátum 发送时间 发送日期 寄件日期 日期 送信日時 日時 보낸날짜 날짜 נשלח التاريخ ημερομηνία "
    "gesendet_am envoyé_le data_invio trimis",
    "to": "to an à a para aan till til do komu кому kime vastaanottaja címzett pre pentru destinataire destinatario "
    "收件人 收件者 宛先 받는사람 אל إلى προς",
    "subject": "subject betreff objet asunto oggetto onderwerp ämne emne temat předmět predmet тема konu aihe "
    "tárgy assunto subiect risposta 主题 主旨 件名 제목 נושא الموضوع θέμα",
    "copy": "cc kopie bcc copie kopia kopi копия копія bilgi reply-to antwort_an importance priority priorität "
    "attachments anhang organization newsgroups message-id x-mailer in-reply-to",
}
_LABELS = {label.replace("_", " "): field for field, labels in _FIELDS.items() for label in labels.split()}
_LABEL = re.compile(r"[>*_ \t]{0,6}([^\s:：*][^:：*]{0,24}?)[ \xa0*]{0,3}(?:[:：]\**|\| )")
_LETTERHEAD = 12


def introduction_end(lines: list[str], place: int) -> int:
    """The line behind an introduction that begins at `place`; `place` where none does."""
    first = lines[place]
    if len(first) > _LONGEST_LINE:
        return place
    if _ENDS.search(first[-40:]) and _WROTE.search(first) and _quote_follows(lines, place + 1):
        return place + 1
    begins_well = _STARTS.match(first) is not None
    if not begins_well and not _MAILBOX.search(first):
        return place
    joined = ""
    blanks = 0
    for end in range(place, min(place + _MOST_LINES, len(lines))):
        line = lines[end].strip()
        if not line:
            blanks += 1
            if blanks > 2 or not _torn(joined):
                return place
            continue
        if line[0] == ">" and not line.startswith("> wrote") and not line.startswith((">:", "> :")):
            return end if _announces_by_date(joined) else place
        if line[0] == "|":
            return end if _announces_by_date(joined) else place
        joined = f"{joined} {line}" if joined else line
        if len(joined) > _LONGEST:
            return place
        if _ENDS.search(line[-40:]) or _wrote_last(line):
            return end + 1 if _announces(joined, begins_well=begins_well) else place
        if end == place and _announces_by_date(joined) and _quote_follows(lines, end + 1):
            return end + 1
    return place


def _torn(joined: str) -> bool:
    """Whether a blank line may stand inside: only behind a full date with its time, before the address."""
    return bool(re.search(r"\d{1,2}:\d{2}", joined)) and bool(_DATED.search(joined))


def _wrote_last(line: str) -> bool:
    return line.endswith("wrote") and _MAILBOX.search(line) is not None


def _announces(joined: str, *, begins_well: bool) -> bool:
    """Whether the joined lines name a time or an address, and say that somebody wrote."""
    dated = _DATED.search(joined) is not None
    mailbox = _MAILBOX.search(joined) is not None
    if _WROTE.search(joined):
        return (begins_well and dated) or (mailbox and (dated or len(joined) < 160))
    return dated and mailbox and begins_well and joined.rstrip(" :：").endswith((">", ")", '"'))


def _announces_by_date(joined: str) -> bool:
    """A date and an address alone ("2013/7/20 Sam <sam@…>"): an introduction where a quote follows."""
    return _DATED.match(joined) is not None and _MAILBOX.search(joined) is not None


def _quote_follows(lines: list[str], place: int) -> bool:
    following = next((line for line in lines[place : place + 3] if line.strip()), "")
    return following.startswith((">", "|"))


def is_divider(line: str) -> bool:
    """Whether a line is of the kind "-----Original Message-----"."""
    if not 8 <= len(line) <= 120:
        return False
    match = _RULE.match(line)
    return match is not None and _ORIGINAL.search(match[1]) is not None


def letterhead_end(lines: list[str], place: int) -> int:
    """The line behind a block of From:, Sent:, To:, Subject: in any language; `place` where none begins.

    A rule above the block belongs to it.
    """
    start = place
    if _is_rule(lines[place]):
        start = place + 1
        while start < len(lines) and start < place + 3 and not lines[start].strip():
            start += 1
    if start >= len(lines) or _field(lines[start]) != "from":
        return place
    fields = {"from"}
    end = last = start + 1
    while end < len(lines) and end < start + _LETTERHEAD and end - last < 2:
        if field := _field(lines[end]):
            fields.add(field)
            last = end + 1
        end += 1
    return last if len(fields & {"from", "date", "to", "subject"}) >= 3 else place


def _is_rule(line: str) -> bool:
    bare = line.strip()
    return 5 <= len(bare) <= 120 and not bare.strip("_-=—–*")


def _field(line: str) -> str:
    match = _LABEL.match(line[:80])
    return _LABELS.get(match[1].strip().casefold(), "") if match else ""
