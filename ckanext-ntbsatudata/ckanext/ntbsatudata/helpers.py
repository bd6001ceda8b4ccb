"""What templates may ask for."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

from ckan.plugins import toolkit
from markupsafe import Markup

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.content import Region
from ckanext.ntbsatudata.domain.kode_referensi import CodeBinding, CodeLists
from ckanext.ntbsatudata.domain.metadata.citation import Citation
from ckanext.ntbsatudata.domain.publication.wording import Language
from ckanext.ntbsatudata.domain.quality import QualityReport
from ckanext.ntbsatudata.domain.query.analysis import words
from ckanext.ntbsatudata.domain.query.excerpt import LENGTH, excerpt, wanted_stems
from ckanext.ntbsatudata.domain.query.lexicon import Lexicon
from ckanext.ntbsatudata.domain.query.places import PlaceNames
from ckanext.ntbsatudata.domain.query.understanding import Reader
from ckanext.ntbsatudata.logic import curation_record, curation_words, dataset_quality, metadata_records, revisions
from ckanext.ntbsatudata.logic.aggregate_page import Figures, figures_of
from ckanext.ntbsatudata.search.dataset_document import region_name

PREVIEW_ROWS = 20
NUMERIC_TYPES = frozenset({"int", "int4", "int8", "numeric", "float", "float8"})

# The sections of the portal in the order of the navigation: endpoint, label.
NAVIGATION = (
    ("dataset.search", lambda: toolkit._("Datasets")),
    ("group.index", lambda: toolkit._("Topics")),
    ("organization.index", lambda: toolkit._("Produsen Data")),
    ("ntbsatudata_kode_referensi.index", lambda: toolkit._("Code lists")),
    ("ntbsatudata_metadata.index", lambda: toolkit._("Metadata")),
    ("ntbsatudata_data_induk.index", lambda: toolkit._("Master data")),
    ("home.about", lambda: toolkit._("About")),
)


def ntbsatudata_demo() -> bool:
    """Whether the portal holds sample content."""
    return config.demo()


def ntbsatudata_contact() -> str:
    """Return the e-mail address of the portal, empty when there is none."""
    return config.contact()


def ntbsatudata_region_name() -> str:
    """Return the official name of the region whose portal this is."""
    return Region.of(CodeLists.load(config.schema_folder()), config.wilayah()).name


def ntbsatudata_here_in(locale: str) -> str:
    """Return the address of this page in another language."""
    default = toolkit.config["ckan.locale_default"]
    return str(toolkit.url_for(toolkit.h.current_url(), locale="default" if locale == default else locale))


def ntbsatudata_state(name: str) -> str:
    """Return what a state of curation is called."""
    return curation_words.state(name)


def ntbsatudata_move(name: str) -> str:
    """Return what a decision of curation is called on its button."""
    return curation_words.move(name)


def ntbsatudata_principle(name: str) -> str:
    """Return the name of a principle of Satu Data."""
    return curation_words.principle(name)


def ntbsatudata_event(name: str) -> str:
    """Return what an entry of the record of decisions says."""
    return curation_words.event(name)


def ntbsatudata_role(name: str) -> str:
    """Return the name of a role in curation."""
    return curation_words.role(name)


def ntbsatudata_role_duty(name: str) -> str:
    """Return what somebody in a role does."""
    return curation_words.role_duty(name)


def ntbsatudata_check(name: str) -> str:
    """Return the name of an automatic check."""
    return curation_words.check(name)


def ntbsatudata_public_record(dataset_id: str) -> list[dict[str, Any]]:
    """Return who decided what on a dataset and why, its public part, the newest first."""
    return list(reversed(curation_record.entries(dataset_id, public_only=True)))[:5]


def ntbsatudata_remarks(dataset_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return what reviewers say of the fields of a working copy and is not settled, by field."""
    revision = revisions.revision_of(dataset_id)
    remarks: dict[str, list[dict[str, Any]]] = {}
    if revision is not None:
        for one in toolkit.get_action("ntbsatudata_revision_comment_list")({}, {"id": revision.id}):
            if one["field"] and not one["closed_by"] and not one["resource_id"]:
                remarks.setdefault(one["field"], []).append({**one, "revision_id": revision.id})
    return remarks


def ntbsatudata_curation() -> bool:
    """Whether datasets become public through curation only."""
    return config.curation()


def ntbsatudata_takes_part() -> bool:
    """Whether the reader has an account, and so a page of what waits."""
    return bool(toolkit.current_user.is_authenticated)


def ntbsatudata_navigation() -> list[dict[str, Any]]:
    """Return the sections of the portal: label, address, and whether the reader is in it."""
    blueprint = toolkit.get_endpoint()[0]
    return [
        {"label": label(), "url": toolkit.url_for(endpoint), "here": blueprint == endpoint.partition(".")[0]}
        for endpoint, label in NAVIGATION
    ]


def ntbsatudata_organization_tree() -> list[dict[str, Any]]:
    """Return the agencies at the top, each with the agencies below it as `children`, in the order of their titles."""
    listed = toolkit.get_action("organization_list")({}, {"all_fields": True, "include_groups": True, "limit": 1000})
    known = {organization["name"] for organization in listed}
    below: dict[str | None, list[dict[str, Any]]] = {}
    for organization in sorted(listed, key=lambda one: one["display_name"].casefold()):
        above = next((group["name"] for group in organization["groups"] if group["name"] in known), None)
        below.setdefault(above, []).append(organization)

    def branch(name: str | None) -> list[dict[str, Any]]:
        return [{**organization, "children": branch(organization["name"])} for organization in below.get(name, [])]

    return branch(None)


def ntbsatudata_preview(resource: dict[str, Any]) -> dict[str, Any] | None:
    """Return the first rows of a resource's table: `fields` (id, label, numeric), `records`, `total`; None without a table."""
    if not resource.get("datastore_active"):
        return None
    try:
        found = toolkit.get_action("datastore_search")({}, {"resource_id": resource["id"], "limit": PREVIEW_ROWS})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        return None
    fields = [
        {"id": field["id"], "label": (field.get("info") or {}).get("label") or field["id"], "numeric": field["type"] in NUMERIC_TYPES}
        for field in found["fields"]
        if field["id"] != "_id"
    ]
    return {"fields": fields, "records": found["records"], "total": found["total"]}


def ntbsatudata_pager(page: Any, **parameters: Any) -> Markup:
    """Return the links to the other pages of a list; before and after are words, not pictures."""
    return page.pager(symbol_previous=toolkit._("Previous"), symbol_next=toolkit._("Next"), **parameters)


def ntbsatudata_code_labels(list_id: str, value: str | list[str]) -> str:
    """Return what codes of a list stand for: `Nusa Tenggara Barat (52)`, or the name alone where the code is a word.

    A code the list does not have stays as it is.
    """
    lists = CodeLists.load(config.schema_folder())
    edition = lists.get(list_id).edition() if list_id in lists else None

    def label(code: str) -> str:
        item = edition.find(code) if edition else None
        if item is None:
            return code
        return f"{item.name} ({code})" if any(sign.isdigit() for sign in code) else item.name

    return ", ".join(label(code) for code in ([value] if isinstance(value, str) else value))


def ntbsatudata_type_label(type_name: str) -> str:
    """Return the word for a DataStore type; the type itself when there is none."""
    words = {
        "text": toolkit._("text"),
        "int4": toolkit._("whole number"),
        "int8": toolkit._("whole number"),
        "numeric": toolkit._("number"),
        "float8": toolkit._("number"),
        "date": toolkit._("date"),
        "timestamp": toolkit._("date and time"),
        "bool": toolkit._("yes or no"),
    }
    return words.get(type_name, type_name)


def ntbsatudata_facet_address(
    name: str, extras: dict[str, Any] | None = None, alternative_url: str | None = None
) -> Callable[[dict[str, Any]], str]:
    """Return a function from a value of a facet to the address of the page with it added, or removed where it is chosen.

    What these addresses share is made once for the facet.
    """
    place = secrets.token_hex(8)
    adding = toolkit.h.add_url_param(new_params={name: place}, extras=extras, alternative_url=alternative_url)

    def address(item: dict[str, Any]) -> str:
        if item["active"]:
            return str(toolkit.h.remove_url_param(name, item["name"], extras=extras, alternative_url=alternative_url))
        return adding.replace(place, quote_plus(item["name"]))

    return address


# --- what CKAN and ckanext-dcat offer under the same names, made once or more cheaply


@toolkit.chained_helper
def markdown_extract(original: Callable[..., str], text: str | None, extract_length: int = 190) -> str:
    """Return the plain text of a Markdown text, as CKAN makes it; the same text is read once."""
    return _extract(original, text or "", extract_length)


@lru_cache(maxsize=4096)
def _extract(original: Callable[..., str], text: str, extract_length: int) -> str:
    return original(text, extract_length)


@toolkit.chained_helper
def render_markdown(original: Callable[..., str], data: str | None, auto_link: bool = True, allow_html: bool = False) -> str:
    """Return the HTML of a Markdown text, as CKAN makes it; the same text is read once for each language its links lead to."""
    return _render(original, data or "", auto_link, allow_html, toolkit.h.lang() if auto_link else "")


@lru_cache(maxsize=1024)
def _render(original: Callable[..., str], text: str, auto_link: bool, allow_html: bool, _language: str) -> str:
    return original(text, auto_link=auto_link, allow_html=allow_html)


@toolkit.chained_helper
def localised_number(original: Callable[..., str], number: float) -> str:
    """Return a number as the language of the page writes it; each is formatted once."""
    return _number(original, number, toolkit.h.lang())


@lru_cache(maxsize=4096)
def _number(original: Callable[..., str], number: float, _language: str) -> str:
    return original(number)


@toolkit.chained_helper
def url_for(original: Callable[..., str], *args: Any, **values: Any) -> str:
    """Return an address as CKAN makes it; a plain one, of an endpoint and texts, is made once for each language."""
    plain = len(args) == 1 and toolkit.request and args[0][:1].isalpha() and _SPECIAL.isdisjoint(values)
    if not plain or not all(isinstance(value, str) for value in values.values()):
        return original(*args, **values)
    language = (toolkit.request.environ.get("CKAN_LANG"), toolkit.request.environ.get("CKAN_LANG_IS_DEFAULT"))
    return _address(original, args[0], tuple(sorted(values.items())), language, toolkit.config["ckan.root_path"])


_SPECIAL = frozenset({"_external", "qualified", "locale", "controller", "action", "protocol", "host", "__ckan_no_root"})


@lru_cache(maxsize=8192)
def _address(original: Callable[..., str], endpoint: str, values: tuple[tuple[str, str], ...], _language: object, _root: object) -> str:
    return original(endpoint, **dict(values))


def structured_data(dataset_dict: dict[str, Any], profiles: list[str] | None = None) -> str:
    """Return what a dataset page tells search engines: schema.org in JSON-LD."""
    from ckanext.ntbsatudata.feeds.structured_data import structured_data as written  # a site without ckanext-dcat has no such page

    return written(dataset_dict, profiles)


def ntbsatudata_citation(pkg: dict[str, Any]) -> Citation:
    """Return how a dataset is cited: `text`, `bibtex`, `ris`. Its address is the lasting one."""
    url = toolkit.url_for("dataset.read", id=pkg["name"], qualified=True, locale="default")
    return Citation.of(pkg, str(toolkit.config["ckan.site_title"]), url)


def ntbsatudata_quality(pkg: dict[str, Any]) -> QualityReport:
    """Return the quality report on a dataset, as of today."""
    return dataset_quality.report_on(pkg)


def ntbsatudata_figures(pkg: dict[str, Any]) -> Figures | None:
    """Return what the page of a protected table shows of its figures; None for any other dataset."""
    language = Language.EN if toolkit.h.lang() == "en" else Language.ID
    return figures_of(pkg, toolkit.request.args, language) if pkg.get("aggregate") else None


def ntbsatudata_releases(pkg: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the releases of a dataset, newest first."""
    found: list[dict[str, Any]] = toolkit.get_action("ntbsatudata_release_list")({}, {"id": pkg["id"]})
    return found


def ntbsatudata_frequency(code: str) -> str:
    """Return the words of a frequency, empty for none."""
    found, _problem = metadata_records.standard().frequencies.read(code)
    return found.name if found else ""


def ntbsatudata_code_list_id(binding: str) -> str:
    """Return the list a column is bound to: `wilayah-kemendagri` of `wilayah-kemendagri@2430/2025#kecamatan`."""
    return CodeBinding.parse(binding).list_id


def ntbsatudata_search_understood(query: str) -> dict[str, Any] | None:
    """Return what the portal understood of a plain query (`ntbsatudata_search_understand`); None without a query."""
    if not query or not query.strip() or ":" in query:
        return None
    return toolkit.get_action("ntbsatudata_search_understand")({}, {"q": query})


def ntbsatudata_search_instead(query: str) -> str:
    """Return the address of this search with another query."""
    return str(toolkit.url_for("dataset.search", **{**toolkit.request.args.to_dict(), "q": query, "page": None}))


def ntbsatudata_search_topics() -> list[dict[str, Any]]:
    """Return the topics that hold most datasets, for a search that found nothing."""
    return toolkit.get_action("group_list")({}, {"all_fields": True, "sort": "package_count desc", "limit": 6})


def ntbsatudata_search_marked(text: str) -> Markup:
    """Return a text with the words of the query marked; on pages without a query the text itself."""
    return _marked(text, len(text))


def ntbsatudata_search_excerpt(dataset: dict[str, Any]) -> Markup:
    """Return the part of the description, or else of concept, resources or columns, where the query is met."""
    texts = [toolkit.h.markdown_extract(dataset.get("notes"), extract_length=4000), dataset.get("konsep"), dataset.get("definisi")]
    texts += [f"{resource.get('name') or ''} {resource.get('description') or ''}" for resource in dataset.get("resources") or []]
    texts = [str(text) for text in texts if text and str(text).strip()]
    if not texts:
        return Markup("")
    met = (text for text in map(_marked, texts) if "<mark>" in text) if toolkit.request.args.get("q") else iter(())
    return next(met, None) or _marked(texts[0])


def _marked(text: str, length: int = LENGTH) -> Markup:
    wanted = _wanted_stems(toolkit.request.args.get("q", "")) if toolkit.request else frozenset()
    pieces = excerpt(text, wanted, length)
    return Markup("").join(Markup("<mark>{}</mark>").format(piece.text) if piece.is_hit else piece.text for piece in pieces)


@lru_cache(maxsize=256)
def _wanted_stems(query: str) -> frozenset[str]:
    """Only exact words, synonyms and abbreviations: what a misspelt word may mean is not marked."""
    folder = config.schema_folder()
    return wanted_stems(Reader(Lexicon.load(folder), PlaceNames.load(folder)).read(words(query[:300])))


def ntbsatudata_search_regions(codes: str | list[str]) -> str:
    """Return the names of a dataset's regions; of many the first three and how many more there are."""
    each = [codes] if isinstance(codes, str) else list(codes)
    names = [region_name(config.schema_folder(), code) for code in each[:3]]
    more = [toolkit._("{number} more").format(number=len(each) - 3)] if len(each) > 3 else []
    return ", ".join(names + more)
