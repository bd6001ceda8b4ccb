"""The portal beside CKAN 2.12 as it comes, with Solr: start, memory, pages, calls, readers a second.

Both are started one after the other with the same web server, services and datasets, and asked the same things. Run on a quiet
machine: `.venv/bin/python benchmarks/portal.py`. Needs Java and Maven for Solr; without them `--only ours`.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import re
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import requests

sys.path.insert(0, str(Path(__file__).parent))

from packages import are_real, packages
from readers import Times, many_at_once, one_after_another
from sites import Site, fill, processor_seconds
from solr import solr

PORT = 5165
OURS, OURS_WITHOUT, STOCK = "ours", "ours, page cache off", "stock CKAN + Solr"


@dataclass
class Measured:
    """What was measured of one portal: rows by their name, each a text and the figure to compare by."""

    name: str
    rows: dict[str, tuple[str, float]] = field(default_factory=dict)

    def note(self, row: str, text: str, figure: float) -> None:
        self.rows[row] = (text, figure)
        print(f"  {row}: {text}", flush=True)

    def time(self, row: str, times: Times) -> None:
        self.note(row, str(times), times.p50)


def measure(site: Site, name: str, count: int, seconds: float, beside: psutil.Process | None) -> Measured:
    """Fill a portal where it is empty, then measure it."""
    measured = Measured(name)
    print(name, flush=True)
    content = packages(count)
    site.start()
    if site.call("package_search", rows=0)["count"] < count:
        rate = fill(site, content)
        measured.note("datasets created a second", f"{rate:.0f}", rate)
    site.stop()
    start = site.start()
    measured.note("web server: start until the first list of datasets, s", f"{start:.1f}", start)
    pages = [f"/dataset/{package['name']}" for package in content]
    calls = [f"/api/3/action/package_show?id={package['name']}" for package in content]
    searches = [f"/dataset/?q={word}" for word in ("jumlah", "penduduk", "persentase", "tahun", "kesehatan", "ekonomi", "luas", "nilai")]
    one_after_another(site.port, [*pages[-20:], *searches, "/", "/group/", "/organization/"])
    with_cache = "cache" not in name and name != STOCK
    if with_cache:
        new_state(site)

    def used() -> float:
        return site.processor_seconds() + (processor_seconds(beside) if beside else 0)

    for row, paths in {"dataset page, first visit": pages[:200], "search page": ["/dataset/"] * 100}.items():
        before = used()
        measured.time(f"{row}, ms p50 / p95", one_after_another(site.port, paths))
        spent = 1000 * (used() - before) / len(paths)
        measured.note(f"{row}, ms of processor time in all services", f"{spent:.1f}", spent)
    if not with_cache:
        measured.time("search page with words, ms p50 / p95", one_after_another(site.port, searches * 5))
        measured.time("home page, ms p50 / p95", one_after_another(site.port, ["/"] * 50))
        measured.time("topics, ms p50 / p95", one_after_another(site.port, ["/group/"] * 30))
    measured.time("package_show, ms p50 / p95", one_after_another(site.port, calls[:200]))
    measured.time("package_search, ms p50 / p95", one_after_another(site.port, ["/api/3/action/package_search?q=jumlah"] * 100))
    some = pages[:100]
    if with_cache:
        new_state(site)
        rate = many_at_once(site.port, pages, min(seconds, len(pages) / 60))
        measured.note("dataset pages a second, cold", f"{rate:.0f}", rate)
        one_after_another(site.port, some * 4)
    for row, paths in {"dataset pages": some, "search pages": ["/dataset/"], "package_show": calls[:100]}.items():
        rate = many_at_once(site.port, paths, seconds)
        measured.note(f"{row} a second, 8 readers", f"{rate:.0f}", rate)
    if with_cache:
        stale, changes = changes_seen_late(site, content[0]["name"])
        measured.note("changes seen late under load", f"{stale} of {changes}", stale)
    weight, requests_made = page_weight(site, pages[0])
    measured.note("dataset page with everything it loads, kB sent", f"{weight / 1000:.0f} in {requests_made}", weight)
    measured.note("memory of the web server, MB", f"{site.memory():.0f}", site.memory())
    if beside:
        heap = beside.memory_info().rss / 1e6
        measured.note("memory of Solr, MB", f"{heap:.0f}", heap)
    site.stop()
    return measured


def new_state(site: Site) -> None:
    """Change a dataset, which makes every kept page untrue."""
    dataset = site.call("package_search", rows=1)["results"][0]
    site.call("package_patch", id=dataset["id"], notes=f"{dataset['notes']}.")


def changes_seen_late(site: Site, name: str, changes: int = 30) -> tuple[int, int]:
    """Change a dataset again and again while readers crowd its page; count the changes the next reader did not see."""
    crowd = threading.Thread(target=many_at_once, args=(site.port, [f"/dataset/{name}"], 12, 6))
    crowd.start()
    late = 0
    for change in range(changes):
        title = f"Perubahan ke-{change} {threading.get_native_id()}"
        site.call("package_patch", id=name, title=title)
        late += title not in requests.get(f"{site.url}/dataset/{name}", timeout=30).text
    crowd.join()
    return late, changes


def page_weight(site: Site, path: str) -> tuple[int, int]:
    """Return bytes sent for a page and all scripts, styles and pictures it names, and how many requests that took."""
    session = requests.Session()
    session.headers["Accept-Encoding"] = "gzip"
    html, sent = _sent(session, site.url + path)
    addresses = set(re.findall(rb'<(?:script|img|link)[^>]*?(?:src|href)="(/[^"]+\.(?:css|js|svg|png|ico)[^"]*)"', html))
    for address in addresses:
        sent += _sent(session, site.url + address.decode())[1]
    return sent, 1 + len(addresses)


def _sent(session: requests.Session, address: str) -> tuple[bytes, int]:
    answer = session.get(address, stream=True, timeout=30)
    body = answer.raw.read(decode_content=False)
    return (gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body), len(body)


def table(measured: list[Measured]) -> str:
    """Return the figures side by side in Markdown; beside each of ours, how many times better or worse than stock."""
    rows = list(dict.fromkeys(row for one in measured for row in one.rows))
    stock = next((one.rows for one in measured if one.name == STOCK), {})
    lines = ["| | " + " | ".join(one.name for one in measured) + " |", "|---" * (len(measured) + 1) + "|"]
    for row in rows:
        cells = []
        for one in measured:
            text, figure = one.rows.get(row, ("", 0.0))
            other = stock.get(row, ("", 0.0))[1]
            if one.name != STOCK and text and other and figure:
                text += f" ({max(figure / other, other / figure):.1f}× {'less' if figure < other else 'more'})"
            cells.append(text)
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=10, help="how long many readers ask at once")
    parser.add_argument("--only", choices=("ours", "stock"))
    parser.add_argument("--folder", type=Path, help="keep both portals here; default: a temporary folder")
    options = parser.parse_args()
    measured = []
    with contextlib.ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="satudata-benchmark-")))
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)
        if options.only != "ours":
            with solr(folder / "solr", PORT + 1) as (address, process):
                stock = Site("stock", folder / "stock", PORT, solr_url=address)
                with stock.services():
                    stock.ckan("search-index", "rebuild")
                    measured.append(measure(stock, STOCK, options.datasets, options.seconds, process))
        if options.only != "stock":
            for name, megabytes in ((OURS_WITHOUT, "0"), (OURS, "64")):
                # Both portals take datasets as plain CKAN does; what curation adds to a publication is measured elsewhere.
                settings = {"ntbsatudata.page_cache_megabytes": megabytes, "ntbsatudata.curation": "false"}
                ours = Site("ours", folder / "ours", PORT, settings=settings)
                with ours.services():
                    measured.append(measure(ours, name, options.datasets, options.seconds, None))
    source = "real records of regional catalogues" if are_real() else "made-up records"
    print(f"\n{options.datasets} datasets ({source}), {psutil.cpu_count()} processors shared with the readers\n")
    print(table(measured))


if __name__ == "__main__":
    main()
