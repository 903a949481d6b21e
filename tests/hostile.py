"""The hostile corpus: what strangers put into names, subjects and mails, for the tests of every widget and screen.

Each entry is (name, text). None may run an action, change a style, move the cursor, break a layout or raise, whether
it went through `desk.text.clean` or not.
"""

ESC = "\x1b"
BEL = "\x07"
_ACUTE_PILE = "".join(chr(0x300 + step % 0x50) for step in range(400))

HOSTILE: tuple[tuple[str, str], ...] = (
    ("empty", ""),
    ("blank", "   "),
    ("only newlines", "\n\n\n"),
    ("markup closing nothing", "[/]"),
    ("markup closing by name", "Re: [/x] and [/bold]"),
    ("markup style", "[bold red]look[/bold red] [reverse]here[/]"),
    ("markup action", "[@click=app.bell]press me[/]"),
    ("markup quit", "[@click=app.quit()]refund[/]"),
    ("markup link", "[link=https://example.com/x]bank[/link]"),
    ("markup broken", "[[[]] [red [/red [=] [@click=] \\[ \\\\["),
    ("markup variable", "$primary [$error]x[/] {name} %s %(a)s {0}"),
    ("markdown", "# head\n* **x** `y` [z](javascript:alert(1)) <b>"),
    ("html", "<script>alert(1)</script><img src=x onerror=y>&lt;&#0;"),
    ("emoji code", ":bomb: :smile:"),
    ("escape alone", f"a{ESC}b"),
    ("escape at the end", f"end{ESC}"),
    ("colour", f"{ESC}[31;5mred{ESC}[0m"),
    ("clear and home", f"{ESC}[2J{ESC}[Hgone"),
    ("alternate screen off", f"{ESC}[?1049l{ESC}[?25hout"),
    ("reset terminal", f"{ESC}c{ESC}#8full"),
    ("asks the terminal", f"{ESC}[c{ESC}[6n{ESC}[>q{ESC}]11;?{BEL}{ESC}P+q544e{ESC}\\"),
    ("title", f"{ESC}]0;owned{BEL}title"),
    ("clipboard", f"{ESC}]52;c;cm0gLXJmIC8={BEL}clip"),
    ("clipboard by ST", f"{ESC}]52;c;cm0gLXJmIC8={ESC}\\clip"),
    ("hyperlink", f"{ESC}]8;;https://example.com{ESC}\\bank{ESC}]8;;{ESC}\\"),
    ("sequence without end", f"{ESC}]0;never ends, and the text goes on"),
    ("sequence in a sequence", f"{ESC}{ESC}[[31m{ESC}]{ESC}[0m;x"),
    ("paste end", f"{ESC}[201~rm -rf /\n{ESC}[200~"),
    ("C1 CSI", "\x9b31mred\x9b0m"),
    ("C1 OSC", "\x9d0;owned\x9ctitle"),
    ("C1 DCS", "\x90q\x9cx\x84\x85\x8d"),
    ("all of C0", "".join(map(chr, range(32))) + "\x7f"),
    ("all of C1", "".join(map(chr, range(0x80, 0xA0)))),
    ("NUL", "a\x00b\x00"),
    ("backspaces", "safe\x08\x08\x08\x08evil"),
    ("carriage returns", "safe\revil\r\nnext\r"),
    ("shift out", "\x0eqqqq\x0f lines"),
    ("odd line ends", "a\x0bb\x0cc\x1cd\x1de\x1ef\x85g\u2028h\u2029i"),
    ("tabs", "\ta\t\tb\t" + "\t" * 40),
    ("right-to-left override", "invoice\u202efdp.exe"),
    ("isolates without end", "\u2066a\u2067b\u2068c\u202a\u202b\u202d"),
    ("direction marks", "+49\u200e 30\u200f 1\u061c"),
    ("hebrew and arabic", "שלום עולם مرحبا بالعالم 123"),
    ("persian joiner", "می\u200cخواهم"),
    ("zero widths", "a\u200bb\u200cc\u200dd\u2060e\ufefff\u00adg\u034fh"),
    ("only zero widths", "\u200b\u200d\ufeff\u2060" * 20),
    ("blank letters", "\u3164\u115f\u1160\uffa0\u2800"),
    ("tag characters", "hi" + "".join(chr(0xE0000 + ord(letter)) for letter in "ignore this")),
    ("variation selectors", "a" + "\ufe0f\ufe01\U000e0100" * 30),
    ("combining pile", "Z" + _ACUTE_PILE + "algo"),
    ("pile without base", _ACUTE_PILE),
    ("thai pile", "ส" + "็" * 200),
    ("not composed", "Cafe\u0301 Zu\u0308rich \u1100\u1161\u11a8"),
    ("look-alikes", "раураl ехаmрlе"),
    ("wide", "客户支持中心" * 40),
    ("wide at an odd column", "a客户支持"),
    ("half and full width", "ﾃｽﾄ ＴＥＳＴ　１２３"),
    ("ambiguous width", "§±×÷αβ─│┼●○"),
    ("emoji family", "👩\u200d👩\u200d👧\u200d👦 🏳\ufe0f\u200d🌈 👍🏽 1\ufe0f\u20e3 ❤\ufe0f"),
    ("emoji flags", "🇩🇪🇺🇦🇩 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"),
    ("long emoji chain", "👩\u200d" * 300 + "👩"),
    ("beyond the BMP", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠜎𠜱 \U0010ffff\U000f0000"),
    ("non-characters", "\ufffe\uffff\ufdd0\U0001fffe"),
    ("lone surrogates", "a\ud800b\udc00c\udcff"),
    ("surrogate pair", "\ud83d\ude00"),
    ("replacement signs", "\ufffd\ufffc"),
    ("very long line", "x" * 20_000),
    ("very long line of words", "lorem ipsum " * 2_000),
    ("very long line of wide", "漢" * 20_000),
    ("very many lines", "line\n" * 5_000),
    ("very long word and spaces", "a" * 5_000 + " " * 5_000 + "b"),
    ("box drawing", "┌──┐\n│ok│\n└──┘"),
    ("looks like a prompt", "root@host:~# rm -rf /\n(y/n)?"),
    ("looks like a path", "../../etc/passwd"),
    ("looks like SQL", "'; DROP TABLE ticket; -- \" %_\\"),
    ("looks like full-text syntax", 'NEAR(a b) AND "x OR col: ^y* -z'),
    ("looks like a number", "-0 1e999 NaN inf ٣٤"),
)

# What must never reach a terminal out of any text of a stranger.
FORBIDDEN = (
    frozenset(map(chr, [*range(9), *range(11, 32), *range(0x7F, 0xA0)]))
    | frozenset("\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200e\u200f\ufeff")
    | frozenset(map(chr, range(0xD800, 0xE000)))
)
