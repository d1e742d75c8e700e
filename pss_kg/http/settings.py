"""What the user says about services: mirrors, keys, an e-mail address, other rates.

Environment before config.toml. Read when `settings_from` is called, never at import.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from pss_kg.errors import UsageError

VARIABLE = re.compile(r"PSS_KG_([A-Z0-9]+)_(URL|KEY|RATE)")
CONTACT = "PSS_KG_MAILTO"
CONFIG = "config.toml, [services]"


class Settings(msgspec.Struct, frozen=True):
    """mailto: the e-mail address that services are told, "" = none.

    urls, keys, rates: by `plain` name of the access. A rate is in requests a second; it can only
    lower the documented one, unless the access has a URL of its own, where 0 means no limit.
    """

    mailto: str = ""
    urls: Mapping[str, str] = {}
    keys: Mapping[str, str] = {}
    rates: Mapping[str, float] = {}

    def __repr__(self) -> str:
        """Without keys: a repr may land in a log."""
        return f"Settings(urls={sorted(self.urls)}, keys={sorted(self.keys)}, rates={sorted(self.rates)})"


class Manners(msgspec.Struct, frozen=True):
    """How patient the client is. Times in seconds, sizes in bytes.

    tries:       of one request, the first included
    first_wait:  before the second try; doubled each time up to `longest_wait`, with as much jitter
                 as `first_wait`
    total_wait:  after so long no further try is made
    longest_retry_after: a service that asks for a longer rest is not waited for
    connect, read: until a connection stands; between two pieces of a reply
    deadline:    for one whole reply, however steadily it drips
    largest:     of a body, unpacked
    redirects:   followed at most
    """

    tries: int = 6
    first_wait: float = 1.0
    longest_wait: float = 60.0
    total_wait: float = 900.0
    longest_retry_after: float = 300.0
    connect: float = 10.0
    read: float = 30.0
    deadline: float = 300.0
    largest: int = 256 << 20
    redirects: int = 5


def plain(name: str) -> str:
    """The name of an access as it stands in variables, in lower case: letters and digits only."""
    return name.lower().replace("-", "").replace("_", "")


def variable(name: str, what: str) -> str:
    """The environment variable of an access: `PSS_KG_EUROPEPMC_URL`."""
    return f"PSS_KG_{plain(name).upper()}_{what}"


def settings_from(environ: Mapping[str, str], config: Mapping[str, Any] | None = None) -> Settings:
    """Settings from variables and from the table `[services]` of config.toml.

        [services]
        mailto = "you@example.org"
        [services.europepmc]
        url = "https://mirror.example.org/rest"
        key = "…"
        rate = 2

    An empty variable is taken as not set. Raises UsageError for a value that can't be right; it
    never shows a key.
    """
    urls: dict[str, str] = {}
    keys: dict[str, str] = {}
    rates: dict[str, float] = {}
    mailto = ""
    for name, said in (config or {}).items():
        if name == "mailto" and isinstance(said, str):
            mailto = _contact(said, CONFIG)
        elif isinstance(said, Mapping):
            for what, value in said.items():
                _take(plain(name), what, value, f"{CONFIG[:-1]}.{name}], {what}", urls, keys, rates)
        else:
            raise UsageError(f"{name!r} is not what was expected.", where=CONFIG, todo=_HELP)
    for name, value in environ.items():
        found = VARIABLE.fullmatch(name)
        if found and value.strip():
            _take(found[1].lower(), found[2].lower(), value, name, urls, keys, rates)
    if environ.get(CONTACT, "").strip():
        mailto = _contact(environ[CONTACT], CONTACT)
    return Settings(mailto=mailto, urls=urls, keys=keys, rates=rates)


_HELP = 'Write mailto = "…", or a table of a service with url, key or rate; docs/services.md shows them.'


def _take(
    name: str,
    what: str,
    value: object,
    where: str,
    urls: dict[str, str],
    keys: dict[str, str],
    rates: dict[str, float],
) -> None:
    if what == "url" and isinstance(value, str):
        urls[name] = _base(value.strip(), where)
    elif what == "key" and isinstance(value, str):
        if not value.strip().isascii() or not value.strip().isprintable() or not value.strip():
            raise UsageError(
                "the key is empty or has characters that no key has.",
                where=where,
                todo="Copy it again from the service's page.",
            )
        keys[name] = value.strip()
    elif what == "rate" and isinstance(value, (str, int, float)) and not isinstance(value, bool):
        rates[name] = _rate(value, where)
    else:
        raise UsageError(
            "this is no setting of a service, or not of the right type.", where=where, todo=_HELP
        )


def _base(url: str, where: str) -> str:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 — raises for a port that is no number
        sound = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        sound = False
        parts = urlsplit("")
    if not sound or parts.query or parts.fragment or not url.isprintable() or " " in url:
        raise UsageError(
            "this is no base URL.", where=where, todo="Write one like https://mirror.example.org/rest."
        )
    return url.rstrip("/")


def _rate(value: str | float, where: str) -> float:
    try:
        rate = float(value)
    except ValueError:
        rate = -1.0
    if not 0 <= rate < float("inf"):
        raise UsageError("this is no number of requests a second.", where=where, todo="Write one like 2.")
    return rate


def _contact(text: str, where: str) -> str:
    address = text.strip().removeprefix("mailto:")
    if not re.fullmatch(r"[!-~]+@[!-~]+", address) or any(c in address for c in '()<>,;:\\"'):
        raise UsageError("this is no e-mail address.", where=where, todo="Write one like you@example.org.")
    return address
