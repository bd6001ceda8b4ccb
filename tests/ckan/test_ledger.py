"""The portal's ledger: what is on it stays as it is, in its order, and one run works on it at a time."""

from __future__ import annotations

import os
import threading

import ckan.model as model
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from ckanext.ntbsatudata.domain.aggregates.published_release import PublishedRelease
from ckanext.ntbsatudata.domain.disclosure.ledger import START, Ledger, LedgerError
from ckanext.ntbsatudata.model.ledger import PortalLedger

TRIGGER = "ntbsatudata_ledger_append_only"


def release(name: str, *values: float | None, table: str = "balita") -> PublishedRelease:
    codes = {"bulan": ["2026-01"] * len(values), "wilayah": [f"52.{number:02d}" for number in range(len(values))]}
    return PublishedRelease(table, name, codes, list(values), ["c" if value is None else "" for value in values])


@pytest.fixture
def ledger(clean_db: None) -> PortalLedger:
    behind_the_trigger("DELETE FROM ntbsatudata_ledger")
    return PortalLedger()


def behind_the_trigger(statement: str) -> None:
    """What a database administrator could do, and nobody through the portal."""
    model.Session.commit()
    with create_engine(os.environ["SATUDATA_TEST_ADMINISTRATOR_URL"], poolclass=NullPool).begin() as connection:
        connection.execute(text(f"ALTER TABLE ntbsatudata_ledger DISABLE TRIGGER {TRIGGER}"))
        connection.execute(text(statement))
        connection.execute(text(f"ALTER TABLE ntbsatudata_ledger ENABLE TRIGGER {TRIGGER}"))
    model.Session.expire_all()


def test_it_gives_back_each_release_of_a_table_just_as_it_went_public(ledger: Ledger) -> None:
    first, second, other = release("1", 7, None, 13.5), release("2", 8, None, 13.5), release("1", 5, table="pengaduan")
    for one in (first, other, second):
        ledger.append(one)
    model.Session.commit()
    assert ledger.releases("balita") == [first, second]
    assert ledger.releases("pengaduan") == [other]
    assert ledger.releases("lain") == []


def test_the_same_cells_again_add_nothing(ledger: PortalLedger) -> None:
    head = ledger.append(release("1", 7))
    assert ledger.append(release("2", 7)) == head
    assert len(ledger.releases("balita")) == 1


def test_what_is_rolled_back_was_never_on_it(ledger: PortalLedger) -> None:
    ledger.append(release("1", 7))
    model.Session.rollback()
    assert ledger.head() == START


@pytest.mark.parametrize(
    "change", ["UPDATE ntbsatudata_ledger SET release = '9'", "DELETE FROM ntbsatudata_ledger", "TRUNCATE ntbsatudata_ledger"]
)
def test_the_database_refuses_to_change_or_remove_an_entry(ledger: PortalLedger, change: str) -> None:
    ledger.append(release("1", 7))
    model.Session.commit()
    with pytest.raises(DBAPIError, match="permission denied for table ntbsatudata_ledger"):
        model.Session.execute(text(change))
    model.Session.rollback()
    assert len(ledger.releases("balita")) == 1


def test_a_value_changed_behind_the_trigger_is_found(ledger: PortalLedger) -> None:
    ledger.append(release("1", 7))
    model.Session.commit()
    behind_the_trigger("UPDATE ntbsatudata_ledger SET content = replace(content, '[7]', '[8]')")
    with pytest.raises(LedgerError, match="telah berubah: hash tidak cocok"):
        ledger.releases("balita")


def test_an_entry_removed_behind_the_trigger_is_found_whatever_table_is_read(ledger: PortalLedger) -> None:
    for number in range(3):
        ledger.append(release("1", number, table=f"t{number}"))
    model.Session.commit()
    behind_the_trigger("DELETE FROM ntbsatudata_ledger WHERE table_name = 't1'")
    with pytest.raises(LedgerError, match="tidak menyambung entri sebelumnya"):
        ledger.releases("t0")


def test_a_second_run_waits_until_the_first_has_done(ledger: PortalLedger) -> None:
    order: list[str] = []
    entered = threading.Event()

    def second() -> None:
        entered.set()
        with ledger.locked():
            order.append("second")

    with ledger.locked():
        waiting = threading.Thread(target=second)
        waiting.start()
        entered.wait(5)
        waiting.join(0.3)
        order.append("first")
    waiting.join(5)
    assert order == ["first", "second"]


def test_a_run_that_holds_the_ledger_may_ask_for_it_again(ledger: PortalLedger) -> None:
    with ledger.locked(), PortalLedger().locked():
        assert ledger.releases("balita") == []
