"""The seven services of the live sources, played on this machine over one made-up citation network.

Written from the services' own documentation, and apart from the sources that are tested with
them: what the real service would refuse is refused here.
"""

from __future__ import annotations
