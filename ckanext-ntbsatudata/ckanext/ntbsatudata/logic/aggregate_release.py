"""From a protected table to the revision of its dataset: files, table, metadata and linked records, and what waits for the ledger."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import ckan.model as model
from ckan.plugins import toolkit
from werkzeug.datastructures import FileStorage

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.aggregates.published_release import PublishedRelease
from ckanext.ntbsatudata.domain.aggregates.spec import AggregateSpec
from ckanext.ntbsatudata.domain.content import Region
from ckanext.ntbsatudata.domain.curation.states import State
from ckanext.ntbsatudata.domain.disclosure.protected_table import ProtectedTable
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.metadata.form import Kind
from ckanext.ntbsatudata.domain.metadata.prefill import prefilled
from ckanext.ntbsatudata.domain.publication.all_periods import all_periods
from ckanext.ntbsatudata.domain.publication.metadata import Programme, TableMetadata
from ckanext.ntbsatudata.domain.publication.provisional import Provisional
from ckanext.ntbsatudata.domain.publication.release_folder import Column, as_published, write_release
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder
from ckanext.ntbsatudata.domain.tables.storage import StoredColumn
from ckanext.ntbsatudata.jobs import file_check, table_loading
from ckanext.ntbsatudata.jobs.table_store import switch_in
from ckanext.ntbsatudata.logic import metadata_records as records
from ckanext.ntbsatudata.logic import revisions
from ckanext.ntbsatudata.model.curation import Revision
from ckanext.ntbsatudata.model.ledger import PortalLedger
from ckanext.ntbsatudata.model.metadata import MetadataRecord

ADDRESSES = ("i_alamat", "ii_pj_alamat")  # what the agency says of itself comes first
TYPES = {"string": "text", "integer": "int8", "number": "numeric"}
FORMATS = {".csv": ("CSV", "text/csv"), ".xlsx": ("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), ".parquet": ("Parquet", "application/vnd.apache.parquet")}  # fmt: skip
TITLES = {".csv": "Tabel lengkap, semua periode", ".xlsx": "Tabel lengkap untuk lembar kerja", ".parquet": "Tabel lengkap untuk analisis"}


@dataclass(frozen=True)
class AggregateRelease:
    """One protected table on its way into curation. `folder`: the programme's own schema folder, None for the portal's."""

    table: ProtectedTable
    spec: AggregateSpec
    programme: str
    provisional: Set[str]
    synthetic: bool
    user: str
    folder: SchemaFolder | None = None

    @cached_property
    def marks(self) -> Provisional:
        return Provisional(self.spec.period, self.provisional)

    @cached_property
    def release(self) -> PublishedRelease:
        """The cells as they will be public. Named by their number on the ledger of the table."""
        number = len(PortalLedger().releases(self.spec.name)) + 1
        return as_published(self.table, str(number), self.spec.derived, self.marks)

    @cached_property
    def words(self) -> Programme:
        return Programme.load(self.folder or config.schema_folder(), self.programme)

    def metadata(self, public: PublishedRelease) -> TableMetadata:
        region = Region.of(CodeLists.load(config.schema_folder()), str(self.spec.dimensions[0].total)).name
        return TableMetadata(self.spec, self.words, public, region, self.synthetic)

    def _all(self, *releases: PublishedRelease) -> PublishedRelease:
        return self.marks.mark(all_periods(self.spec.period, releases))

    def bring_in(self, changelog: str) -> dict[str, Any]:
        """Make or renew the draft, and submit it. The same cells as are public, or wait already, change nothing."""
        ledger = PortalLedger()
        with ledger.locked():
            based_on, past = ledger.newest(self.spec.name), ledger.releases(self.spec.name)
            revision = self._revision(past)
            if revision is None:
                return {"dataset": self.spec.name, "revision": None, "state": State.PUBLISHED.value, "problems": []}
            waits = ledger.waits(revision.id)
            # What another run left waiting for other periods goes public together with this.
            waiting = self._all(waits, self.release) if waits else self._all(self.release)
            if waits is None or not waits.same_cells(waiting):
                self._write(revision, based_on, ledger, changelog, waiting, [*past, *([waits] if waits else [])])
        return self._submitted(revision.id, changelog or self._usual_changelog())

    def _revision(self, past: list[PublishedRelease]) -> Revision | None:
        """Return the open revision of the dataset, made editable; a new one where none is open. None when there is nothing new."""
        package = model.Package.get(self.spec.name)
        if package is None or package.state == "deleted":
            return self._first_draft()
        revision = revisions.open_revision(package.id)
        if revision is None:
            if past and all_periods(self.spec.period, past).same_cells(self._all(*past, self.release)):
                return None
            dataset = toolkit.get_action("package_show")({"ignore_auth": True, "use_cache": False}, {"id": package.id})
            return revisions.begin(dataset, self.user, model.User.get(self.user).id)
        if State(revision.state) is State.SUBMITTED:
            toolkit.get_action("ntbsatudata_revision_recall")({"user": self.user}, {"id": revision.id})
        elif not State(revision.state).editable:
            message = toolkit._("A revision of this table is under review; it has to be decided first.")
            raise toolkit.ValidationError({"message": [message], "code": ["revision-under-review"]})
        return revision

    def _first_draft(self) -> Revision:
        owner = self._organization()
        made = self._do("package_create", {"name": self.spec.name, "owner_org": owner["id"], "state": "draft", "private": True, "title": self.spec.title["id"]})  # fmt: skip
        return revisions.begin(made, self.user, model.User.get(self.user).id)

    def _organization(self) -> Mapping[str, Any]:
        wanted = self.words.organization
        if not wanted or model.Group.get(wanted) is None:
            message = toolkit._("The portal has no agency named {name}, to which the tables of {programme} belong.")
            raise toolkit.ValidationError({"owner_org": [message.format(name=wanted or "-", programme=self.programme)]})
        found: Mapping[str, Any] = toolkit.get_action("organization_show")({"ignore_auth": True}, {"id": wanted})
        return found

    def _write(
        self, revision: Revision, based_on: str, ledger: PortalLedger, changelog: str, waiting: PublishedRelease, earlier: list[PublishedRelease]
    ) -> None:  # fmt: skip
        owner, metadata = self._organization(), self.metadata(self._all(*earlier, self.release))
        activity, indicators = self._linked(owner, metadata)
        fields = {
            **metadata.dataset(), "id": revision.working_id, "id_mskeg": activity, "id_msind": indicators,
            "maintainer_email": owner.get("email") or "", "groups": [{"name": name} for name in self.words.topics],
        }  # fmt: skip
        self._do("package_patch", fields)
        with tempfile.TemporaryDirectory(prefix="satudata-release-") as place:
            folder = Path(place) / self.spec.name
            columns = {one["name"]: Column(one["title"], one.get("description", "")) for one in metadata.columns()}
            write_release(self.table, folder, {"release": self.release.release}, columns, self.spec.derived, self.marks, earlier)
            files = {path.name: path for path in sorted(folder.iterdir()) if path.suffix in FORMATS}
            held = {str(one["url"]).rpartition("/")[2]: one["id"] for one in revisions.working_copy(revision)["resources"]}
            for name, path in files.items():
                self._file(revision.working_id, held.get(name), path, metadata)
            digests = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
        revision = model.Session.get(Revision, revision.id)
        revision.changelog = (changelog or self._usual_changelog())[:500]
        ledger.hold_back(revision.id, waiting, based_on, digests)
        model.Session.commit()

    def _file(self, dataset: str, resource: str | None, path: Path, metadata: TableMetadata) -> None:
        """Put one file in place; of the CSV its table too, typed as its columns say, without another look by the worker."""
        form, kind = FORMATS[path.suffix]
        columns = metadata.columns()
        with path.open("rb") as stream:
            described = {
                "name": TITLES[path.suffix], "format": form, "mimetype": kind, "url": path.name, "rights": "Akses terbuka",
                "description": "Satu baris untuk setiap sel; simbol status dijelaskan pada metodologi.",
                "schema": {"fields": columns, "primaryKey": list(self.release.codes), "missingValues": [""]},
                "datastore_active": form == "CSV", "upload": FileStorage(stream, path.name, content_type=kind),
                "hash": hashlib.sha256(path.read_bytes()).hexdigest(),
            }  # fmt: skip
            if resource is None:
                made = self._do("resource_create", {"package_id": dataset, **described}, table_in_place=True)
            else:
                made = self._do("resource_update", {"id": resource, **described}, table_in_place=True)
        made = toolkit.get_action("resource_show")({"ignore_auth": True}, {"id": made["id"]})
        file_check.keep(made, [])  # protection and audit have looked at every cell
        if form == "CSV":
            stored = [
                StoredColumn(one["name"], TYPES[one["type"]], {"label": one["title"], "notes": one.get("description", "")})
                for one in columns
            ]
            count = switch_in(made["id"], stored, path)
            revisions.hold(made["id"], made["id"], made["id"])
            table_loading.say(made["id"], "complete", {"rows": count, "loaded_from": table_loading.mark(made)})

    def _linked(self, owner: Mapping[str, Any], metadata: TableMetadata) -> tuple[str, list[str]]:
        """Return the ids of the MS-Kegiatan and MS-Indikator of this table. What a walidata has made of them stays."""
        said = self.words.activity
        title = str(said.get("judul_kegiatan") or self.programme)
        said_first = {name: value for name, value in said.items() if not (name in ADDRESSES and owner.get("address"))}
        activity = self._record(Kind.MSKEG, owner, title, lambda: {**self._activity(owner, title, metadata), **said_first})
        indicators = [self._record(Kind.MSIND, owner, one["nama"], lambda one=one: one) for one in metadata.indicators(title)]  # type: ignore[misc]
        return activity, indicators

    def _activity(self, owner: Mapping[str, Any], title: str, metadata: TableMetadata) -> dict[str, Any]:
        standard = records.standard()
        frequency = str(self.words.dataset.get("frequency") or "BULANAN")
        year = int(max(self.release.codes[self.spec.period])[:4])
        region = (str(self.spec.dimensions[0].total), metadata.region_name)
        found = prefilled(standard.forms[Kind.MSKEG], owner, standard.frequencies, year, title, region, frequency)
        return found

    def _record(self, kind: Kind, owner: Mapping[str, Any], name: str, answers: Any) -> str:
        found = model.Session.query(MetadataRecord.id).filter_by(kind=kind.value, owner_org=owner["id"], name=name).first()
        if found:
            return str(found.id)
        action = {Kind.MSKEG: "ntbsatudata_mskegiatan_create", Kind.MSIND: "ntbsatudata_msindikator_create"}[kind]
        given = {"owner_org": owner["id"], **answers()}
        draft = any(problem.severity.blocks for problem in records.problems_of(kind, records.answers_of(kind, given)))
        return str(self._do(action, {**given, "draft": draft})["id"])

    def _submitted(self, revision_id: str, changelog: str) -> dict[str, Any]:
        problems: list[str] = []
        if State(model.Session.get(Revision, revision_id).state).editable:
            try:
                toolkit.get_action("ntbsatudata_revision_submit")({"user": self.user}, {"id": revision_id, "changelog": changelog})
            except toolkit.ValidationError as error:
                problems = self._why_not(revision_id, error)
        revision = model.Session.get(Revision, revision_id)
        return {"dataset": self.spec.name, "revision": revision_id, "state": revision.state, "problems": problems}

    def _why_not(self, revision_id: str, error: toolkit.ValidationError) -> list[str]:
        """Return the sentences of what stands in the way: each problem of the revision, else the refusal itself."""
        shown = toolkit.get_action("ntbsatudata_revision_show")({"user": self.user}, {"id": revision_id})
        found = [f"{one.get('field') or ''} {one['message']}".strip() for one in shown["problems"]]
        return found or [sentence for name, each in error.error_dict.items() if name != "code" for sentence in each]

    def _usual_changelog(self) -> str:
        periods = sorted(set(self.release.codes[self.spec.period]))
        return f"Rilis {self.release.release}: {periods[0]} sampai {periods[-1]}."

    def _do(self, action: str, data: dict[str, Any], **context: Any) -> Any:
        with revisions.curating():
            return toolkit.get_action(action)({"user": self.user, "ignore_auth": True, "allow_state_change": True, **context}, data)
