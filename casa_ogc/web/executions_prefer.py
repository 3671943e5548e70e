"""What a client prefers of an execution (RFC 7240): to wait or not, and how much to be sent."""

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"\s*([A-Za-z][\w-]*)\s*(?:=\s*(?:\"([^\"]*)\"|([^\s;,\"]*)))?\s*(?:;[^,]*)?")
_MOST_DIGITS = 6


@dataclass(frozen=True)
class Preferences:
    """Preferences that are understood; others are ignored, as the RFC says.

    Attributes
    ----------
    respond
        ``async``, ``sync``, or empty.
    wait
        Seconds that the client waits for results before it takes the job instead.
    minimal
        Whether results are sent as references.
    """

    respond: str = ""
    wait: float | None = None
    minimal: bool = False

    def applied(self, *, waited: bool) -> dict[str, str]:
        """Return the header that tells which preferences were honoured.

        Parameters
        ----------
        waited
            Whether the answer holds results.
        """
        honoured = []
        if self.respond == ("sync" if waited else "async"):
            honoured.append(f"respond-{self.respond}")
        if self.wait is not None:
            honoured.append(f"wait={self.wait:g}")
        if self.minimal and waited:
            honoured.append("return=minimal")
        return {"Preference-Applied": ", ".join(honoured)} if honoured else {}


def parse_prefer(text: str) -> Preferences:
    """Read the Prefer header, all its lines joined by commas; of two equal names the first counts.

    Nothing is refused: a preference is a wish, and one that cannot be read is not understood.
    """
    found: dict[str, str] = {}
    for part in text.split(","):
        match = _TOKEN.fullmatch(part)
        if match:
            found.setdefault(match[1].lower(), (match[2] or match[3] or "").lower())
    wait = found.get("wait", "").removesuffix("s")
    readable = wait.isascii() and wait.isdigit() and len(wait) <= _MOST_DIGITS
    order = [name for name in found if name in ("respond-async", "respond-sync")]
    return Preferences(
        respond=order[0].removeprefix("respond-") if order else "",
        wait=float(wait) if readable else None,
        minimal=found.get("return") == "minimal",
    )
