"""One request sent to one host and its whole reply read: keys put in, redirects followed with care."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Event
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

import requests
import urllib3

import pss_kg
from pss_kg.http.asking import Access, Pairs, Request, Stopped
from pss_kg.http.bodies import whole_body
from pss_kg.http.faults import Fault, Received, stated_limits
from pss_kg.http.limits import Gate
from pss_kg.http.secrets import Secrets
from pss_kg.http.settings import Manners, Settings, plain, variable
from pss_kg.http.watch import Watch, WatchedAdapter

TOOL = "pss-kg"
MEDIA = {
    "json": "application/json",
    "xml": "application/xml, text/xml;q=0.9",
    "text": "text/plain, text/*;q=0.9",
}
REDIRECTS = (301, 302, 303, 307, 308)
SAFE = "/:,"  # need no percent-encoding in a query (RFC 3986, 3.4), and read better without


class Sender:
    """Sends the requests of one access. Safe to be used by several threads."""

    def __init__(
        self, access: Access, settings: Settings, manners: Manners, gate: Gate, watch: Watch, stop: Event
    ) -> None:
        name = plain(access.name)
        self.access = access
        self.base = settings.urls.get(name, access.url).rstrip("/")
        self.gate = gate
        self._manners = manners
        self._watch = watch
        self._stop = stop
        self._key = settings.keys.get(name, "") if access.key else ""
        self._mailto = settings.mailto
        self._param = access.key[1] if access.key[:1] == ("param",) else ""
        userinfo = urlsplit(self.base).netloc.rpartition("@")[0]
        self.secrets = Secrets(
            key=self._key, mailto=self._mailto, userinfo=userinfo, param=self._param, contacts=access.contact
        )
        self._session = requests.Session()
        adapter = WatchedAdapter(
            pool_connections=4, pool_maxsize=max(1, access.concurrency, 8), max_retries=0
        )
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        self._surroundings: dict[tuple[str, str], Mapping[str, Any]] = {}

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def public_url(self, request: Request) -> str:
        """What is asked, without what is added when it is sent."""
        return self.secrets.url(self.base + request.path + _query(request.params))

    def send(self, request: Request, validators: Mapping[str, str]) -> tuple[Received, float]:
        """The reply, and seconds waited for our turn. `validators` are the headers of a conditional request.

        Takes a turn for each redirect, too. Raises Fault for a try that failed, Stopped.
        """
        url, form = self._addressed(request)
        method = "POST" if request.form or request.json else "GET"
        waited = 0.0
        with self.gate.place():
            for _ in range(self._manners.redirects + 1):
                waited += self.gate.pass_through()
                trusted = self._trusted(url)
                headers = {**self._headers(request, trusted), **(validators if trusted else {})}
                data: bytes | None = None
                if method == "POST":
                    headers["Content-Type"] = (
                        "application/json" if request.json else "application/x-www-form-urlencoded"
                    )
                    data = (request.json or _encoded(form if trusted else request.form)).encode()
                received = self._one(method, url, headers, data)
                self.gate.slow_down(*stated_limits(received.headers))
                target = received.header("location")
                if received.status not in REDIRECTS or not target:
                    return self._cleaned(received), waited
                if received.status == 303:
                    method = "GET"
                url = self._redirected(url, target, method)
        raise Fault(
            f"it sends us from one address to the next, {self._manners.redirects} times",
            self._mirror(),
            again=False,
        )

    def _addressed(self, request: Request) -> tuple[str, Pairs]:
        """The URL and the form, with key, contact and the name of the program."""
        access = self.access
        added: Pairs = ((access.tool, TOOL),) if access.tool else ()
        if self._mailto:
            added += tuple((name, self._mailto) for name in access.contact)
        if self._param and self._key:
            added += ((self._param, self._key),)
        if request.form:  # in the body, where no server's log has them
            return self.base + request.path + _query(request.params), request.form + added
        return self.base + request.path + _query(request.params + added), ()

    def _headers(self, request: Request, trusted: bool) -> dict[str, str]:
        agent = f"{TOOL}/{pss_kg.__version__}"
        if trusted and self._mailto:
            agent += f" (mailto:{self._mailto})"
        headers = {
            "User-Agent": agent,
            "Accept": MEDIA[request.accept] + ", */*;q=0.1",
            "Accept-Encoding": "gzip",
            "Connection": "keep-alive",
        }
        if trusted and self._key and self.access.key[:1] == ("header",):
            headers[self.access.key[1]] = "".join(self.access.key[2:3]) + self._key
        return headers

    def _redirected(self, url: str, target: str, method: str) -> str:
        """Where a redirect leads. Another host gets nothing secret, though the reply repeats it."""
        try:
            target = urljoin(url, target)
            parts = urlsplit(target)
            sound = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            sound = False
        if not sound:
            raise Fault("it sends us to an address that is none", self._mirror(), again=False)
        shown = f"{parts.scheme}://{self.secrets.text(parts.netloc.rpartition('@')[2])}"
        if urlsplit(url).scheme == "https" and parts.scheme == "http":
            raise Fault(
                f"it sends us from https to {shown}, which is not followed", self._mirror(), again=False
            )
        if not self._trusted(target):
            return self.secrets.url(target)
        if self._key and self._param and method == "GET":
            pairs = parse_qsl(parts.query, keep_blank_values=True)
            if self._param not in dict(pairs):
                query = urlencode([*pairs, (self._param, self._key)], quote_via=quote, safe=SAFE)
                target = urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
        return target

    def _trusted(self, url: str) -> bool:
        """Whether this is the host that keys are meant for; requests' own rule of what is the same."""
        return not self._session.should_strip_auth(self.base, url)  # type: ignore[no-untyped-call]

    def _cleaned(self, received: Received) -> Received:
        clean = self.secrets
        return received._replace(
            reason=clean.text(received.reason),
            headers=tuple((name, clean.text(value)) for name, value in received.headers),
            body=clean.body(received.body),
            url=clean.url(received.url),
        )

    def _mirror(self) -> str:
        name = variable(self.access.name, "URL")
        return f"Check {name}, if it is set; else the service may have moved: {name} can say where to."

    def _one(self, method: str, url: str, headers: dict[str, str], data: bytes | None) -> Received:
        """One exchange, the body read. Raises Fault, Stopped."""
        manners = self._manners
        if self._stop.is_set():
            raise Stopped
        try:
            # Past the session: it would read netrc, send cookies, and read bodies of redirects whole.
            prepared = requests.Request(method, url, headers=headers, data=data).prepare()
            with self._watch.over(manners.deadline, self.gate.went_late) as wait:

                def check() -> None:
                    if self._stop.is_set():
                        raise Stopped
                    if wait.late:
                        raise self._too_slow()

                try:
                    around = self._surrounding(url)
                    with self._session.get_adapter(url).send(
                        prepared,
                        stream=True,
                        timeout=(manners.connect, manners.read),
                        verify=around["verify"],
                        cert=around["cert"],
                        proxies=around["proxies"],
                    ) as response:
                        body = self._body(response, check)
                except (requests.RequestException, urllib3.exceptions.HTTPError, OSError):
                    check()  # the watch may have cut it off
                    raise
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, UnicodeError) as error:
            raise self._explained(error) from None  # its text has the whole URL
        reason = "".join(c for c in str(response.reason or "") if c.isprintable())[:80]
        # Not response.headers: that joins headers of the same name.
        pairs = tuple(response.raw.headers.items())
        return Received(response.status_code, reason, pairs, body, url)

    def _body(self, response: requests.Response, check: Callable[[], None]) -> bytes:
        headers = {name.lower(): value for name, value in response.headers.items()}
        if response.status_code in REDIRECTS and "location" in headers:
            return b""
        try:
            return whole_body(response.raw, headers, self._manners.largest, check)
        except (Fault, urllib3.exceptions.HTTPError, OSError):
            if response.status_code >= 400:
                check()
                return b""  # the status says enough
            raise

    def _surrounding(self, url: str) -> Mapping[str, Any]:
        """Proxies and certificates as the environment says, looked up once a host."""
        parts = urlsplit(url)
        host = (parts.scheme, parts.netloc)
        found = self._surroundings.get(host)
        if found is None:
            said = self._session.merge_environment_settings(url, {}, None, None, None)
            found = {name: said[name] for name in ("proxies", "verify", "cert")}
            self._surroundings[host] = found
        return found

    def _too_slow(self) -> Fault:
        return Fault(
            f"no whole reply came within {self._manners.deadline:g} seconds",
            "What was received is kept. Run the same command again later.",
        )

    def _explained(self, error: Exception) -> Fault:
        text = str(error)
        offline = "What was received is kept. Check the network, and run the same command again."
        if isinstance(error, (requests.ConnectTimeout, urllib3.exceptions.ConnectTimeoutError)):
            return Fault(f"no connection within {self._manners.connect:g} seconds", offline)
        if isinstance(error, (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError)):
            return Fault(f"nothing came for {self._manners.read:g} seconds")
        if "CERTIFICATE_VERIFY_FAILED" in text:
            return Fault(
                "its certificate can't be trusted",
                "If your network has a certificate of its own, name its file in REQUESTS_CA_BUNDLE.",
                again=False,
            )
        if isinstance(error, urllib3.exceptions.ProtocolError) or "IncompleteRead" in text:
            return Fault("the reply was cut before its end")
        if isinstance(error, requests.exceptions.ProxyError):
            return Fault("the proxy can't be reached or refuses", "Check HTTPS_PROXY and HTTP_PROXY.")
        if isinstance(
            error, (requests.ConnectionError, urllib3.exceptions.HTTPError, OSError)
        ) and not isinstance(
            error, (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader, ValueError)
        ):
            return Fault(f"it can't be reached ({_reason(error)})", offline, away=True)
        return Fault(f"the request can't be sent ({type(error).__name__})", self._mirror(), again=False)


def _reason(error: Exception) -> str:
    """In a few words, and never with the URL that requests' texts hold."""
    text = str(error)
    for sign, words in (
        ("Connection refused", "connection refused"),
        ("NameResolutionError", "its name is not known"),
        ("Name or service not known", "its name is not known"),
        ("Temporary failure in name resolution", "its name can't be looked up"),
        ("Network is unreachable", "no network"),
        ("RemoteDisconnected", "it closed the connection"),
        ("Connection reset", "it broke the connection off"),
        ("SSLError", "no secure connection could be made"),
    ):
        if sign in text:
            return words
    return type(error).__name__


def _query(params: Pairs) -> str:
    return "?" + _encoded(params) if params else ""


def _encoded(pairs: Pairs) -> str:
    return urlencode(pairs, quote_via=quote, safe=SAFE)
