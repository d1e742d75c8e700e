"""Sources of other packages, found by entry point, and the table of the live services.

A package that declares an entry point in the group `pss_kg.sources` adds a source of files, a
live service, or both (docs/plugins.md). Nothing is imported to find or list plug-ins; they are
loaded when a file is met that no built-in source reads, or a service is wanted that is not
built in. So a broken plug-in can't stop what does not need it.
"""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module, metadata
from typing import TYPE_CHECKING, NamedTuple, cast

from pss_kg.errors import PluginError, UsageError
from pss_kg.records import SOURCE_ORDER
from pss_kg.sources import opening
from pss_kg.sources.base import Source
from pss_kg.sources.guarding import GuardedService, GuardedSource, Origin, said
from pss_kg.sources.service import Service

if TYPE_CHECKING:
    from pss_kg.triplestores.product import Bulk, Product

GROUP = "pss_kg.sources"
"""The entry-point group of sources."""

SERVICES = {
    "pubmed": "pss_kg.sources.pubmed_service:PubmedService",
    "crossref": "pss_kg.sources.crossref_service:CrossrefService",
    "europepmc": "pss_kg.sources.europepmc_service:EuropePmcService",
    "openalex": "pss_kg.sources.openalex_service:OpenAlexService",
    "datacite": "pss_kg.sources.datacite_service:DataCiteService",
    "semanticscholar": "pss_kg.sources.semanticscholar_service:SemanticScholarService",
    "opencitations": "pss_kg.sources.opencitations_service:OpenCitationsService",
}
"""Name -> where the live service is, in the source order. Imported when needed only."""

TRIPLESTORES = "pss_kg.triplestores"
"""The entry-point group of triplestores."""

PRODUCTS = {
    "oxigraph": "pss_kg.triplestores.oxigraph:Oxigraph",
    "fuseki": "pss_kg.triplestores.fuseki:Fuseki",
    "virtuoso": "pss_kg.triplestores.virtuoso:Virtuoso",
    "rdf4j": "pss_kg.triplestores.rdf4j:Rdf4j",
    "sparql": "pss_kg.triplestores.sparql:Sparql",
}
"""Name -> where the triplestore that `load --to` knows is. Imported when needed only."""

BULK: dict[str, str] = {
    "qlever": "pss_kg.triplestores.bulk:QLever",
    "tdb2": "pss_kg.triplestores.bulk:Tdb2",
    "virtuoso": "pss_kg.triplestores.bulk:VirtuosoFiles",
}
"""Name -> where the writer of files for a product's own bulk loader is (`load --bulk`)."""

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*\Z")
_DAMAGED = (TypeError, KeyError, ValueError, AttributeError, OSError)
"""What importlib.metadata raises for a description that is missing or no description."""

_FILE = ("detect", "read")
_PRODUCT = (
    *("name", "title", "scheme", "transactions", "replaces", "fills", "chunk", "smallest", "largest"),
    *("rewrites", "differences", "connect", "portable"),
)
_SERVICE = (
    *("accesses", "schemes", "describes", "cites", "refers", "searches"),
    *("describe", "citing", "references", "search"),
)


class Installed(NamedTuple):
    """One plug-in as its package declares it; nothing of it was imported."""

    distribution: str
    version: str
    entry_point: str
    value: str
    """`module:object`."""

    @property
    def origin(self) -> Origin:
        """What errors say of it."""
        return Origin(self.distribution, str(self))

    def __str__(self) -> str:
        return f"{self.distribution} {self.version}, entry point {self.entry_point} = {self.value}"


class _Loaded(NamedTuple):
    installed: Installed
    name: str
    source: Source | None
    service: Service | None


def installed(group: str = GROUP) -> list[Installed]:
    """The plug-ins of the packages on the path, by package and entry point. Imports none of them.

    Of a package that stands on the path twice the first counts, as for imports.
    """
    found: dict[str, list[Installed]] = {}
    for distribution in metadata.distributions():
        # Most packages have no such group, and parsing them all takes several times longer.
        if group not in (distribution.read_text("entry_points.txt") or ""):
            continue
        name = _name_of(distribution)
        if name in found:
            continue
        try:
            first = metadata.distribution(name)
        except (metadata.PackageNotFoundError, ValueError):
            first = distribution
        found[name] = _declared(first, name, group)
    return sorted(plugin for plugins in found.values() for plugin in plugins)


def _declared(distribution: metadata.Distribution, name: str, group: str) -> list[Installed]:
    try:
        version = distribution.version or "without a version"
        points = [(point.name, point.value) for point in distribution.entry_points if point.group == group]
    except _DAMAGED:
        return [Installed(name, "", "", "")]
    return [Installed(name, version, *point) for point in points]


def _name_of(distribution: metadata.Distribution) -> str:
    try:
        name = distribution.metadata["Name"]
    except _DAMAGED:
        name = None
    return str(name or getattr(getattr(distribution, "_path", None), "name", "a package without a name"))


def file_sources() -> Iterator[Source]:
    """The sources that read files: the built-in ones in their order, then plug-ins by name.

    Plug-ins are loaded when the iteration comes to them. Raises PluginError for one that can't
    be used.
    """
    yield from opening.built_in()
    for plugin in _plugins():
        if plugin.source is not None:
            yield plugin.source


def services() -> Iterator[Service]:
    """The live services: the built-in ones in the source order, then plug-ins by name.

    Each is imported when the iteration comes to it. Raises PluginError for one that can't be used.
    """
    for name in SERVICES:
        yield _built_in_service(name)
    for plugin in _plugins():
        if plugin.service is not None:
            yield plugin.service


def service_names() -> list[str]:
    """The names of `services()`. Imports plug-ins, and no built-in service.

    Raises PluginError for a plug-in that can't be used.
    """
    return [*SERVICES, *(plugin.name for plugin in _plugins() if plugin.service is not None)]


def service(name: str) -> Service:
    """The live service of this name. Plug-ins are loaded only if it is not built in.

    Raises UsageError for an unknown name, PluginError for a plug-in that can't be used.
    """
    if name in SERVICES:
        return _built_in_service(name)
    for plugin in _plugins():
        if plugin.name == name and plugin.service is not None:
            return plugin.service
    names = service_names()
    near = difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.5)
    raise UsageError(
        f"there is no service {name!r}.",
        todo=(f"Did you mean {' or '.join(near)}? " if near else "") + f"There are {', '.join(names)}.",
    )


def _built_in_service(name: str) -> Service:
    return cast(Service, _made(SERVICES[name]))


def product(name: str) -> Product:
    """The triplestore of this name: built in, or a plug-in by the name of its entry point.

    Raises UsageError for an unknown name, PluginError for a plug-in that can't be used.
    """
    if name in PRODUCTS:
        return cast("Product", _made(PRODUCTS[name]))
    others = {plugin.entry_point: plugin for plugin in installed(TRIPLESTORES)}
    if name not in others:
        raise _no_product(name, [*PRODUCTS, *others], "--to")
    plugin = others[name]
    try:
        found = metadata.EntryPoint(plugin.entry_point, plugin.value, TRIPLESTORES).load()
        found = found() if isinstance(found, type) else found
    except (Exception, SystemExit) as error:
        raise plugin.origin.error(f"the plug-in can't be loaded ({said(error)}).") from error
    missing = [word for word in _PRODUCT if not hasattr(found, word)]
    if missing or found.name != name:
        lacks = f"it lacks {', '.join(missing)}" if missing else f"it calls itself {found.name!r}"
        raise plugin.origin.error(f"the plug-in is no triplestore of that name ({lacks}).")
    return cast("Product", found)


def bulk(name: str) -> Bulk:
    """The writer of bulk files of this name. Raises UsageError for an unknown one."""
    if name not in BULK:
        raise _no_product(name, list(BULK), "--bulk")
    return cast("Bulk", _made(BULK[name]))


def _no_product(name: str, known: list[str], option: str) -> UsageError:
    near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5)
    return UsageError(
        f"there is no triplestore {name!r} for {option}.",
        todo=(f"Did you mean {near[0]}? " if near else "") + f"There are {', '.join(known)}.",
    )


def _made(where: str) -> object:
    module, _, attribute = where.partition(":")
    return getattr(import_module(module), attribute)()


def _plugins() -> tuple[_Loaded, ...]:
    return _load_all(tuple(sys.path))


@lru_cache(maxsize=8)
def _load_all(path: tuple[str, ...]) -> tuple[_Loaded, ...]:
    """Every plug-in, by name. Cached by `sys.path`, since it is asked once a file."""
    loaded = sorted((_load(plugin) for plugin in installed()), key=lambda plugin: plugin.name)
    for n, plugin in enumerate(loaded):
        for other in loaded[:n]:
            both_files = plugin.source is not None and other.source is not None
            both_services = plugin.service is not None and other.service is not None
            same_package = plugin.installed.distribution == other.installed.distribution
            if plugin.name == other.name and (both_files or both_services or not same_package):
                raise PluginError(
                    f"two plug-ins have the name {plugin.name!r}.",
                    where=f"{other.installed}; {plugin.installed}",
                    todo="Remove one of the two packages (pip uninstall NAME).",
                )
    return tuple(loaded)


def _load(plugin: Installed) -> _Loaded:
    if not plugin.entry_point:
        raise plugin.origin.error("the package's own description is damaged.")
    try:
        found = metadata.EntryPoint(plugin.entry_point, plugin.value, GROUP).load()
        found = found() if isinstance(found, type) else found
    except (Exception, SystemExit) as error:
        raise plugin.origin.error(f"the plug-in can't be loaded ({said(error)}).") from error
    name = getattr(found, "name", None)
    if not isinstance(name, str) or not _NAME.match(name):
        raise plugin.origin.error(f"the plug-in has no name of small letters, digits and hyphens ({name!r}).")
    if name in {*opening.BUILT_IN, *SERVICES, *SOURCE_ORDER}:
        raise plugin.origin.error(f"the plug-in takes the name of the built-in source {name!r}.")
    title = getattr(found, "title", None)
    if not isinstance(title, str) or not title:
        raise plugin.origin.error("the plug-in has no title.")
    is_file = all(callable(getattr(found, word, None)) for word in _FILE)
    missing = [word for word in _SERVICE if not hasattr(found, word)]
    if not is_file and missing:
        lacks = f" (of a service it lacks {', '.join(missing)})" if len(missing) < len(_SERVICE) else ""
        raise plugin.origin.error(f"the plug-in is neither a source of files nor a service{lacks}.")
    return _Loaded(
        plugin,
        name,
        GuardedSource(plugin.origin, found) if is_file else None,
        None if missing else GuardedService(plugin.origin, found),
    )
