"""Sealed books: what is written is read, and a change is seen."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relsurvey.errors import PublishError
from relsurvey.sealed import Book


@pytest.fixture
def book(tmp_path):
    return Book(tmp_path / "books" / "log.jsonl", b"a key")


def lines(book):
    return book.path.read_text("utf-8").splitlines(keepends=True)


def test_a_book_that_never_was_is_empty_and_makes_nothing(book, tmp_path):
    assert book.read().entries == () and book.read().broken == "" and list(tmp_path.iterdir()) == []


def test_what_is_written_is_read_by_its_owner_alone(book):
    book.add({"a": 1})
    book.add({"b": "ñ\n"}, {"c": None})
    assert book.read().entries == ({"a": 1}, {"b": "ñ\n"}, {"c": None}) and book.read().broken == ""
    assert [stat.S_IMODE(p.stat().st_mode) for p in (book.path, book.lock)] == [0o600, 0o600]


@pytest.mark.parametrize("n", [1, 2, 3])
def test_each_change_is_seen(book, n):
    book.add(*({"n": i} for i in range(4)))
    whole = lines(book)
    changed = {
        "dropped": whole[:n] + whole[n + 1 :],
        "edited": [*whole[:n], whole[n].replace('"n":', '"n":1'), *whole[n + 1 :]],
        "swapped": [*whole[: n - 1], whole[n], whole[n - 1], *whole[n + 1 :]],
        "twice": [*whole[: n + 1], *whole[n:]],
        "cut": whole[:n],
        "half": [*whole[:n], whole[n][:20]],
        "no json": [*whole[:n], "hello\n", *whole[n + 1 :]],
    }
    for name, text in changed.items():
        book.path.write_text("".join(text), "utf-8")
        book.path.chmod(0o600)
        assert book.read().broken, name
    book.path.unlink()
    assert book.read().broken == "it is gone"


def test_another_key_reads_nothing_as_whole(book):
    book.add({"a": 1})
    assert Book(book.path, b"another").read().broken


def test_a_break_stays_to_be_seen_after_more_is_written(book):
    book.add({"n": 1}, {"n": 2}, {"n": 3})
    book.path.write_text("".join(lines(book)[:1]), "utf-8")
    book.path.chmod(0o600)
    book.add({"n": 4})
    pages = book.read()
    assert pages.entries == ({"n": 1}, {"broken": "its end is missing"}, {"n": 4}) and pages.broken == ""
    # Nor can the note of the break be taken out.
    book.path.write_text("".join(lines(book)[:1] + lines(book)[2:]), "utf-8")
    book.path.chmod(0o600)
    assert book.read().broken


def test_a_book_that_others_can_read_says_so(book):
    book.add({"a": 1})
    book.path.chmod(0o640)
    assert "chmod 600" in book.read().broken


def test_a_rewritten_book_is_whole_and_a_broken_one_is_not_rewritten(book):
    book.add({"n": 1}, {"n": 2})
    book.rewrite(lambda entries: [entry for entry in entries if entry["n"] == 2])
    assert book.read().entries == ({"n": 2},) and book.read().broken == ""
    book.add({"n": 3})
    assert book.read().broken == ""
    book.path.write_text("x\n", "utf-8")
    with pytest.raises(PublishError, match="backup"):
        book.rewrite(list)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.text(max_size=8)), max_size=6))
def test_any_text_is_kept(tmp_path_factory, entries):
    book = Book(tmp_path_factory.mktemp("book") / "b.jsonl", b"key")
    for entry in entries:
        book.add(entry)
    assert book.read().entries == tuple(entries) and book.read().broken == ""


WRITER = """
import sys
from pathlib import Path
from relsurvey.sealed import Book
book = Book(Path(sys.argv[1]), b"key")
for n in range(int(sys.argv[2])):
    book.add({"n": n, "who": sys.argv[3]})
    print(n, flush=True)
"""


def writer(path, n, who="a"):
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(n), who], stdout=subprocess.PIPE, text=True
    )


def test_several_writers_lose_nothing(tmp_path):
    path = tmp_path / "b.jsonl"
    some = [writer(path, 25, who) for who in "abc"]
    for one in some:
        one.communicate(timeout=120)
    pages = Book(path, b"key").read()
    assert pages.broken == "" and len(pages.entries) == 75
    assert [e["n"] for e in pages.entries if e["who"] == "b"] == list(range(25))


@pytest.mark.skipif(os.name != "posix", reason="there is no such kill elsewhere")
def test_a_kill_leaves_a_whole_book(tmp_path):
    path = tmp_path / "b.jsonl"
    told = 0
    for i in range(8):
        one = writer(path, 10_000)
        assert one.stdout is not None
        first = one.stdout.readline()
        time.sleep(0.013 * i)
        one.send_signal(signal.SIGKILL)
        rest = one.communicate()[0]
        told += len((first + rest).splitlines())
        pages = Book(path, b"key").read()
        assert pages.broken == "" and len(pages.entries) >= told
    assert all(json.loads(line) for line in path.read_text("utf-8").splitlines())
