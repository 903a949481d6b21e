"""How many of something there are, as people say it. Pure."""


def counted(count: int, thing: str, things: str = "") -> str:
    """`1 ticket`, `1,200 tickets`; `things` are several of it where that isn't made with an s."""
    return f"{count:,} {thing if count == 1 else things or thing + 's'}"
