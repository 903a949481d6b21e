"""Takes the pictures in docs/screenshots/ of the real console in a real terminal: `make screenshots`.

Each scene is a size, the keys to press, and the words to wait for; the workspace is the demo team. What is connected in
a scene is said to be so: nothing is synced meanwhile, and no server is asked.
"""

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from docs import browser_pictures
from docs.connected import connected
from tests.terminal.term import Term

FOLDER = Path(__file__).parent / "screenshots"
HEARD = Path(sys.executable).parent / "heard"
FONTS = Path("/usr/share/fonts/truetype/dejavu")
CELL = (9, 18)
GROUND, INK = "#101418", "#d8d8d8"
NAMED = {
    "black": "#1c1c1c", "red": "#cc5555", "green": "#66aa66", "brown": "#c9a554", "blue": "#5588cc",
    "magenta": "#aa66aa", "cyan": "#55aaaa", "white": "#d0d0d0", "brightblack": "#666666", "brightred": "#ff7777",
    "brightgreen": "#88dd88", "brightbrown": "#eedd77", "brightblue": "#77aaff", "brightmagenta": "#dd88dd",
    "brightcyan": "#77dddd", "brightwhite": "#ffffff",
}  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """One picture. A step is a key, or `wait:WORDS`, or `type:WORDS`."""

    name: str
    size: tuple[int, int]
    steps: tuple[str, ...]
    empty: bool = False
    theme: str = "heard-dark"
    sources: tuple[str, ...] = ()


NARROW, MIDDLE, WIDE = (80, 24), (120, 36), (200, 60)
START = ("wait:Ana Ruiz",)
# To the star of the guide, wherever the clock has put her in the list.
STAR = (*START, "/", "type:refund 8841", "enter", "enter", "wait:Two weeks")
CALL = (*START, "c", "type:4471", "wait:220814471", "enter", "wait:Known by", "T", "wait:talking")
BOARD = (*START, "g", "s", "wait:Came in and solved")
GESTURE = (
    *STAR,
    "$",
    "wait:Voucher",
    "enter",
    "wait:Reason",
    "tab",
    "tab",
    "type:waited two weeks for it",
    "wait:leaving",
)
TASK = (
    *STAR, "L", "wait:New task", "type:Ask the bank about replaced cards", "tab", "type:card replaced meanwhile", "tab",
    "tab", "type:fri 5pm", "wait:due Fri",
)  # fmt: skip
MIXED = ("support idle", "rt:rt idle", "zendesk:zendesk idle", "mixed")
SCENES = (
    Scene("welcome-80x24", NARROW, ("wait:Try the demo",), empty=True),
    Scene("queue-80x24", NARROW, START),
    Scene("queue-120x36", MIDDLE, (*START, "j")),
    Scene("queue-200x60", WIDE, (*START, "j")),
    Scene("queue-light-120x36", MIDDLE, (*START, "j"), theme="heard-light"),
    Scene("queue-contrast-120x36", MIDDLE, (*START, "j"), theme="heard-contrast"),
    Scene("queue-ansi-80x24", NARROW, START, theme="heard-ansi"),
    Scene("filter-120x36", MIDDLE, (*START, "/", "ctrl+u", "type:status:active tag:refund due<2d")),
    Scene("bulk-120x36", MIDDLE, (*START, "x", "j", "x", "j", "x", "s", "s", "wait:Change 3 tickets")),
    Scene("snooze-80x24", NARROW, (*START, "z", "type:tue 9am", "wait:09:00")),
    Scene("palette-120x36", MIDDLE, (*START, "ctrl+p", "type:check")),
    Scene("ticket-80x24", NARROW, STAR),
    Scene("ticket-120x36", MIDDLE, STAR),
    Scene("ticket-200x60", WIDE, STAR),
    Scene("checklist-120x36", MIDDLE, (*STAR, "H", "2", "wait:Ticked")),
    Scene("snippets-120x36", MIDDLE, (*STAR, "r", "type:;ref", "wait:Refund")),
    Scene("reply-120x36", MIDDLE, (*STAR, "r", "type:;ref", "wait:Refund on its way", "enter", "wait:fill in")),
    Scene("note-120x36", MIDDLE, (*STAR, "n", "type:The transfer needs Chiara.")),
    Scene("sent-120x36", MIDDLE, (*STAR, "r", "type:It is on its way, Ana.", "ctrl+s", "wait:takes it back")),
    Scene("customers-120x36", MIDDLE, (*START, "c", "type:4471", "wait:220814471")),
    Scene("customer-120x36", MIDDLE, (*START, "c", "type:4471", "wait:220814471", "enter", "wait:Known by")),
    Scene("customer-80x24", NARROW, (*START, "c", "type:ana riuz", "wait:Ana Ruiz", "enter", "wait:Known by")),
    Scene("call-80x24", NARROW, CALL),
    Scene("call-120x36", MIDDLE, (*CALL, "n", "type:Her parcel came, the lid was broken.")),
    Scene("call-200x60", WIDE, CALL),
    Scene("wrap-up-120x36", MIDDLE, (*CALL, "T", "wait:What became of it?")),
    Scene("library-120x36", MIDDLE, (*START, "g", "k", "wait:snippets")),
    Scene(
        "outbox-120x36",
        MIDDLE,
        (*STAR, "r", "type:It is on its way.", "ctrl+s", "wait:takes it", "g", "o", "wait:leaves"),
    ),
    Scene("offline-120x36", MIDDLE, (*START, "wait:Offline since", "j"), sources=("support away",)),
    Scene(
        "sources-120x36",
        MIDDLE,
        (*START, "wait:sales offline", "f6", "wait:Sources", "j"),
        sources=("support idle", "sales away", "returns syncing"),
    ),
    Scene(
        "helpdesks-120x36",
        MIDDLE,
        (*START, "wait:zendesk: login refused", "f6", "wait:Sources", "j", "wait:Tried"),
        sources=("support idle", "rt:rt idle", "zendesk:zendesk denied", "zammad:zammad throttled"),
    ),
    Scene("mixed-queue-80x24", NARROW, (*START, "wait:synced"), sources=MIXED),
    Scene("mixed-queue-120x36", MIDDLE, (*START, "wait:synced", "j"), sources=MIXED),
    Scene("helpdesk-ticket-120x36", MIDDLE, (*STAR, "wait:rt #4207"), sources=MIXED),
    Scene("gestures-120x36", MIDDLE, (*GESTURE, "ctrl+s", "wait:Gave", "g", "$", "wait:Gestures")),
    Scene("gesture-120x36", MIDDLE, GESTURE),
    Scene("incidents-120x36", MIDDLE, (*START, "g", "i", "wait:Incidents", "enter", "wait:#1235")),
    Scene("tasks-120x36", MIDDLE, (*TASK, "ctrl+s", "wait:Made the task", "g", "t", "wait:Tasks")),
    Scene("task-120x36", MIDDLE, TASK),
    Scene("known-120x36", MIDDLE, (*START, "g", "a", "wait:Known answers", "wait:typed by hand")),
    Scene("duplicates-120x36", MIDDLE, (*START, "g", "d", "wait:Perhaps one person", "j")),
    Scene("board-80x24", NARROW, (*BOARD, "j")),
    Scene("board-120x36", MIDDLE, BOARD),
    Scene("board-200x60", WIDE, BOARD),
    Scene("board-answers-120x36", MIDDLE, (*BOARD, "]", "wait:One answer", "j", "j")),
    Scene("board-wall-200x60", WIDE, (*BOARD, "2", "wait:One answer", "P")),
    Scene("explanation-120x36", MIDDLE, (*BOARD, "2", "wait:One answer", "j", "i", "wait:Nine of ten")),
    Scene("behind-120x36", MIDDLE, (*BOARD, "enter", "wait:What is overdue", "x", "j", "x", "a", "a", "wait:Change 2")),
    Scene(
        "banner-80x24",
        NARROW,
        (
            *START,
            "@",
            "type:30m The label printer is down: send labels by mail",
            "enter",
            "wait:Told",
            "enter",
            "r",
            "wait:F10 noted",
        ),
    ),
    Scene("help-120x36", MIDDLE, (*START, "?", "wait:Keys")),
)


def picture(term: Term, path: Path) -> None:
    """Draw the terminal's screen as a PNG."""
    fonts = {
        bold: ImageFont.truetype(str(FONTS / f"DejaVuSansMono{'-Bold' if bold else ''}.ttf"), 15)
        for bold in (False, True)
    }
    screen = term.screen
    width, height = CELL
    image = Image.new("RGB", (screen.columns * width, screen.lines * height), GROUND)
    draw = ImageDraw.Draw(image)
    for y in range(screen.lines):
        for x in range(screen.columns):
            cell = screen.buffer[y][x]
            ink, ground = _colour(cell.fg, INK), _colour(cell.bg, GROUND)
            if cell.reverse:
                ink, ground = ground, ink
            left, top = x * width, y * height
            if ground != GROUND:
                draw.rectangle((left, top, left + width - 1, top + height - 1), fill=ground)
            if cell.data.strip():
                draw.text((left, top), cell.data, font=fonts[cell.bold], fill=ink)
            if cell.underscore:
                draw.line((left, top + height - 2, left + width, top + height - 2), fill=ink)
    if not screen.cursor.hidden:
        left, top = screen.cursor.x * width, screen.cursor.y * height
        draw.rectangle((left, top + height - 3, left + width, top + height - 1), fill="#ffffff")
    image.save(path, optimize=True)


def _colour(name: str, default: str) -> str:
    if name == "default":
        return default
    return NAMED.get(name, f"#{name}")


def take(scene: Scene, workspace: Path) -> None:
    """Play one scene, and keep its last screen."""
    columns, rows = scene.size
    config = workspace.with_suffix(".toml")
    config.write_text(f'theme = "{scene.theme}"\n', encoding="utf-8")
    environment = {"HEARD_AGENT": "ana", "HEARD_CONFIG": str(config)}
    with Term([HEARD, "--workspace", workspace], columns=columns, rows=rows, environment=environment) as term:
        for step in scene.steps:
            kind, _, words = step.partition(":")
            if kind == "wait" and words:
                term.wait_for(words)
            elif kind == "type" and words:
                term.send(words)
            else:
                term.press(step)
                term.wait_until_quiet(0.3)
        term.wait_until_quiet(0.6)
        picture(term, FOLDER / f"{scene.name}.png")


def main() -> None:
    """Take all the pictures, or those whose names were given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="only these scenes")
    names = parser.parse_args().names
    if not FONTS.exists():
        sys.exit("The pictures need the font DejaVu Sans Mono: install the package fonts-dejavu-core.")
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for scene in SCENES:
            if names and scene.name not in names:
                continue
            workspace = Path(folder) / ("empty" if scene.empty else scene.name)
            if not scene.empty:
                _make_demo(workspace)
            with connected(workspace, scene.sources):
                take(scene, workspace)
            print(f"{scene.name}.png")
        for name in browser_pictures.SCENES:
            if names and name not in names:
                continue
            _make_demo(Path(folder) / name)
            browser_pictures.take(name, Path(folder) / name, FOLDER)
            print(f"{name}.png")


def _make_demo(workspace: Path) -> None:
    from console.demo.make import make_demo
    from desk.times import now

    make_demo(workspace, seed=1, tickets=240, people=400, now=now())


if __name__ == "__main__":
    main()
