"""Tables in a real portal: checked on a page, loaded with their types, the old one kept when the new one fails."""

from __future__ import annotations

import io
import threading

import pytest
from ckan.plugins import toolkit
from ckan.tests import factories, helpers
from werkzeug.datastructures import FileStorage

from ckanext.ntbsatudata.jobs import table_loading, table_store
from ckanext.ntbsatudata.jobs.table_loading import load

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index")

SOUND = "kode_kabupaten_kota,tahun,jumlah,tanggal,nilai\n52.01,2022,10,2024-01-05,1.5\n52.02,2022,20,2024-01-06,2.5\n52.03,2023,30,2024-01-07,\n"
FAULTY = SOUND.replace("52.02", "52.99")


@pytest.fixture
def queued(monkeypatch):
    """What would be given to the queue is kept here and run when the test says so."""
    jobs = []
    monkeypatch.setattr(toolkit, "enqueue_job", lambda function, args=(), **_: jobs.append((function, args)))
    return jobs


@pytest.fixture
def editor():
    user = factories.UserWithToken()
    organization = factories.Organization(users=[{"name": user["name"], "capacity": "editor"}])
    return {**user, "organization": organization}


def call(action, **data):
    user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})
    return helpers.call_action(action, {"user": user["name"]}, **data)


def upload(text, name="tabel.csv"):
    return FileStorage(io.BytesIO(text.encode() if isinstance(text, str) else text), name)


@pytest.fixture
def resource(queued, editor):
    dataset = factories.Dataset(owner_org=editor["organization"]["id"])
    return call("resource_create", package_id=dataset["id"], url="tabel.csv", format="CSV", upload=upload(SOUND))


def rows_of(resource):
    return call("datastore_search", resource_id=resource["id"])


def test_an_uploaded_table_is_loaded_with_its_types(resource, queued):
    assert (load, [resource["id"]]) in queued
    assert load(resource["id"])["state"] == "complete"
    found = rows_of(resource)
    assert {field["id"]: field["type"] for field in found["fields"]} == {
        "_id": "int", "kode_kabupaten_kota": "text", "tahun": "int4", "jumlah": "int8", "tanggal": "date", "nilai": "numeric",
    }  # fmt: skip
    assert found["records"][0] == {
        "_id": 1,
        "kode_kabupaten_kota": "52.01",
        "tahun": 2022,
        "jumlah": 10,
        "tanggal": "2024-01-05",
        "nilai": 1.5,
    }
    assert found["records"][2]["nilai"] is None
    assert found["total"] == 3
    assert call("resource_show", id=resource["id"])["datastore_active"] is True
    assert found["fields"][1]["info"]["kode_referensi"] == "wilayah-kemendagri@2430/2025#kabupaten_kota"


def test_a_row_with_an_unknown_code_blocks_and_the_old_table_stays(resource, queued):
    load(resource["id"])
    call("resource_patch", id=resource["id"], upload=upload(FAULTY), url="tabel.csv")
    assert load(resource["id"]) == {"problems": {"unknown-code": 1}, "state": "failed"}
    assert [row["kode_kabupaten_kota"] for row in rows_of(resource)["records"]] == ["52.01", "52.02", "52.03"]
    status = call("ntbsatudata_table_status", resource_id=resource["id"])
    assert (status["state"], status["problems"]) == ("failed", {"unknown-code": 1})


def test_a_declared_schema_gives_the_types(resource, queued):
    schema = '{"fields": [{"name": "a", "type": "string"}, {"name": "b", "type": "number"}]}'
    call("resource_patch", id=resource["id"], upload=upload("a,b\n001,5\n002,6\n"), url="tabel.csv", schema=schema)
    assert load(resource["id"])["state"] == "complete"
    found = rows_of(resource)
    assert [field["type"] for field in found["fields"]] == ["int", "text", "numeric"]
    assert found["records"][0]["a"] == "001"


def test_a_load_that_fails_in_the_database_keeps_the_old_table(resource, queued, monkeypatch):
    load(resource["id"])
    real = table_store._create
    monkeypatch.setattr(table_store, "_create", lambda table, columns: real(table, columns).replace("bigint", "bigint CHECK (jumlah < 0)"))
    call("resource_patch", id=resource["id"], upload=upload(SOUND.replace("30", "31")), url="tabel.csv")
    assert load(resource["id"]) == {"problems": {"not-loaded": 1}, "state": "failed"}
    assert [row["jumlah"] for row in rows_of(resource)["records"]] == [10, 20, 30]


def test_readers_see_the_old_or_the_new_table_and_never_half(resource, queued):
    versions = ["a,b\n" + "".join(f"x{number},{version}\n" for number in range(3000)) for version in (1, 2)]
    for version in versions:
        call("resource_patch", id=resource["id"], upload=upload(version), url="tabel.csv")
        load(resource["id"])
    seen, stop = set(), threading.Event()

    def watch():
        engine = table_store.get_write_engine()
        with engine.connect() as connection:
            while not stop.is_set():
                rows = connection.exec_driver_sql(f'SELECT b, count(*) FROM "{resource["id"]}" GROUP BY b').fetchall()
                connection.rollback()
                seen.add(tuple(map(tuple, rows)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    for version in versions * 2:
        call("resource_patch", id=resource["id"], upload=upload(version), url="tabel.csv")
        load(resource["id"])
    stop.set()
    watcher.join()
    assert seen <= {((1, 3000),), ((2, 3000),)}


def test_words_are_found_once_they_are_filled_in(resource, queued):
    load(resource["id"])
    table_store.fill_full_text(resource["id"])
    assert call("datastore_search", resource_id=resource["id"], q="52.02")["total"] == 1


def test_a_change_of_words_alone_loads_nothing_again(resource, queued):
    load(resource["id"])
    queued.clear()
    call("resource_patch", id=resource["id"], description="lain")
    assert not [job for job in queued if job[0] is load]


def test_the_page_shows_problems_beside_their_rows(app, editor):
    headers = {"Authorization": editor["token"]}
    sent = app.post(
        "/periksa",
        data={"upload": (io.BytesIO(FAULTY.encode()), "tabel.csv")},
        headers=headers,
        content_type="multipart/form-data",
        follow_redirects=True,
    )
    assert sent.status_code == 200
    row = sent.body.split('id="baris-3"')[1].split("</tbody>")[0]
    assert '<td class="table-danger">52.99</td>' in row
    assert 'data-code="unknown-code"' in row
    assert "Make a draft dataset of it" not in sent.body  # publish is blocked


def test_what_is_proposed_is_accepted_and_given_tidily(app, editor):
    headers = {"Authorization": editor["token"]}
    wide = "Kabupaten/Kota;2021;2022\nDompu;1,5;2,5\nSumbawa;3,5;4,5\n"
    page = app.post(
        "/periksa",
        data={"upload": (io.BytesIO(wide.encode()), "Lebar 1.csv")},
        headers=headers,
        content_type="multipart/form-data",
        follow_redirects=False,
    )
    token = page.headers["Location"].rstrip("/").split("/")[-1]
    given = app.post(f"/periksa/{token}/rapi.csv", data={"long": "1", "type:Kabupaten/Kota": "string"}, headers=headers)
    assert given.body == "Kabupaten/Kota,tahun,nilai\nDompu,2021,1.5\nDompu,2022,2.5\nSumbawa,2021,3.5\nSumbawa,2022,4.5\n"
    assert given.headers["Content-Disposition"] == 'attachment; filename="lebar-1.csv"'


def test_an_upload_is_shown_to_nobody_else(app, editor):
    page = app.post(
        "/periksa",
        data={"upload": (io.BytesIO(SOUND.encode()), "t.csv")},
        headers={"Authorization": editor["token"]},
        content_type="multipart/form-data",
        follow_redirects=False,
    )
    other = factories.UserWithToken()
    address = page.headers["Location"].split("//")[-1].partition("/")[2]
    assert app.get(f"/{address}", headers={"Authorization": other["token"]}, status=404)
    assert app.get("/periksa", follow_redirects=False).status_code == 302


def test_personal_columns_are_covered_on_the_page(app, editor):
    rows = "".join(f"52010145019000{number},Gerung,{number}\n" for number in range(10, 20))
    sent = app.post(
        "/periksa",
        data={"upload": (io.BytesIO(f"NIK,Kecamatan,Jumlah\n{rows}".encode()), "t.csv")},
        headers={"Authorization": editor["token"]},
        content_type="multipart/form-data",
        follow_redirects=True,
    )
    assert "5201014501900010" not in sent.body
    assert 'data-code="identity-column"' in sent.body


def test_a_large_file_is_checked_in_the_background(app, editor, queued, monkeypatch):
    from ckanext.ntbsatudata.jobs import table_upload

    monkeypatch.setattr(table_upload, "IN_THE_BACKGROUND_FROM", 10)
    headers = {"Authorization": editor["token"]}
    waiting = app.post(
        "/periksa",
        data={"upload": (io.BytesIO(SOUND.encode()), "t.csv")},
        headers=headers,
        content_type="multipart/form-data",
        follow_redirects=True,
    )
    assert "being checked" in waiting.body
    for function, args in queued:
        function(*args)
    token = queued[-1][1][0]
    assert "Nothing is wrong with them" in app.get(f"/periksa/{token}", headers=headers).body


def test_a_later_file_appends_or_replaces_by_key(resource, queued, editor):
    context = {"user": editor["name"], "ignore_auth": False}

    def propose(text):
        kept = toolkit.get_action("ntbsatudata_table_check")({**context}, {"upload": upload(text)})
        return toolkit.get_action("ntbsatudata_table_update_propose")({**context}, {"token": kept["token"], "resource_id": resource["id"]})

    later = "kode_kabupaten_kota,tahun,jumlah,tanggal,nilai\n52.01,2024,11,2025-01-05,1.5\n52.02,2024,21,2025-01-06,2.5\n"
    assert propose(later)["update"] == "append"
    corrected = propose(SOUND.replace(",20,", ",25,"))
    assert (corrected["update"], corrected["kept"], corrected["changed"]) == ("replace", 3, 1)
    assert propose(SOUND)["update"] == "nothing"
    assert propose("a,b\n1,2\n3,4\n")["update"] == "other-columns"


def test_an_accepted_update_becomes_the_file_and_the_table(resource, queued, editor):
    context = {"user": editor["name"], "ignore_auth": False}
    later = "kode_kabupaten_kota,tahun,jumlah,tanggal,nilai\n52.01,2024,11,2025-01-05,1.5\n"
    kept = toolkit.get_action("ntbsatudata_table_check")({**context}, {"upload": upload(later)})
    toolkit.get_action("ntbsatudata_table_update")({**context}, {"token": kept["token"], "resource_id": resource["id"], "update": "append"})
    load(resource["id"])
    assert [(row["tahun"], row["jumlah"]) for row in rows_of(resource)["records"]] == [(2022, 10), (2022, 20), (2023, 30), (2024, 11)]


def test_a_stranger_may_not_load(resource, queued):
    stranger = factories.User()
    with pytest.raises(toolkit.NotAuthorized):
        toolkit.get_action("ntbsatudata_table_load")({"user": stranger["name"], "ignore_auth": False}, {"resource_id": resource["id"]})


def test_the_state_of_a_load_is_public_for_a_public_dataset(resource, queued):
    status = toolkit.get_action("ntbsatudata_table_status")({"user": "", "ignore_auth": False}, {"resource_id": resource["id"]})
    assert status["state"] == "waiting"
    assert table_loading.state_of("tiada") is None


def test_a_later_file_is_shown_before_it_is_taken_over(app, resource, queued, editor):
    load(resource["id"])
    headers = {"Authorization": editor["token"]}
    assert "Put in a later file" in app.get(f"/dataset/{resource['package_id']}/resource/{resource['id']}", headers=headers).body
    later = "kode_kabupaten_kota,tahun,jumlah,tanggal,nilai\n52.01,2024,11,2025-01-05,1.5\n"
    shown = app.post(
        "/periksa",
        data={"upload": (io.BytesIO(later.encode()), "t.csv"), "resource_id": resource["id"]},
        headers=headers,
        content_type="multipart/form-data",
        follow_redirects=True,
    )
    assert 'value="append" checked' in shown.body and "<dt>New</dt><dd>1</dd>" in shown.body
    path = shown.request.path
    app.post(path, data={"resource_id": resource["id"], "update": "append"}, headers=headers, follow_redirects=False)
    load(resource["id"])
    assert [row["tahun"] for row in rows_of(resource)["records"]] == [2022, 2022, 2023, 2024]


def test_a_stranger_is_not_shown_what_a_later_file_would_do(app, resource, queued):
    headers = {"Authorization": factories.UserWithToken()["token"], "Accept": "text/html"}
    assert "You may not change this table." in app.get(f"/periksa?resource_id={resource['id']}", headers=headers, status=403).body
