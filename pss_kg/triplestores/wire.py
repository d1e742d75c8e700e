"""One HTTP exchange with a triplestore: credentials put in, refusals turned into errors in plain words.

Redirects are not followed: credentials would go to whoever the server names. ~/.netrc is read
only when the user asks for it. Certificates are verified, always.
"""

from __future__ import annotations

import ipaddress
import re
import time
from collections.abc import Callable, Mapping
from io import RawIOBase
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth

import pss_kg
from pss_kg.errors import UsageError
from pss_kg.http.secrets import Secrets
from pss_kg.triplestores.product import (
    Busy,
    Denied,
    Endpoint,
    NotThere,
    Scheme,
    StoreError,
    TooLarge,
    Unreachable,
)

CONNECT = 10.0  # seconds until a connection stands
SILENCE = 120.0  # seconds without a byte, for a request of no size
SLOWEST = 200_000  # bytes a second that a server works off, even a slow one: about 1,300 triples
TRIES = 5
FIRST_WAIT = 1.0

_MEMORY = re.compile(
    r"memory|heap space|too large|exceeds the limit|transaction is too|deadlock", re.IGNORECASE
)
_READ_ONLY = re.compile(r"read[- ]?only", re.IGNORECASE)


class _Nothing(AuthBase):
    """No credentials; without it requests would look into ~/.netrc by itself."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class _Bearer(AuthBase):
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _LargeBlocks(HTTPAdapter):
    """Bodies go in pieces of 256 KB; the usual 16 KB cost a call each."""

    def init_poolmanager(self, *args: Any, **settings: Any) -> None:
        super().init_poolmanager(*args, blocksize=1 << 18, **settings)


class Wire:
    """The requests to one server. `title` is the product's; `variable` begins its environment variables."""

    def __init__(self, endpoint: Endpoint, title: str, scheme: Scheme, variable: str) -> None:
        parts = checked_url(endpoint.url, "--url")
        self.title = title
        self.where = endpoint.url
        self._variable = variable
        self._endpoint = endpoint
        self._session = requests.Session()
        for start in ("http://", "https://"):
            self._session.mount(start, _LargeBlocks())
        self._session.headers["User-Agent"] = f"pss-kg/{pss_kg.__version__}"
        self._session.auth = self._credentials(endpoint.scheme or scheme)
        self._session.trust_env = not _loopback(parts.hostname or "")  # no proxy leads to this machine
        self.server = ""
        """What the last reply's header `Server` said."""

    def _credentials(self, scheme: Scheme) -> AuthBase:
        endpoint = self._endpoint
        user, password = endpoint.user, endpoint.password
        if endpoint.netrc and not endpoint.token and not password:
            found = requests.utils.get_netrc_auth(endpoint.url)
            if not found:
                raise UsageError(
                    "~/.netrc has no entry for this host, or can't be read.",
                    where=self.where,
                    todo="Add `machine HOST login USER password …` to it.",
                )
            user, password = found
        self._secrets = Secrets(
            key=endpoint.token or password, userinfo=f"{user}:{password}" if password else ""
        )
        self.told = bool(endpoint.token or password)
        if endpoint.token:
            return _Bearer(endpoint.token)
        if not password:
            return _Nothing()
        # As bytes: requests would write them as Latin-1, which not every name fits into.
        if scheme == "digest":
            return HTTPDigestAuth(user, password)
        return HTTPBasicAuth(user.encode(), password.encode())

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def ask(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        data: bytes | RawIOBase | Mapping[str, str] | None = None,
        size: int = 0,
        repeat: bool = True,
        fine: tuple[int, ...] = (),
        read: Callable[[requests.Response], Any] | None = None,
    ) -> Any:
        """The reply's text, or what `read` makes of the reply while it streams.

        size:   bytes that the server has to work on, for the time it is given; a known `data` counts too
        repeat: try again what may pass (no connection, 429, 502, 503, 504). Right for what is sent
                here: lines without blank nodes are a set, so to insert, replace or delete them
                twice leaves the same graph as once, even where the first try was done unseen.
        fine:   statuses that are no error besides 2xx

        Raises StoreError: see `product`.
        """
        wait = FIRST_WAIT
        for left in reversed(range(TRIES if repeat else 1)):
            if isinstance(data, RawIOBase):
                data.seek(0)
            try:
                return self._once(method, url, params, headers, data, size, fine, read)
            except Unreachable as error:
                refused = "refused" in error.what and wait == FIRST_WAIT
                if not left or refused:  # nobody is there: to wait for that helps nobody
                    raise
                time.sleep(wait)
                wait *= 2
        raise AssertionError("unreachable")

    def _once(
        self,
        method: str,
        url: str,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        data: Any,
        size: int,
        fine: tuple[int, ...],
        read: Callable[[requests.Response], Any] | None,
    ) -> Any:
        silence = self._endpoint.timeout or SILENCE + max(size, _length(data)) / SLOWEST
        try:
            with self._session.request(
                method,
                url,
                params=params,
                headers=headers,
                data=data,
                timeout=(CONNECT, silence),
                allow_redirects=False,
                stream=True,
            ) as response:
                self.server = response.headers.get("Server", self.server)
                if response.status_code in fine or 200 <= response.status_code < 300:
                    if read is not None and response.status_code < 300:
                        return read(response)
                    return response.content.decode("utf-8", "replace")
                raise self._refused(response)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise self._broken(error, silence) from None  # its text may hold the whole URL

    def _refused(self, response: requests.Response) -> StoreError:
        status = response.status_code
        said = self.clean(response.raw.read(4096, decode_content=True).decode("utf-8", "replace"))
        where = self._secrets.url(response.url.partition("?")[0])
        words = f" It says: {said}" if said else ""
        if (
            status == 413
            or (status in (400, 408, 500, 503, 504, 507) and _MEMORY.search(said))
            or status == 507
        ):
            return TooLarge(f"the server can't take so much at once ({status}).{words}", where=where)
        if status in (403, 405, 501) and _READ_ONLY.search(said):
            return Denied(
                f"the server is read-only ({status}).{words}", where=where, todo="Start it writable."
            )
        if status in (401, 403, 407):
            todo = (
                "Check user and password or token; does this user have the right to write?"
                if self.told
                else f"Set {self._variable}_USER and {self._variable}_PASSWORD, or {self._variable}_TOKEN, "
                "or use --netrc."
            )
            return Denied(f"access is denied ({status}).{words}", where=where, todo=todo)
        if status in (404, 405, 501):
            return NotThere(
                f"there is no such path ({status}).{words}",
                where=where,
                todo=f"Is this the address of {self.title}? Check --to and --url.",
            )
        if 300 <= status < 400:
            target = self._secrets.url(response.headers.get("Location", ""))
            return StoreError(
                f"the server sends us elsewhere ({status}: {target}), which is not followed.",
                where=where,
                todo="If that is the right server, give it as --url.",
            )
        if status in (408, 429, 502, 503, 504):
            return Busy(
                f"the server can't now ({status}).{words}",
                where=where,
                todo="Run the same command again later.",
            )
        return StoreError(
            f"the server refuses ({status}).{words}", where=where, todo="The server's log may say more."
        )

    def _broken(self, error: Exception, silence: float) -> StoreError:
        text, where = str(error), self.where
        if isinstance(error, requests.exceptions.SSLError):
            return StoreError(
                "the server's certificate can't be verified.",
                where=where,
                todo="Name the authority's certificate in REQUESTS_CA_BUNDLE; pss-kg never goes on without.",
            )
        if isinstance(error, requests.exceptions.ReadTimeout) or "Read timed out" in text:
            return TooLarge(
                f"the server said nothing for {silence:,.0f} s.", where=where, todo="Try --timeout."
            )
        if "Connection refused" in text:
            return Unreachable(
                "connection refused.", where=where, todo=f"Is {self.title} running, and on this port?"
            )
        if "Name or service not known" in text or "resolve" in text:
            return Unreachable("there is no such host.", where=where, todo="Check --url.")
        if isinstance(error, requests.exceptions.ConnectTimeout):
            return Unreachable("no connection in time.", where=where, todo="Check --url, and the network.")
        return Unreachable(
            f"the connection broke ({type(error).__name__}).", where=where, todo="Run the same command again."
        )

    def clean(self, text: str) -> str:
        """What the server said on one line, short, and without our credentials."""
        text = " ".join(re.sub(r"<[a-zA-Z/!][^<>]{0,200}>", " ", text).split()) if "<html" in text else text
        return self._secrets.text(" ".join("".join(c if c.isprintable() else " " for c in text).split()))[
            :300
        ]


def checked_url(url: str, option: str) -> Any:
    """The parts of an address. Raises UsageError for one that can't be right; it shows no password."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 — raises for a port that is no number
        sound = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        sound, parts = False, urlsplit("")
    if not sound:
        raise UsageError("this is no address.", where=option, todo="Write one like http://127.0.0.1:7878.")
    if "@" in parts.netloc:
        raise UsageError(
            "a user name or password has no place in an address.",
            where=option,
            todo="Use PSS_KG_<PRODUCT>_USER and _PASSWORD, or --netrc.",
        )
    return parts


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _length(data: Any) -> int:
    try:
        return len(data)
    except TypeError:
        return 0
