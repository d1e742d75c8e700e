"""The embedded store: an index of graph/ in Oxigraph, disposable.

    store/<digest>/   one complete store, named after the digest of the graph it indexes
    store/replaced/   files of graph/ that it was loaded from and that graph/ holds no more
    store/.new-…/     one being made

A store is made in a folder beside and renamed when it is whole, so a folder that bears the
manifest's digest is complete by that fact alone. One that was killed leaves a `.new-…` folder,
which the next removes. Where little of the graph has changed, the new store is the old one and
the difference (`following`); else everything is loaded (`loading`). Provenance is not loaded: it
holds times and no one asks it with the rest.
"""

from pss_kg.store.finding import candidate, find_publication, graph_node, known
from pss_kg.store.opening import ensure, is_current, rebuild

__all__ = ["candidate", "ensure", "find_publication", "graph_node", "is_current", "known", "rebuild"]
