"""The watch over one agent's telephone: one process, until it is told to end or the last console has gone."""

import asyncio
import signal
from contextlib import closing, suppress
from time import monotonic

from console.telephony.lines import AsteriskLine, BaresipLine, hold
from console.telephony.requests import Requests
from console.telephony.settings import PhoneSettings
from console.telephony.state import lock_name
from console.telephony.telephone import Seat, Telephone
from storage.workspace import open_to_write
from sync import lock
from sync.secret import Secret

LOOKED = 1.0
# How often calls are looked for whose end no telephone told.
LOOKED_AFTER = 20.0


def watch(settings: PhoneSettings, seat: Seat, *, for_consoles: bool) -> None:
    """Watch until SIGTERM, SIGINT or SIGHUP; with `for_consoles` also until no console is open.

    Refused where this agent's telephone is watched already.
    """
    busy = "This telephone is being watched already"
    with (
        lock.only_one(seat.workspace, lock_name(seat.handle), busy=busy),
        closing(open_to_write(seat.workspace)) as connection,
    ):
        telephone = Telephone(connection, seat, settings.way)
        telephone.look_after()
        asyncio.run(_until_told(settings, telephone, seat, for_consoles=for_consoles))
        telephone.ended()


async def _until_told(settings: PhoneSettings, telephone: Telephone, seat: Seat, *, for_consoles: bool) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    watching = asyncio.create_task(_listen(settings, telephone))
    watching.add_done_callback(lambda _: stopping.set())
    looked_at = monotonic()
    while not stopping.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOKED):
                await stopping.wait()
        if for_consoles and not lock.anyone_seated(seat.workspace):
            break
        if monotonic() - looked_at >= LOOKED_AFTER:
            looked_at = monotonic()
            telephone.look_after()
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching


async def _listen(settings: PhoneSettings, telephone: Telephone) -> None:
    from console.credentials.ladder import Ladder
    from console.paths import secrets_folder

    ladder = Ladder(secrets_folder())

    def secret() -> Secret:
        return ladder.serve(settings.wanted).secret

    if settings.way == "baresip":
        await hold(BaresipLine(telephone), "baresip", settings.port, telephone)
    elif settings.way == "asterisk":
        line = AsteriskLine(telephone, settings.user, settings.extension, secret)
        await hold(line, "the exchange", settings.port, telephone)
    else:
        await Requests(telephone, settings.extension, secret).serve(settings.port)
