"""Plain text of the kind format=flowed (RFC 3676) back into paragraphs."""


def unflow(text: str, *, delete_space: bool) -> str:
    """Join lines that end in a blank with the next, within the same depth of quotes; "-- " stays alone."""
    paragraphs: list[tuple[int, list[str]]] = []
    open_depth = -1
    for line in text.replace("\r\n", "\n").split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        flows = bare.endswith(" ") and bare != "-- "
        piece = bare[:-1] if flows and delete_space else bare
        if depth == open_depth and bare != "-- ":
            paragraphs[-1][1].append(piece)
        else:
            paragraphs.append((depth, [piece]))
        open_depth = depth if flows else -1
    return "\n".join(f"{'>' * depth} {''.join(pieces)}" if depth else "".join(pieces) for depth, pieces in paragraphs)
