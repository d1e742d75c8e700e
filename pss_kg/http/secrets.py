"""Keys and addresses: what must never stand in a URL that is shown, a log, an error or raw/."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus, unquote_plus, urlsplit, urlunsplit

SHORT = 8
"""A key shorter than this may stand in a text by chance; it is taken out only after its parameter's name."""


class Secrets:
    """What one access must not give away.

    key, mailto: as the user set them; password: of a base URL `https://user:password@host`
    param:       the parameter that takes the key; contacts: those that take the address
    """

    def __init__(
        self,
        *,
        key: str = "",
        mailto: str = "",
        userinfo: str = "",
        param: str = "",
        contacts: Iterable[str] = (),
    ) -> None:
        self.names = frozenset(name.lower() for name in ((param,) if param else ()) + tuple(contacts))
        hidden = {form for value in (key, userinfo) if len(value) >= SHORT for form in _forms(value)}
        if userinfo:
            hidden.add(f"{userinfo}@")
        self._text = _either(sorted(hidden, key=len, reverse=True))
        self._address = _either(sorted(_forms(mailto), key=len, reverse=True)) if mailto else None
        # In a body an address may be an author's own; only where it fills a parameter is it ours.
        pairs = [(param, key)] if param and key else []
        pairs += [(name, mailto) for name in (*contacts, "mailto", "email") if mailto]
        found = sorted({f"{name}={form}" for name, value in pairs for form in _forms(value)}, key=len)
        self._pairs = _either(reversed(found))

    def text(self, text: str) -> str:
        """The text with nothing secret in it, for errors and logs."""
        if self._pairs:
            text = self._pairs.sub(lambda found: found[0].split("=")[0] + "=…", text)
        for pattern in (self._text, self._address):
            if pattern:
                text = pattern.sub("…", text)
        return text

    def body(self, body: bytes) -> bytes:
        """A body without our key and without parameters that hold our address (links to a next page).

        The very same object where there is none, which is nearly always.
        """
        if self._pairs:
            body = re.sub(self._pairs.pattern.encode(), lambda found: found[0].split(b"=")[0] + b"=", body)
        if self._text:
            body = re.sub(self._text.pattern.encode(), b"", body)
        return body

    def url(self, url: str) -> str:
        """The URL without user info, and without the parameters that are added when it is sent."""
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        # Piece by piece as they stand: to decode and encode again would hide a key from `text`.
        pieces = [piece for piece in parts.query.split("&") if piece and not self._tells(piece)]
        query = "&".join(pieces)
        return self.text(urlunsplit((parts.scheme, host, parts.path, query, "")))

    def _tells(self, piece: str) -> bool:
        """Whether `name=value` is a parameter that is ours to add, or holds a secret."""
        return unquote_plus(piece.partition("=")[0]).lower() in self.names or self.text(piece) != piece


class NoSecrets(logging.Filter):
    """Takes secrets out of log lines; urllib3 logs whole paths, with the key in them."""

    def __init__(self, secrets: Iterable[Secrets]) -> None:
        super().__init__()
        self._secrets = tuple(secrets)

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the line; let every one pass."""
        line = record.getMessage()
        for secrets in self._secrets:
            line = secrets.text(line)
        record.msg, record.args = line, ()
        return True


def _forms(value: str) -> set[str]:
    """A value as it may stand in plain text, a URL, a form, or a URL inside a URL."""
    once = {quote(value, safe=""), quote(value), quote_plus(value), quote(value, safe="@")}
    return {value, *once, *(quote(form, safe="") for form in once)} if value else set()


def _either(texts: Iterable[str]) -> re.Pattern[str] | None:
    texts = list(texts)
    return re.compile("|".join(re.escape(text) for text in texts)) if texts else None
