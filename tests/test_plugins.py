"""Sources of other packages are found, and a broken one is told and stops only what needs it."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pubmed_files
import pytest

from pss_kg import info, plugins
from pss_kg.errors import PluginError, ServiceError, UnknownFormat, UsageError
from pss_kg.pipeline import build
from pss_kg.records import SOURCE_ORDER
from pss_kg.sources import opening
from pss_kg.sources.replaying import ReplayAsk, below
from pss_kg.sources.service import Service
from pss_kg.stages import reading
from pss_kg.stages.pool import Pool
from pss_kg.workspace import Workspace

SOURCE = """
from pss_kg.records import Publication

class Source:
    name = {name!r}
    title = "made-up {name}"
    def detect(self, head, name):
        return head.startswith(b"#{name}")
    def read(self, stream, given):
        for number, line in enumerate(stream.read().decode().splitlines()[1:], 1):
            yield Publication(self.name, line, identifiers=(("pmid", line),), title="Made up")
"""
SERVICE = """
from pss_kg.http.asking import Access

class Service:
    name = {name!r}
    title = "Made-up {name}"
    accesses = (Access({name!r}, "Made-up", "https://made-up.example", 1.0),)
    schemes = ("pmid",)
    describes, cites, refers, searches = 1, 0, 0, False
    def describe(self, wanted, ask): return iter(())
    citing = references = describe
    def search(self, query, ask): return iter(())
"""

Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts a made-up package on the path: its module, and what an installer writes of it."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))

    def write(package: str, module: str, text: str, points: dict[str, str], version: str = "1.2") -> Path:
        (site / f"{module}.py").write_text(text)
        about = site / f"{package.replace('-', '_')}-{version}.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
        lines = "".join(f"{name} = {value}\n" for name, value in points.items())
        (about / "entry_points.txt").write_text(f"[pss_kg.sources]\n{lines}")
        monkeypatch.delitem(sys.modules, module, raising=False)
        plugins._load_all.cache_clear()
        return site

    yield write  # type: ignore[misc]
    plugins._load_all.cache_clear()
    for path in site.glob("*.py"):
        sys.modules.pop(path.stem, None)


def names() -> list[str]:
    return [source.name for source in plugins.file_sources()]


def test_built_in_sources_come_first_then_plug_ins_by_name(install: Install) -> None:
    install("made-up-z", "made_up_z", SOURCE.format(name="zebra"), {"a": "made_up_z:Source"})
    install(
        "made-up-a", "made_up_a", SOURCE.format(name="apple") + "\nhere = Source()", {"z": "made_up_a:here"}
    )
    assert names() == [*opening.BUILT_IN, "apple", "zebra"]


def test_an_entry_point_may_be_a_class_an_object_or_a_module(install: Install) -> None:
    module = SOURCE.format(name="inner") + "\nname, title = 'whole', 'made-up module'\n"
    module += "detect, read = Source().detect, Source().read\nready = Source()\nready.name = 'ready'\n"
    points = {"one": "made_up:Source", "two": "made_up:ready", "three": "made_up"}
    install("made-up", "made_up", module, points)
    assert names()[-3:] == ["inner", "ready", "whole"]


def test_a_package_may_give_a_source_and_a_service_of_one_name(install: Install) -> None:
    text = SOURCE.format(name="apple") + SERVICE.format(name="apple")
    install("made-up", "made_up", text, {"file": "made_up:Source", "live": "made_up:Service"})
    assert names()[-1] == "apple"
    assert plugins.service_names() == [*plugins.SERVICES, "apple"]
    assert plugins.service("apple").title == "Made-up apple"


def test_one_object_may_be_both(install: Install) -> None:
    text = SOURCE.format(name="apple") + SERVICE.format(name="apple")
    text += "\nclass Both(Source, Service):\n    pass\n"
    install("made-up", "made_up", text, {"both": "made_up:Both"})
    assert names()[-1] == plugins.service_names()[-1] == "apple"


def test_built_in_services_stand_in_the_source_order() -> None:
    assert list(plugins.SERVICES) == [name for name in SOURCE_ORDER if name in plugins.SERVICES]


def test_an_unknown_service_is_named_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean pubmed") as caught:
        plugins.service("pubmde")
    assert "europepmc" in caught.value.todo


def test_a_file_that_no_built_in_source_knows_is_read_by_a_plug_in(install: Install, tmp_path: Path) -> None:
    install("made-up", "made_up", SOURCE.format(name="apple"), {"a": "made_up:Source"})
    (tmp_path / "list").write_text("#apple\n900001\n900002\n")
    summary = build([str(tmp_path / "list")], tmp_path / "kg", jobs=1)
    assert summary.exit_code == 0
    known = info.describe(Workspace.open(tmp_path / "kg"))
    assert known["sources"]["apple"]["described"] == 2
    assert known["counts"]["described"] == 2


def test_worker_processes_read_with_plug_ins_too(install: Install, tmp_path: Path) -> None:
    install("made-up", "made_up", SOURCE.format(name="apple"), {"a": "made_up:Source"})
    root = tmp_path / "kg"
    Workspace.create(root)
    tasks = []
    for number in range(2):
        (tmp_path / f"{number}.list").write_text(f"#apple\n90000{number}\n")
        tasks.append(reading.task_for(root, tmp_path / f"{number}.list"))
    with Pool(2) as pool:
        done = [result for _, result in pool.run(reading.read_input, tasks)]
    assert [result.report.source for result in done if isinstance(result, reading.Intake)] == ["apple"] * 2


def test_an_unknown_format_is_told_with_what_plug_ins_read(install: Install, tmp_path: Path) -> None:
    install("made-up", "made_up", SOURCE.format(name="apple"), {"a": "made_up:Source"})
    (tmp_path / "a").write_bytes(b"%PDF-1.7")
    with pytest.raises(UnknownFormat) as caught:
        reading.recognise(tmp_path / "a")
    for source in (*opening.built_in(), *plugins.file_sources()):
        assert source.title in caught.value.todo


# Broken ones -------------------------------------------------------------------------------------

BROKEN = {
    "no such module": ("", "made_up_gone:Source", "No module named"),
    "no such object": ("", "made_up:Source", "has no attribute"),
    "a bug at import": ("1 / 0", "made_up:Source", "ZeroDivisionError"),
    "it ends the program": ("import sys; sys.exit(3)", "made_up:Source", "SystemExit"),
    "it wants arguments": ("class Source:\n    def __init__(self, a): pass", "made_up:Source", "TypeError"),
    "no name": ("class Source:\n    title = 'a'", "made_up:Source", "has no name"),
    "a name that is no name": (SOURCE.format(name="An Apple"), "made_up:Source", "small letters"),
    "no title": ("class Source:\n    name = 'apple'", "made_up:Source", "no title"),
    "a built-in source's name": (SOURCE.format(name="article-page"), "made_up:Source", "built-in"),
    "a built-in service's name": (SOURCE.format(name="crossref"), "made_up:Source", "built-in"),
    "neither": ("class Source:\n    name = title = 'apple'", "made_up:Source", "neither"),
    "half a service": (
        "class Source:\n    name = title = 'apple'\n    schemes = ()",
        "made_up:Source",
        "lacks accesses",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_plug_in_is_told_with_its_package_and_what_to_do(install: Install, what: str) -> None:
    text, value, words = BROKEN[what]
    install("made-up", "made_up", text, {"point": value})
    with pytest.raises(PluginError, match=words) as caught:
        names()
    assert caught.value.exit_code == 3
    assert f"made-up 1.2, entry point point = {value}" in caught.value.where
    assert "pip uninstall made-up" in caught.value.todo
    with pytest.raises(PluginError):
        plugins.service_names()


def test_two_plug_ins_of_one_name_are_told_together(install: Install) -> None:
    install("made-up-a", "made_up_a", SOURCE.format(name="apple"), {"a": "made_up_a:Source"})
    install("made-up-b", "made_up_b", SERVICE.format(name="apple"), {"b": "made_up_b:Service"})
    with pytest.raises(PluginError, match="two plug-ins") as caught:
        names()
    assert "made-up-a" in caught.value.where
    assert "made-up-b" in caught.value.where


def test_a_broken_plug_in_does_not_stop_what_built_in_sources_read(install: Install, tmp_path: Path) -> None:
    install("made-up", "made_up", "1 / 0", {"point": "made_up:Source"})
    path = pubmed_files.write(tmp_path / "a.xml", pubmed_files.article(900001))
    assert reading.recognise(path) == "pubmed"
    with pytest.raises(PluginError):
        plugins.service("nowhere")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("def detect(self, head, name): return 1 / 0", "failed at"),
        ("def read(self, stream, given): yield 1 / 0", "ZeroDivisionError"),
        ("def read(self, stream, given): yield Publication('pubmed', '1')", "record of the source 'pubmed'"),
    ],
)
def test_a_plug_in_that_fails_while_reading_is_blamed(
    install: Install, tmp_path: Path, body: str, words: str
) -> None:
    text = SOURCE.format(name="apple") + f"\nclass Bad(Source):\n    {body}\n"
    install("made-up", "made_up", text, {"point": "made_up:Bad"})
    (tmp_path / "list").write_text("#apple\n900001\n")
    with pytest.raises(PluginError, match=words) as caught:
        build([str(tmp_path / "list")], tmp_path / "kg", jobs=1)
    assert "made-up" in caught.value.where


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("def describe(self, wanted, ask): return 1 / 0", "failed in describe"),
        ("def describe(self, wanted, ask): yield 1 / 0", "ZeroDivisionError"),
        (
            "def describe(self, wanted, ask): yield Publication('pubmed', '1')",
            "record of the source 'pubmed'",
        ),
    ],
)
def test_a_service_of_a_plug_in_that_fails_is_blamed(install: Install, body: str, words: str) -> None:
    text = (
        SERVICE.format(name="apple")
        + f"\nfrom pss_kg.records import Publication\nclass Bad(Service):\n    {body}\n"
    )
    install("made-up", "made_up", text, {"point": "made_up:Bad"})
    with pytest.raises(PluginError, match=words):
        list(plugins.service("apple").describe((), ReplayAsk(())))


def test_a_service_of_a_plug_in_that_can_not_be_asked_is_not_blamed(install: Install) -> None:
    body = "def describe(self, wanted, ask): yield from ask(Request('apple', '/a'), Reply.json)"
    text = SERVICE.format(name="apple") + "from pss_kg.http.asking import Reply, Request\n"
    install("made-up", "made_up", f"{text}class Asking(Service):\n    {body}\n", {"point": "made_up:Asking"})
    ask = ReplayAsk([(below("/"), 500)])
    with pytest.raises(ServiceError, match="500"):
        list(plugins.service("apple").describe((), ask))
    assert isinstance(plugins.service("apple"), Service)


# Listing -----------------------------------------------------------------------------------------


def test_plug_ins_are_listed_without_being_imported(install: Install) -> None:
    install("made-up", "made_up", "1 / 0", {"point": "made_up:Source"})
    found = [plugin for plugin in plugins.installed() if plugin.distribution == "made-up"]
    assert found == [plugins.Installed("made-up", "1.2", "point", "made_up:Source")]
    assert "made_up" not in sys.modules


def test_of_a_package_that_stands_twice_the_first_counts(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = install("made-up", "made_up", SOURCE.format(name="old"), {"point": "made_up:Source"}, "1.0")
    first = tmp_path / "first"
    site.rename(first)
    site.mkdir()
    install("made-up", "made_up_new", SOURCE.format(name="new"), {"point": "made_up_new:Source"}, "2.0")
    monkeypatch.syspath_prepend(str(first))
    assert [p.version for p in plugins.installed() if p.distribution == "made-up"] == ["1.0"]


def test_a_package_whose_description_is_damaged_is_told(install: Install) -> None:
    site = install("made-up", "made_up", "", {"point": "made_up:Source"})
    about = site / "made_up-1.2.dist-info"
    (about / "entry_points.txt").write_text("[pss_kg.sources]\nno equals sign\n")
    assert "made-up" in [plugin.distribution for plugin in plugins.installed()]
    with pytest.raises(PluginError):
        names()
    (about / "METADATA").unlink()
    assert plugins.installed()


def test_looking_for_plug_ins_is_quick() -> None:
    plugins.installed()  # the first time includes importing the parsers
    spent = []
    for _ in range(5):
        start = time.perf_counter()
        plugins.installed()
        spent.append(time.perf_counter() - start)
    assert min(spent) < 0.02


def test_commands_that_need_no_plug_in_do_not_load_a_broken_one(install: Install, tmp_path: Path) -> None:
    path = pubmed_files.write(tmp_path / "a.xml", pubmed_files.article(900001))
    build([str(path)], tmp_path / "kg", jobs=1)
    site = install("made-up", "made_up", "print('imported')\n1 / 0", {"point": "made_up:Source"})
    code = textwrap.dedent(
        """
        import sys
        from pss_kg.cli import main
        for words in (["--help"], ["info"], ["queries"], ["query", "most-cited"], ["harvest", "--help"]):
            try:
                main(words, standalone_mode=False)
            except SystemExit as end:
                assert not end.code, (words, end.code)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{site}:{':'.join(sys.path)}", "PATH": "", "PSS_KG_DIR": str(tmp_path / "kg")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "plug-in made-up 1.2" in done.stdout
    assert "imported" not in done.stdout
