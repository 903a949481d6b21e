"""Snippets and macros at the composer: a list that follows `;word` while it is typed, and the picker with its preview.

The invariant: a snippet goes in where the cursor is, in place of the `;word`; its use is counted when it is put in.
"""

from typing import TYPE_CHECKING

from typing_extensions import override

from screens.action import Place
from screens.ask import Choice, draw_choice
from screens.workspace_writing import WritingWork
from storage.connect import Connection
from widgets.rows import LineList

if TYPE_CHECKING:
    from desk.snippets.library import Library, Snippet
    from desk.snippets.template import Rendered
    from screens.snippets import Chosen
    from widgets.composer import Composer

MOST_SUGGESTED = 6


class SnippetWork(WritingWork):
    """What is done with snippets while writing."""

    _snippets: "Library | None" = None
    _offered: "tuple[Snippet, ...]" = ()

    @override
    def furnish(self) -> None:
        super().furnish()
        self.suggestions = LineList[Choice](draw_choice, key=lambda choice: choice.key, id="suggestions")
        self.suggestions.can_focus = False
        self.suggestions.display = False
        self.mount(self.suggestions)
        self._read_snippets()

    @override
    def changed(self) -> None:
        super().changed()
        self._read_snippets()

    def _read_snippets(self) -> None:
        def read(connection: Connection) -> "Library":
            from desk.snippets.library import Library
            from storage import library

            return Library(library.snippets(connection))

        def take(found: "Library") -> None:
            self._snippets = found

        self.seat.jobs.read("snippets", read, take)

    def on_composer_snippet_asked(self, event: "Composer.SnippetAsked") -> None:
        """A `;word` is being typed: show what fits."""
        found = self._snippets.search(event.query, MOST_SUGGESTED) if self._snippets else ()
        self._offered = found
        choices = [
            Choice(str(place), each.title, " ".join(self._filled_in(each).text.split())[:200], ";" + each.trigger)
            for place, each in enumerate(found)
        ]
        self.suggestions.show_rows(choices)
        self.suggestions.home()
        self.suggestions.styles.height = len(choices)
        self.suggestions.display = bool(choices)
        self._place_suggestions(len(choices))

    def _place_suggestions(self, lines: int) -> None:
        """Over the last lines of the pane, or over the line that is typed where they would hide it."""
        below = self.size.height - 2
        typed = self.composer.cursor_line
        self.suggestions.styles.offset = (0, (typed if below - lines <= typed else below) - self.size.height)

    @override
    def take_key(self, name: str) -> bool:
        # While snippets are offered the arrows choose among them; Enter and Tab come by the editor, behind the text.
        if not (self.furnished and self.suggestions.display and self.place is Place.COMPOSER):
            return super().take_key(name)
        if name in ("Up", "Down"):
            self.suggestions.move(1 if name == "Down" else -1)
        elif name == "Esc":
            self.suggestions.display = False
        else:
            return super().take_key(name)
        return True

    def on_composer_snippet_left(self) -> None:
        """No `;word` any more."""
        self.suggestions.display = False

    def on_composer_trigger_typed(self, event: "Composer.TriggerTyped") -> None:
        """Tab or Enter behind a `;word`: the chosen snippet goes in, or the best one where the list isn't up yet."""
        found = self._snippets.search(event.trigger, MOST_SUGGESTED) if self._snippets else ()
        chosen = self.suggestions.index if self.suggestions.display and found == self._offered else 0
        self.suggestions.display = False
        if found:
            self._insert(found[chosen])
        elif event.key == "enter":
            self.composer.new_line()
        else:
            self.notice("No snippet fits ;" + event.trigger, "warning")

    @override
    def close_composer(self) -> None:
        super().close_composer()
        if self.furnished:
            self.suggestions.display = False

    def action_write_snippet(self, text: str) -> None:
        """Choose a snippet by its words and put it in; a reply is begun where none is being written.

        In the checklist the one that belongs to the step goes in at once.
        """
        belongs = self.checklist.snippet if self.place is Place.CHECKLIST and not text else ""
        snippet = self._snippets.of_trigger(belongs) if self._snippets else None
        if snippet is None or not snippet.body.strip() or self.here is None:
            self._pick(text or belongs, macros=False)
        else:
            self._insert(snippet)

    def action_ticket_macro(self, text: str) -> None:
        """Choose a macro: its text goes into a reply, its changes are made at once."""
        self._pick(text, macros=True)

    def _pick(self, text: str, *, macros: bool) -> None:
        from screens.snippets import SnippetPicker

        def picked(chosen: "Chosen | None") -> None:
            if chosen is not None:
                self.insert_snippet(chosen)
            elif self.writing:
                self.composer.focus_text()

        self.app.push_screen(SnippetPicker(self.seat, self.current_id, text, macros), picked)

    def insert_snippet(self, chosen: "Chosen") -> None:
        """Put what was picked where the cursor is; a macro's changes are made when it is sent, or now without text."""
        if not chosen.text.strip():
            self.apply(chosen.snippet.actions)
            self._count(chosen.snippet)
        elif self.writing:
            self._put(chosen)
        else:
            self.write("reply_all", lambda: self._put(chosen))

    def _put(self, chosen: "Chosen") -> None:
        self.composer.insert(chosen.text, chosen.cursor)
        self.composer.focus_text()
        if chosen.snippet.actions:
            self.set_after_sending(chosen.snippet.actions)
        self._count(chosen.snippet, self.composer.written.kind)

    def _insert(self, snippet: "Snippet") -> None:
        from screens.snippets import Chosen

        rendered = self._filled_in(snippet)
        self.insert_snippet(Chosen(snippet, rendered.text, rendered.cursor, rendered.open_fields))

    def write_with(self, trigger: str) -> None:
        """Begin a reply with the snippet of that trigger, where there is one."""

        def begun() -> None:
            snippet = self._snippets.of_trigger(trigger) if self._snippets else None
            if snippet is not None:
                self._insert(snippet)

        self.write("reply_all", begun)

    def _filled_in(self, snippet: "Snippet") -> "Rendered":
        from desk.snippets.template import render
        from screens.filling import filling

        return render(snippet.body, filling(self.here, self.seat.me, self.seat.clock(), self.seat.zone))

    def _count(self, snippet: "Snippet", draft: str = "") -> None:
        """Count its use; a `draft` remembers it until it leaves."""
        from storage.deeds.snippets import used

        by, ticket_id = self.seat.by(), self.current_id
        self.seat.jobs.deed(lambda session: used(session, by, snippet.id, ticket_id, draft), lambda _: None)
