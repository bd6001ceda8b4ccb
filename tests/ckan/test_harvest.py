"""Harvests of real catalogues through ckanext-harvest's stages: counts, second runs without a write, drifting identifiers, approval, loss."""

from __future__ import annotations

import ipaddress
import json
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import ckan.model as model
import pytest
from ckan.plugins import toolkit
from ckan.tests import factories, helpers
from sqlalchemy import event

from ckanext.ntbsatudata.harvesters import approval
from ckanext.ntbsatudata.model.harvest import HarvestedRecord

PLUGINS = (
    "ntbsatudata ntbcare posyandu scheming_datasets scheming_organizations datastore activity harvest ckan_harvester "
    "ntbsatudata_harvest_ckan ntbsatudata_harvest_datajson ntbsatudata_harvest_dcat"
)
pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", PLUGINS),
    pytest.mark.ckan_config("ntbsatudata.harvest.allowed_networks", "127.0.0.1/32"),
    pytest.mark.ckan_config("ckan.harvest.mq.type", "redis"),
    pytest.mark.usefixtures("harvest_tables", "clean_db", "clean_index", "with_request_context"),
]


@pytest.fixture
def harvest_tables(with_plugins, migrate_db_for):
    migrate_db_for("harvest")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments):
        pass

    def do_GET(self):
        if "page=" in self.path and "page=1" not in self.path:
            self.send_error(404)
        else:
            super().do_GET()


@pytest.fixture
def web(tmp_path):
    """A folder served over HTTP: what is put there is a source."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield tmp_path, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def site_user():
    return toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]


def source(url, kind="ntbsatudata_harvest_datajson", **config):
    agency = factories.Organization(title="Kabupaten Sumber")
    data = {
        "url": url,
        "name": f"sumber-{agency['name'][-6:]}",
        "title": "Sumber",
        "source_type": kind,
        "owner_org": agency["id"],
        "frequency": "MANUAL",
    }
    made = toolkit.get_action("harvest_source_create")({"ignore_auth": True, "user": site_user()}, {**data, **config})
    approval.approve(made["id"], "walidata")
    return made["id"]


def run(source_id):
    """One run as the queue consumers make it; returns the counts of what was written and the sentences of the run."""
    from ckanext.harvest import queue
    from ckanext.harvest.model import HarvestGatherError, HarvestJob, HarvestObject, HarvestSource

    job = HarvestJob(source=HarvestSource.get(source_id), status="Running")
    job.save()
    harvester = queue.get_harvester(job.source.type)
    for object_id in queue.gather_stage(harvester, job):
        queue.fetch_and_import_stages(harvester, HarvestObject.get(object_id))
    counts = {"added": 0, "updated": 0, "deleted": 0, "errored": 0}
    for (status,) in model.Session.query(HarvestObject.report_status).filter_by(harvest_job_id=job.id):
        counts[status] += 1
    said = [row.message for row in model.Session.query(HarvestGatherError).filter_by(harvest_job_id=job.id)]
    return counts, said


def harvested(source_id):
    return model.Session.query(HarvestedRecord).filter_by(source_id=source_id).count()


class Writes:
    """Counts what is written to the catalogue's tables."""

    def __init__(self):
        self.seen = []

    def __enter__(self):
        event.listen(model.meta.engine, "before_cursor_execute", self._see)
        return self

    def __exit__(self, *_error):
        event.remove(model.meta.engine, "before_cursor_execute", self._see)

    def _see(self, _connection, _cursor, statement, *_rest):
        words = statement.split(None, 3)
        if words[0].upper() in ("INSERT", "UPDATE", "DELETE"):
            self.seen.append(words[2] if words[0].upper() != "UPDATE" else words[1])


@pytest.mark.parametrize(
    ("name", "count"), [("contoh01", 3), ("badanpangan", 88), ("sulbar02", 281), ("bps-bps_response_1722101026196", 1)]
)
def test_a_real_catalogue_gives_its_count_and_a_second_run_writes_nothing(web, shared_data, name, count):
    folder, url = web
    shutil.copy(shared_data / "dcat" / "sdi" / f"{name}.json", folder / "data.json")
    sumber = source(f"{url}/data.json")
    counts, _said = run(sumber)
    assert counts == {"added": count, "updated": 0, "deleted": 0, "errored": 0} and harvested(sumber) == count
    before = {(row.id, row.metadata_modified) for row in model.Session.query(model.Package).filter_by(type="dataset")}
    with Writes() as writes:
        again, said = run(sumber)
    assert again == {"added": 0, "updated": 0, "deleted": 0, "errored": 0} and said == []
    assert set(writes.seen) <= {"harvest_job"}
    assert {(row.id, row.metadata_modified) for row in model.Session.query(model.Package).filter_by(type="dataset")} == before


def test_drifting_identifiers_update_356_and_create_6(web, shared_data):
    folder, url = web
    shutil.copy(shared_data / "dcat" / "sdi" / "gunungmas.json", folder / "data.json")
    sumber = source(f"{url}/data.json")
    assert run(sumber)[0]["added"] == 356
    packages = {row.package_id for row in model.Session.query(HarvestedRecord)}
    shutil.copy(shared_data / "dcat" / "sdi" / "gunungmas3.json", folder / "data.json")
    counts, _said = run(sumber)
    assert counts == {"added": 6, "updated": 356, "deleted": 0, "errored": 0}
    assert packages < {row.package_id for row in model.Session.query(HarvestedRecord)}
    assert run(sumber)[0] == {"added": 0, "updated": 0, "deleted": 0, "errored": 0}


def test_the_broken_catalogue_gives_what_its_repaired_twin_gives_with_a_warning(web, shared_data):
    folder, url = web
    shutil.copy(shared_data / "dcat" / "sdi" / "sulbar.json", folder / "data.json")
    sumber = source(f"{url}/data.json")
    counts, said = run(sumber)
    assert counts["added"] == 281
    assert any(line.startswith("Peringatan: [feed-raw-line-breaks]") and "karakter" in line for line in said)


RECORDS = [
    {
        "identifier": f"i{n}",
        "title": f"Data {n}",
        "landingPage": f"https://kab.go.id/d/{n}",
        "distribution": [{"downloadURL": f"https://kab.go.id/{n}.csv", "format": "CSV"}],
    }
    for n in range(10)
]


def put(folder, records):
    (folder / "data.json").write_text(json.dumps({"dataset": records}))


def test_what_is_gone_at_the_source_is_marked_and_stays_readable(web):
    folder, url = web
    put(folder, RECORDS)
    sumber = source(f"{url}/data.json")
    run(sumber)
    put(folder, RECORDS[1:])
    counts, _said = run(sumber)
    assert counts == {"added": 0, "updated": 0, "deleted": 1, "errored": 0}
    gone = model.Session.query(HarvestedRecord).filter_by(present=False).one()
    dataset = helpers.call_action("package_show", id=gone.package_id)
    assert dataset["state"] == "active" and dataset["harvest_gone"] and dataset["title"] == "Data 0"
    put(folder, RECORDS)
    assert run(sumber)[0]["updated"] == 1
    assert "harvest_gone" not in helpers.call_action("package_show", id=gone.package_id)


def test_an_empty_answer_deletes_nothing(web):
    folder, url = web
    put(folder, RECORDS)
    sumber = source(f"{url}/data.json")
    run(sumber)
    put(folder, [])
    counts, said = run(sumber)
    assert sum(counts.values()) == 0 and "[harvest-empty]" in said[0]
    assert model.Session.query(HarvestedRecord).filter_by(present=True).count() == 10


def test_a_loss_of_forty_percent_waits_for_a_person_counted_after_all_matching(web):
    folder, url = web
    put(folder, RECORDS)
    sumber = source(f"{url}/data.json")
    run(sumber)
    drifted = [{**one, "identifier": f"new-{one['identifier']}"} for one in RECORDS]
    put(folder, drifted)
    assert run(sumber)[0]["updated"] == 10  # every identifier changed, yet nothing is lost
    put(folder, drifted[:6])
    counts, said = run(sumber)
    assert sum(counts.values()) == 0 and "4 dari 10" in said[0]
    assert approval.of(sumber).waiting["gone"] == 4
    approval.confirm_loss(sumber, "walidata")
    assert run(sumber)[0]["deleted"] == 4
    put(folder, drifted[:3])
    assert "[harvest-large-loss]" in run(sumber)[1][0]  # the confirmation was for one run


def test_records_of_a_source_nobody_approved_are_not_public(web):
    folder, url = web
    put(folder, RECORDS[:2])
    sumber = source(f"{url}/data.json")
    approval.of(sumber).approved_at = None
    model.Session.commit()
    run(sumber)
    assert {row.private for row in model.Session.query(model.Package).filter_by(type="dataset")} == {True}


def test_a_harvested_dataset_names_its_source_and_never_overwrites_a_local_one(web):
    folder, url = web
    agency = factories.Organization()
    local = factories.Dataset(title="Data 0", name="data-0", owner_org=agency["id"], identifier="i0", url="https://kab.go.id/d/0")
    put(folder, RECORDS[:1])
    sumber = source(f"{url}/data.json")
    assert run(sumber)[0]["added"] == 1
    row = model.Session.query(HarvestedRecord).one()
    dataset = helpers.call_action("package_show", id=row.package_id)
    assert (dataset["harvest_source_id"], dataset["harvest_source_title"], dataset["url"]) == (sumber, "Sumber", "https://kab.go.id/d/0")
    assert helpers.call_action("package_show", id=local["id"])["metadata_modified"] == local["metadata_modified"]


def test_nobody_marks_a_dataset_as_harvested_by_hand():
    user = factories.User()
    agency = factories.Organization(users=[{"name": user["name"], "capacity": "admin"}])
    made = helpers.call_action(
        "package_create",
        {"user": user["name"], "ignore_auth": False},
        name="palsu",
        title="Palsu",
        owner_org=agency["id"],
        harvest_source_id="x",
    )
    assert "harvest_source_id" not in made


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("<html>", "feed-not-json"),
        ('{"a": 1}', "feed-no-datasets"),
        ("[" * 70 + "]" * 70, "feed-too-deep"),
        ('{"dataset": [1,]}', "feed-not-json"),
    ],
)
def test_what_is_no_catalogue_is_refused_with_its_place_and_the_last_harvest_stays(web, content, code):
    folder, url = web
    put(folder, RECORDS)
    sumber = source(f"{url}/data.json")
    run(sumber)
    (folder / "data.json").write_text(content)
    counts, said = run(sumber)
    assert sum(counts.values()) == 0 and f"[{code}]" in said[0]
    assert code == "feed-no-datasets" or "baris 1, karakter" in said[0]
    assert model.Session.query(HarvestedRecord).filter_by(present=True).count() == 10


def test_one_record_ckan_refuses_does_not_hold_back_the_others(web):
    folder, url = web
    put(folder, [*RECORDS[:3], {"identifier": "x", "title": "Terbalik", "temporal": "2024-01-01/2020-01-01"}])
    sumber = source(f"{url}/data.json")
    assert run(sumber)[0] == {"added": 3, "updated": 0, "deleted": 0, "errored": 1}


def test_a_public_configuration_with_a_secret_is_refused():
    with pytest.raises(toolkit.ValidationError, match="public"):
        source("https://a.go.id/data.json", config='{"api_key": "x"}')


def test_a_source_inside_is_never_asked():
    sumber = source("http://169.254.169.254/data.json")
    counts, said = run(sumber)
    assert sum(counts.values()) == 0 and "[fetch-internal-address]" in said[0]


def test_our_own_catalogue_is_harvested_as_dcat_with_the_same_datasets(web, shared_data):
    folder, url = web
    shutil.copy(shared_data / "dcat" / "katalog-destatis.rdf", folder / "catalog.rdf")
    sumber = source(f"{url}/catalog.rdf", "ntbsatudata_harvest_dcat")
    counts, _said = run(sumber)
    assert counts == {"added": 135, "updated": 0, "deleted": 0, "errored": 0}
    assert sum(run(sumber)[0].values()) == 0
    assert urlsplit(url).hostname in str(ipaddress.ip_network("127.0.0.1/32"))


def test_the_walidata_approve_a_source_and_what_waited_becomes_public(web):
    folder, url = web
    put(folder, RECORDS[:3])
    sumber = source(f"{url}/data.json")
    approval.of(sumber).approved_at = None
    model.Session.commit()
    run(sumber)
    editor = factories.User()
    with pytest.raises(toolkit.NotAuthorized, match="walidata"):
        helpers.call_action("ntbsatudata_harvest_source_approve", {"user": editor["name"], "ignore_auth": False}, id=sumber)
    context = {"user": site_user(), "ignore_auth": False}
    assert helpers.call_action("ntbsatudata_harvest_source_state", dict(context), id=sumber)["not_public"] == 3
    assert helpers.call_action("ntbsatudata_harvest_source_approve", dict(context), id=sumber) == {"published": 3}
    state = helpers.call_action("ntbsatudata_harvest_source_state", dict(context), id=sumber)
    assert (state["not_public"], state["present"], state["approved_by"]) == (0, 3, site_user())
    assert sum(run(sumber)[0].values()) == 0  # becoming public is no change of the record


def test_a_loss_nobody_waits_for_cannot_be_confirmed():
    sumber = source("https://a.go.id/data.json")
    with pytest.raises(toolkit.ValidationError, match="waits"):
        helpers.call_action("ntbsatudata_harvest_loss_confirm", {"user": site_user()}, id=sumber)


def test_links_of_a_dataset_are_asked_and_become_evidence_of_its_quality():
    agency = factories.Organization()
    dataset = factories.Dataset(owner_org=agency["id"], resources=[{"url": "http://10.0.0.1/a.csv", "format": "CSV"}])
    found = helpers.call_action("ntbsatudata_harvest_links_check", {"user": site_user()}, id=dataset["id"])
    assert found == {"http://10.0.0.1/a.csv": "link-internal"}


def test_the_ckan_harvester_reads_every_page_of_a_portal(web, monkeypatch):
    from ckanext.ntbsatudata.domain.metadata.standard import Standard
    from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder
    from ckanext.ntbsatudata.harvesters import sources
    from ckanext.ntbsatudata.harvesters.fetching import Answer

    class Portal:
        asked = 0

        def fetch(self, url):
            self.asked += 1
            start = int(url.partition("start=")[2].partition("&")[0])
            found = [{"id": f"i{n}", "name": f"n{n}", "title": f"T{n}"} for n in range(2500)][start : start + sources.CKAN_ROWS]
            return Answer(url, 200, "application/json", json.dumps({"success": True, "result": {"count": 2500, "results": found}}).encode())

    portal = Portal()
    catalogue = sources.read_ckan(portal, "https://kab.go.id", Standard.of(SchemaFolder()))
    assert (len(catalogue.records), portal.asked) == (2500, 3)
    assert catalogue.records[0].dataset["url"] == "https://kab.go.id/dataset/n0"


def test_a_portal_whose_pages_repeat_themselves_for_ever_ends():
    from ckanext.ntbsatudata.domain.metadata.standard import Standard
    from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder
    from ckanext.ntbsatudata.harvesters import sources
    from ckanext.ntbsatudata.harvesters.fetching import Answer, FetchError

    class Same:
        def fetch(self, url):
            packages = [{"id": "i", "name": "n", "title": "T"}]
            return Answer(
                url, 200, "application/json", json.dumps({"success": True, "result": {"count": 10**9, "results": packages}}).encode()
            )

    class Endless:
        number = 0

        def fetch(self, url):
            self.number += 1
            return Answer(url, 200, "application/json", json.dumps([{"identifier": str(self.number), "title": "T"}]).encode())

    class Cyclic:
        def fetch(self, url):
            turtle = (
                "@prefix hydra: <http://www.w3.org/ns/hydra/core#> . @prefix dcat: <http://www.w3.org/ns/dcat#> .\n"
                f"<{url}> hydra:next <https://a.go.id/c.ttl?page=1> . <https://a.go.id/d/{len(url)}> a dcat:Dataset ."
            )
            return Answer(url, 200, "text/turtle", turtle.encode())

    standard = Standard.of(SchemaFolder())
    assert len(sources.read_ckan(Same(), "https://a.go.id", standard).records) == 1
    with pytest.raises(FetchError, match="fetch-endless"):
        sources.read_data_json(Endless(), "https://a.go.id/data.json", standard)
    assert len(sources.read_dcat(Cyclic(), "https://a.go.id/c.ttl", standard).records) == 2
