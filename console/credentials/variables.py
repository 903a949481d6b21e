"""The first rung: HEARD_<NAME>_TOKEN, or the file that HEARD_<NAME>_TOKEN_FILE names.

The file is how secrets come into services and containers: systemd writes its credentials into $CREDENTIALS_DIRECTORY,
where a relative name is looked for.
"""

from collections.abc import Mapping
from pathlib import Path

from console.credentials.rungs import Found, Passed, Rung, Wanted, secret_in
from sync.secret import Secret

# Beyond this it is no secret, but a wrong path.
LARGEST = 64 * 1024


def from_variable(wanted: Wanted, environment: Mapping[str, str]) -> Found | Passed:
    """The secret of the environment."""
    variable, named = wanted.variable, f"{wanted.variable}_FILE"
    if variable in environment:
        read = secret_in(environment[variable].encode("utf-8", "surrogateescape"), variable)
        return Found(read, variable) if isinstance(read, Secret) else Passed(Rung.VARIABLE, read, broken=True)
    if named not in environment:
        return Passed(Rung.VARIABLE, f"neither {variable} nor {named} is set")
    return _from_file(environment[named], named, environment.get("CREDENTIALS_DIRECTORY", ""))


def _from_file(given: str, named: str, folder: str) -> Found | Passed:
    path = Path(folder, given).expanduser()
    try:
        with path.open("rb") as file:
            read = secret_in(file.read(LARGEST + 1), str(path))
        if path.stat().st_size > LARGEST:
            read = f"{path} is too large for a secret"
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no path"
        return Passed(Rung.VARIABLE, f"{named} names {path}, which can't be read: {why}", broken=True)
    return Found(read, f"{path} ({named})") if isinstance(read, Secret) else Passed(Rung.VARIABLE, read, broken=True)
