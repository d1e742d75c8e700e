"""Start the servers by hand, and print the lines that make pss-kg ask them.

PYTHONPATH=tests python -m services --port 8700 --size 3200 [--every 10] [--latency 200] [--strict]
"""

from __future__ import annotations

import argparse
import threading

from .faults import FaultPlan
from .network import Network
from .servers import Services


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m services",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=0, help="0 = any that is free")
    parser.add_argument("--seed", type=int, default=1, help="which network")
    parser.add_argument("--size", type=int, default=3200, help="publications")
    parser.add_argument("--every", type=int, default=0, help="every k-th reply is faulty; 0 = none")
    parser.add_argument("--latency", type=float, default=0, help="milliseconds before each reply")
    parser.add_argument("--strict", action="store_true", help="answer 429 beyond the documented rates")
    given = parser.parse_args()
    services = Services(
        Network(given.seed, given.size),
        plan=FaultPlan(every=given.every),
        latency=given.latency / 1000,
        strict=given.strict,
        port=given.port,
    )
    for name, value in services.env().items():
        print(f"export {name}={value}")
    print(
        f"# then: pss-kg harvest pmid:{services.network.works[0].pmid} --citing --references --depth 2",
        flush=True,
    )
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        services.stop()


if __name__ == "__main__":
    main()
