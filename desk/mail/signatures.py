"""Where a writer's text ends and what their program, phone or list puts below it begins."""

import re

_LONGEST = 160

_SENT = re.compile(
    r"(?:sent|written|typed|dictated|posted|composed|get|download) "
    r"(?:from|via|with|by|using|on|outlook|\[outlook|my|it from|for)\b"
    r"|from my \S+|(?:\S+ )?from (?:my )?(?:mobile|phone|cell|tablet)\b.{0,20}$"
    r"|(?:get|download|holen sie sich|obtenez|obtener|scarica) \[?outlook"
    r"|envoy[ée]e? (?:depuis|de|à partir|avec)\b|t[ée]l[ée]charger outlook"
    r"|(?:diese (?:nachricht|e-?mail|mail) wurde )?(?:von meinem|von unterwegs|vom|mit meinem|mit der|aus der) .{0,60}"
    r"(?:gesendet|geschickt|verschickt|geschrieben)|gesendet (?:mit|von|vom|über|aus)\b|von meinem \S+ gesendet"
    r"|diese (?:nachricht|e-?mail|mail) wurde (?:von|mit) .{0,80}gesendet"
    r"|enviado (?:desde|do|a partir|con|via|pelo|por)\b|enviada (?:do|desde)\b|enviat (?:des|del)\b"
    r"|inviato (?:da|dal|con|tramite)\b|verzonden (?:vanaf|met|via|van|vanuit)\b|verstuurd (?:vanaf|met|via|van)\b"
    r"|(?:sendt|skickat|skickades|lähetetty|lähetettiin) (?:fra|från|med|via|frå)?|lähetetty .{0,40}(?:sta|stä)\b"
    r"|wysłan[eoay] (?:z|przez|za|ze)\b|odesl[aá]no (?:z|ze|pomoc)|odoslan[éeý] (?:z|zo)\b|trimis (?:de pe|din|prin)\b"
    r"|отправлено (?:с|из|через|от)\b|надіслано (?:з|із|через)\b|відправлено (?:з|із)\b|изпратено от\b"
    r"|στάλθηκε από|gönderildi\b|\S+ ?[’']?(?:ımdan|imden|umdan|ümden|dan|den) gönderildi|küldve\b|elküldve\b"
    r"|發送自|发送自|发自我的|從我的 .{0,30}傳送|从我的 .{0,30}发送|傳送自|由我的 .{0,30}傳送"
    r"|iphoneから送信|私の .{0,20}から送信|나의 .{0,20}에서 보냄|.{0,30}에서 보냄$"
    r"|נשלח מה|تم الإرسال من|dikirim dari|được gửi từ|ส่งจาก",
    re.IGNORECASE,
)
_LISTS = re.compile(
    r"https?://|mailing[ -]?list|unsubscribe|abmelden|désabonner|desuscribir|@\S+\.\S+|sponsored by", re.IGNORECASE
)
_FOOTER_LOOKED_AT = 6


def is_delimiter(line: str) -> bool:
    """Whether a line is the usual "-- " before a signature; mail programs lose its blank."""
    return len(line) <= 4 and line.rstrip() in ("--", "—", "- --", "--\xa0")


def is_list_footer(lines: list[str], place: int) -> bool:
    """Whether a long rule stands here with a list's address or a sponsor's line below it."""
    line = lines[place].strip()
    if len(line) < 20 or len(line) > 120 or line.strip("_-=~*") or len(set(line)) > 2:
        return False
    below = [text for text in lines[place + 1 : place + 1 + _FOOTER_LOOKED_AT] if text.strip()]
    return any(_LISTS.search(text[:_LONGEST]) for text in below)


def sent_from(line: str) -> bool:
    """Whether a line only tells which program or phone sent the mail."""
    bare = line.strip().strip("<>()[]*_-–— \t.‎")
    return 0 < len(bare) <= _LONGEST and _SENT.match(bare) is not None
