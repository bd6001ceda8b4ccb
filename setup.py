"""One distribution over three CKAN extensions; `docs/adr/0001-one-distribution.md` says why and names the traps."""

from pathlib import Path

from setuptools import find_packages, setup

EXTENSIONS = ("ntbsatudata", "ntbcare", "posyandu")
DATA_SUFFIXES = (
    "html", "js", "css", "svg", "png", "ico", "txt", "yaml", "yml", "json", "geojson", "csv", "po", "mo", "pot", "ini", "conf", "xml", "sql", "md",
)  # fmt: skip
HERE = Path(__file__).parent


def pinned(name: str) -> list[str]:
    lines = (HERE / "config" / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-r"))]


# What staff may change lives at the top of the repository and is installed inside the platform.
packages = ["ckanext.ntbsatudata.schemas", "ckanext.ntbsatudata.settings"]
package_dir = {"ckanext.ntbsatudata.schemas": "schemas", "ckanext.ntbsatudata.settings": "config"}
for name in EXTENSIONS:
    source = f"ckanext-{name}/ckanext"
    packages += [f"ckanext.{package}" for package in find_packages(source)]
    package_dir[f"ckanext.{name}"] = f"{source}/{name}"

setup(
    packages=packages,
    package_dir=package_dir,
    package_data={"": [f"**/*.{suffix}" for suffix in DATA_SUFFIXES]},
    install_requires=pinned("requirements.txt"),
    extras_require={"portal": pinned("requirements-portal.txt"), "s3": pinned("requirements-s3.txt")},
)
