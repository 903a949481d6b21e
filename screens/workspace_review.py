"""The reviewer at the composer: it marks what is written while it rests, and asks once before what can't be taken back.

The invariants: no key ever waits for a review, which runs in a reader's thread and is forgotten where the text has
changed meanwhile; nothing but the rules that ask, or can't be read, stops a sending, and those ask in one question;
what is muted is muted for this agent alone, and can be heard again.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.timer import Timer
from typing_extensions import override

from desk.errors import HeardError, Refused
from screens.ask import Choice, Question
from screens.confirm import ConfirmScreen
from screens.workspace_deeds import DeedWork
from storage.connect import Connection

if TYPE_CHECKING:
    from desk.review.marks import Context, Mark
    from screens.action import Situation
    from screens.review_lines import Reviewed
    from widgets.composer import Written

# How long no key was pressed before the text is reviewed; within the rest between two words nothing flickers.
REST = 0.3
# Whose tickets were open last: what is pasted into the wrong reply mostly comes from one of these.
REMEMBERED = 20


class ReviewWork(DeedWork):
    """What is done with marks."""

    _rest: Timer | None = None
    _reviewed: "Reviewed | None" = None
    _customers: tuple[str, ...] = ()

    @override
    def show_opened(self) -> None:
        super().show_opened()
        if self.opened is not None:
            name = self.opened.ticket.row.customer
            others = tuple(each for each in self._customers if each != name)
            self._customers = (*others, name)[-REMEMBERED:] if name else others

    # Marks while one writes

    def review_soon(self) -> None:
        """Something was typed: it is reviewed when the keys rest."""
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST, self.review_now)

    def review_now(self) -> None:
        """Review what stands in the composer."""
        from screens.review_lines import reviewed

        self.stop_reviewing()
        if not self.writing:
            return
        written, context, me = self.composer.written, self._writing_context(), self.seat.me.id
        self.seat.jobs.read(
            "review", lambda connection: reviewed(connection, written.body, context, me), self._take_review
        )

    def stop_reviewing(self) -> None:
        """No review is waited for any more."""
        if self._rest is not None:
            self._rest.stop()
            self._rest = None

    def _take_review(self, found: "Reviewed") -> None:
        if self.writing and self.composer.written.body == found.body:
            self._reviewed = found
            self.composer.review_line.keys = self._keys()
            self.composer.show_marks(found.marks)

    def on_composer_mark_met(self) -> None:
        """What can be done with a mark depends on it."""
        self.show_hints()

    def _keys(self) -> tuple[tuple[str, str], ...]:
        from screens.keymap import shown

        named = (("composer.next_mark", "next"), ("composer.fix", "fix"), ("composer.mute", "mute"))
        return tuple((shown(keys[0]), word) for name, word in named if (keys := self.seat.keymap.of[name]))

    def _writing_context(self) -> "Context":
        from screens.review_lines import context_of

        return context_of(self.composer.written, self.here, self._customers)

    @override
    def situation(self) -> "Situation":
        facts = super().situation()
        if not (self.furnished and self.writing):
            return facts
        mark = self.composer.mark
        return facts._replace(
            marked=mark is not None,
            fixable=mark is not None and mark.replacement is not None,
            muted=self._reviewed is not None and bool(self._reviewed.muted),
        )

    def action_composer_next_mark(self) -> None:
        """To the next mark."""
        self.composer.focus_text()
        self.composer.next_mark()

    def action_composer_fix(self) -> None:
        """Put in what the mark proposes."""
        self.composer.focus_text()
        self.composer.fix_mark()

    def action_composer_mute(self) -> None:
        """Hear no more of this rule."""
        mark, found = self.composer.mark, self._reviewed
        if mark is None or found is None:
            return
        if mark.asks:
            raise Refused("It asks before sending, so it can't be muted", "The team can switch the rule off.")
        self._set_muted(mark.rule, wanted=True)
        self.composer.show_marks(tuple(each for each in self.composer.marks if each.rule != mark.rule))
        self.notice("Muted for you: " + found.title(mark.rule), "good")

    def action_composer_unmute(self, text: str) -> None:
        """Hear again of a rule that was muted."""
        found = self._reviewed
        if found is None:
            return
        if not text:
            choices = tuple(Choice(key, found.title(key), "muted by you") for key in sorted(found.muted))
            self.ask(Question("Unmute", self.action_composer_unmute, choices=choices))
            return
        key = next((key for key in found.muted if text.casefold() in (key, found.title(key).casefold())), "")
        if not key:
            raise Refused("“" + text + "” isn't muted", "F12 shows what is.")
        self._set_muted(key, wanted=False)
        self.notice("Heard again: " + found.title(key), "good")

    def _set_muted(self, rule: str, *, wanted: bool) -> None:
        from storage.review import mute

        me = self.seat.me.id
        self.seat.jobs.keep(lambda connection: mute(connection, me, rule, wanted=wanted), lambda _: self.review_now())

    # Before sending

    def review_first(self, written: "Written", send: Callable[[], object]) -> None:
        """Send it, after one question where something in it can't be meant."""
        import textwrap

        from screens.review_lines import QUESTION_CELLS, question_of, reviewed

        context, me = self._writing_context(), self.seat.me.id

        def asking(connection: Connection) -> "tuple[Mark, ...]":
            return tuple(mark for mark in reviewed(connection, written.body, context, me).marks if mark.asks)

        def answer(marks: "tuple[Mark, ...]") -> None:
            if not marks:
                send()
                return
            title, lines = question_of(marks, written)
            self.app.push_screen(ConfirmScreen(self.seat, title, lines), chosen)

        def chosen(yes: bool | None) -> None:
            if yes:
                send()
            else:
                self.release_all_keys()

        def failed(error: HeardError) -> None:
            # Rules that can't be used (of another version, say) must not keep an answer from its customer.
            lines = textwrap.wrap(str(error), QUESTION_CELLS)
            title = "Save it without a review?" if written.kind == "note" else "Send it without a review?"
            self.app.push_screen(ConfirmScreen(self.seat, title, lines), chosen)

        self.stop_reviewing()
        self.hold_all_keys()
        self.seat.jobs.read("before sending", asking, answer, failed)
