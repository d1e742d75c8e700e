"""Harvests from one source at a time, against servers on this machine that behave as documented.

    python benchmarks/harvest.py [SOURCE…] [--records 2000] [--latency 200] [--memory 500 2000 8000]

For each source: so many records by their identifiers, at the documented rates, with a latency
before each reply. *Bound* is what the rate alone allows, (requests - 1) / rate, and one latency;
*seconds* from the first request to the last reply, *whole* the command from start to end. Peak
memory is that of the process (`ru_maxrss`), with --no-graph and no latency. The servers run in this
process and share the machine's cores with what is measured.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from services.network import SERVICES, Network
from services.servers import Services
from services.truth import PREFERRED

SCHEMES = {"openalex": "openalex", "pubmed": "pmid", "europepmc": "pmid"}
"""By what each is asked; the others by DOI."""


def identifiers(network: Network, source: str, count: int) -> list[str]:
    """The identifiers of so many publications that the source knows."""
    scheme = SCHEMES.get(source, "doi")
    assert scheme in PREFERRED
    known = (w for w in network.works if network.knows(source, w.n))
    found = [f"{scheme}:{getattr(w, scheme)}" for w in known if getattr(w, scheme)][:count]
    if len(found) < count:
        raise SystemExit(f"the network has {len(found)} publications that {source} knows")
    return found


def harvest(services: Services, source: str, wanted: list[str], *, rates: bool) -> tuple[float, int]:
    """Run the command: (seconds, peak memory in MB)."""
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "ids.txt"
        listed.write_text("\n".join(wanted) + "\n")
        env = {k: v for k, v in os.environ.items() if not k.startswith("PSS_KG_")} | services.env()
        if not rates:
            env |= {f"PSS_KG_{name.upper()}_RATE": "0" for name in services.services}
        command = [sys.executable, "-m", "pss_kg", "harvest", "--file", str(listed), "--source", source]
        command += ["--mailto", "reader@example.org", "--no-graph", "--kg", str(Path(folder) / "kg")]
        began = time.perf_counter()
        running = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert running.stderr
        told = running.stderr.read()
        _, status, usage = os.wait4(running.pid, 0)
        if status:
            raise SystemExit(told.decode())
        return time.perf_counter() - began, usage.ru_maxrss // 1024


def rate_of(source: str) -> float:
    """Requests a second that the source's own limits allow, with an e-mail address given."""
    from pss_kg.plugins import service

    access = service(source).accesses[0]
    return float(access.rate_with_contact or access.rate)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sources", nargs="*", metavar="SOURCE", default=list(SERVICES))
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--latency", type=float, default=200, help="milliseconds")
    parser.add_argument("--memory", type=int, nargs="*", default=[500, 2000, 8000], metavar="RECORDS")
    given = parser.parse_args()
    most = max([given.records, *given.memory])
    network = Network(1, int(most * 1.6) + 400)
    data = Network(1, int(most * 1.9) + 400, weights=(1, 0, 0, 0, 99, 0))
    head = f"{'source':<16} {'requests':>8} {'per 1,000':>9} {'seconds':>8}"
    head += f" {'bound':>7} {'ratio':>6} {'whole':>7}"
    print(head + "".join(f" {f'MB at {count:,}':>12}" for count in given.memory))
    for source in given.sources:
        there = data if source == "datacite" else network
        wanted = identifiers(there, source, most)
        with Services(there, latency=given.latency / 1000) as services:
            whole, _ = harvest(services, source, wanted[: given.records], rates=True)
            entries = services.log.entries
            # From arrival of the first, which its latency follows, to the last reply.
            seconds = max(e.sent for e in entries) - entries[0].time
            asked = len([e for e in entries if e.service == source])
        bound = (asked - 1) / rate_of(source) + given.latency / 1000
        line = f"{source:<16} {len(entries):>8,} {len(entries) * 1000 / given.records:>9.1f} {seconds:>8.1f}"
        line += f" {bound:>7.1f} {seconds / bound:>6.2f} {whole:>7.1f}"
        for count in given.memory:
            with Services(there) as services:
                _, peak = harvest(services, source, wanted[:count], rates=False)
            line += f" {peak:>12,}"
        print(line, flush=True)


if __name__ == "__main__":
    main()
