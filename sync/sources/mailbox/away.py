"""What it means for a person that a mail server can't be reached, or can't be trusted."""

import socket
import ssl

from desk.endpoints import Endpoint
from sync.errors import Broken, Offline, Unreachable

AGAIN = "It is tried again by itself."


def away(endpoint: Endpoint, error: OSError | UnicodeError) -> Unreachable | Broken:
    """The error of a line, in words."""
    host = endpoint.host
    match error:
        case ssl.SSLCertVerificationError():
            return Broken(
                f"The certificate of {host} can't be trusted: {error.verify_message}",
                "Check the server's name; a certificate of your own is named by `heard connect mailbox --ca FILE`.",
            )
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return Unreachable(f"{host} ended the conversation", AGAIN)
        case ssl.SSLError():
            return Broken(f"No encryption could be agreed on with {host}", "Check its port and how it is encrypted.")
        case socket.gaierror() | UnicodeError():
            return Unreachable(f"The name {host} is not known", "Check the network, and the name for a slip.")
        case TimeoutError():
            return Unreachable(f"{host} did not answer in time", AGAIN)
        case ConnectionRefusedError():
            return Unreachable(
                f"Nobody listens at {host}, port {endpoint.port}", "Check the port, or wait for the server."
            )
    return Unreachable(f"{host} can't be reached: {error.strerror or type(error).__name__}", AGAIN)


def no_line(endpoint: Endpoint, error: OSError | UnicodeError) -> Unreachable | Broken:
    """The error of a line that never came about, in words; who was reached and spoke wrongly was not away."""
    found = away(endpoint, error)
    return found if isinstance(error, ssl.SSLError) else Offline(found.message, found.mend)
