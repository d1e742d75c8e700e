"""A page saved as HTML -> the lines that a reader sees, as the same page saved as text has them.

Nothing is fetched and no script runs: libxml2's HTML parser reads the file and no more. It knows
no document type, so no entity of the page's own is ever expanded.
"""

from __future__ import annotations

import codecs
import re
from urllib.parse import unquote

from lxml import etree, html

from pss_kg.identifiers import NORMALISERS
from pss_kg.sources.formats import decoded, root_of
from pss_kg.sources.page_lines import clean, heading_of, is_crumb

_HTML = re.compile(r"\s*<(?:!doctype\s+html|html|head|body|main|article|section|div|h1)\b", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_END = re.compile(r"(?<=</html>)\s*(?=<!doctype|<html)", re.IGNORECASE)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{2,40})""", re.IGNORECASE)
_CHARSET_AT_MOST = 4096

_HIDDEN = (
    *("script", "style", "noscript", "template", "head", "title", "svg", "math", "iframe", "object"),
    *("embed", "select", "option", "textarea", "button", "canvas", "audio", "video", "input"),
)
_AROUND = frozenset(("nav", "footer", "aside", "form", "dialog"))
"""What stands around an article; of its lines only the trail "Articles » PMID: 1" is read."""

_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "dd", "details", "dialog"),
        *("div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3"),
        *("h4", "h5", "h6", "header", "hgroup", "hr", "html", "li", "main", "nav", "ol", "p", "pre"),
        *("section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"),
    )
)
_CELLS = frozenset(("td", "th"))
_NUMBERED = frozenset(("references", "affiliations"))
_LISTS = frozenset(("references", "cited by"))
_NUMBER = re.compile(r"\[?[0-9]{1,4}[.\])]?\s")
# Words of a link that say where it leads and nothing of the article.
_GENERIC = re.compile(
    r"\W*(?:view|doi|pubmed|pmid|pmc|pmcid|full[ -]?text|cross ?ref|publisher|link|free article)?\W*\Z",
    re.IGNORECASE,
)
_TARGETS = (
    ("doi", re.compile(r"https?://(?:dx\.|www\.)?doi\.org/(10\.\S+)\Z", re.IGNORECASE)),
    (
        "pmid",
        re.compile(
            r"https?://(?:pubmed\.ncbi\.nlm\.nih\.gov|(?:www\.)?ncbi\.nlm\.nih\.gov/pubmed)/([0-9]+)/?\Z",
            re.IGNORECASE,
        ),
    ),
    ("pmcid", re.compile(r"https?://\S*?/(PMC[0-9]+)/?\Z", re.IGNORECASE)),
)


def is_html(head: bytes) -> bool:
    """Whether a file that begins so is HTML, or a piece of it."""
    return bool(_HTML.match(_COMMENT.sub("", decoded(head)))) or root_of(head).lower() == "html"


def declared_charset(raw: bytes) -> str:
    """The name of the encoding that the page's <meta> declares; "" for none or an unknown one.

    As the HTML standard has it, ISO 8859-1 means Windows-1252 and UTF-16 can't be meant.
    """
    match = _CHARSET.search(raw[:_CHARSET_AT_MOST])
    if not match:
        return ""
    try:
        name = codecs.lookup(match[1].decode("ascii")).name
    except LookupError:
        return ""
    if name in ("iso8859-1", "ascii"):
        return "cp1252"
    return "utf-8" if name.startswith(("utf-16", "utf-32", "utf-7")) else name


def parts_of(text: str) -> list[str]:
    """The documents that one file holds, each from its beginning to its `</html>`."""
    return [part for part in _END.split(text) if part.strip()] or [text]


def is_closed(text: str) -> bool:
    """Whether the page goes to its end: a whole document is closed, a piece of one need not be."""
    end = text[-2000:].lower()
    return "</html" in end or "</body" in end or "<html" not in text[:100_000].lower()


def lines_of(text: str) -> list[str]:
    """The lines of the page, a blank one between blocks.

    A first-level heading is the title; other lines before the first section are left out, but for
    the trail. Items of a numbered list in the references get their numbers. A link that names no
    identifier in words and leads to one that the page prints nowhere (`<a
    href="https://doi.org/…">View</a>`) is written out, `DOI: …`.
    """
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):  # nothing but comments or blanks
        return []
    etree.strip_elements(root, *_HIDDEN, with_tail=False)
    return _Walk(root).lines


class _Walk:
    """One pass over the tree, without recursion: a page may be nested as deep as it likes."""

    def __init__(self, root: html.HtmlElement) -> None:
        self.lines: list[str] = []
        self._seen = " ".join(str(part) for part in root.itertext()).lower()
        self._held: list[str] = []
        self._prefix = ""
        self._section = ""
        self._title = -1
        self._around = self._items = self._headings = 0
        self._numbers: list[int] = []
        self._links: list[tuple[int, str]] = []
        walker = etree.iterwalk(root, events=("start", "end"))
        for event, element in walker:
            if not isinstance(element.tag, str):
                if event == "end" and element.tail:
                    self._held.append(element.tail)
            elif event == "end":
                self._end(element)
            elif _is_hidden(element):
                walker.skip_subtree()
                element.set("data-left-out", "")
            else:
                self._start(element)
        self._flush(blank=False)

    def _start(self, element: html.HtmlElement) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self._flush(blank=not self._inside_item())
            if tag in _AROUND:
                self._around += 1
            elif tag == "h1":
                self._headings += 1
            elif tag == "ol":
                start = element.get("start") or "1"
                self._numbers.append(int(start) - 1 if re.fullmatch("[0-9]{1,4}", start) else 0)
            elif tag == "ul":
                self._numbers.append(-1)
            elif tag == "li":
                self._item(element)
        elif tag == "br":
            if self._headings:
                self._held.append(" ")
            else:
                self._flush(blank=False)
        elif tag in _CELLS:
            self._held.append(" ")
        elif tag == "a":
            self._links.append((len(self._held), element.get("href") or ""))
        if element.text:
            self._text(element.text, preserve=tag == "pre")

    def _item(self, element: html.HtmlElement) -> None:
        self._items += 1
        if self._numbers and self._numbers[-1] >= 0:
            value = element.get("value") or ""
            self._numbers[-1] = int(value) if re.fullmatch("[0-9]{1,4}", value) else self._numbers[-1] + 1
            if self._section in _NUMBERED:
                self._prefix = f"{self._numbers[-1]}. "

    def _end(self, element: html.HtmlElement) -> None:
        tag = element.tag
        left_out = element.get("data-left-out") is not None
        if not left_out:
            if tag == "a" and self._links:
                self._link()
            elif tag in _BLOCKS:
                if tag == "li":
                    self._items -= 1
                self._flush(blank=not self._inside_item())
                if tag in _AROUND:
                    self._around -= 1
                elif tag == "h1":
                    self._headings -= 1
                elif tag in ("ol", "ul") and self._numbers:
                    self._numbers.pop()
                elif tag == "li":
                    self._prefix = ""
        if element.tail:
            self._text(element.tail)

    def _text(self, text: str, *, preserve: bool = False) -> None:
        if not preserve:
            self._held.append(text)
            return
        for line in text.split("\n"):
            self._held.append(line)
            self._flush(blank=not line.strip())

    def _inside_item(self) -> bool:
        """Blocks inside a reference are parts of it, not paragraphs."""
        return self._items > 0 and self._section == "references"

    def _link(self) -> None:
        start, href = self._links.pop()
        words = clean("".join(self._held[start:]))
        if self._section not in _LISTS or not _GENERIC.match(words):
            return
        for scheme, pattern in _TARGETS:
            match = pattern.match(unquote(href.strip()))
            value = NORMALISERS[scheme](match[1]) if match else ""
            if value and not self._printed(scheme, value):
                self._held[start:] = [f" {scheme.upper()}: {value}. "]

    def _printed(self, scheme: str, value: str) -> bool:
        shown = value.lower().removeprefix("pmc") if scheme == "pmcid" else value.lower()
        return re.search(rf"(?<![0-9]){re.escape(shown)}(?![0-9])", self._seen) is not None

    def _flush(self, *, blank: bool) -> None:
        line = clean("".join(self._held))
        self._held = []
        self._links = [(0, href) for _, href in self._links]
        if line and not (self._around and not is_crumb(line)):
            if self._prefix:
                line = line if _NUMBER.match(line) else f"{self._prefix}{line}"
                self._prefix = ""
            self._add(line)
        if blank and self.lines and self.lines[-1]:
            self.lines.append("")

    def _add(self, line: str) -> None:
        if not self._section:
            if self._headings:
                self._title = len(self.lines)
            elif found := heading_of(line):
                self._begin()
                self._section = found
        else:
            self._section = heading_of(line) or self._section
        self.lines.append(line)

    def _begin(self) -> None:
        """The first section begins: of what stands before it, the trail and the title are kept."""
        if self._title >= 0:
            trail = [line for line in self.lines[: self._title] if is_crumb(line)]
            self.lines = [*trail, "", self.lines[self._title], ""]


def _is_hidden(element: html.HtmlElement) -> bool:
    if element.get("hidden") is not None or (element.get("aria-hidden") or "").lower() == "true":
        return True
    return "display:none" in (element.get("style") or "").replace(" ", "").lower()
