from pathlib import Path

from ckanext.ntbsatudata.domain.extracts.reading import open_database


def test_a_run_larger_than_memory_spills_into_its_own_closed_folder(tmp_path: Path) -> None:
    with open_database(tmp_path) as connection:
        connection.execute("SET memory_limit = '40MB'")
        connection.execute("CREATE TABLE rows AS SELECT i, repeat(md5(i::VARCHAR), 4) AS text FROM range(600000) t(i)")

        assert sum(file.stat().st_size for file in (tmp_path / "spill").iterdir()) > 0, "nothing was spilt"
        assert connection.execute("SELECT count(*), max(i) FROM rows").fetchone() == (600_000, 599_999)
    assert (tmp_path / "spill").stat().st_mode & 0o777 == 0o700
