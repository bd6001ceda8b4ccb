"""`docs/reference/http.md` gives the limits and headers that are in force."""

from __future__ import annotations

import ast
from pathlib import Path

import yaml
from werkzeug.datastructures import Headers

from ckanext.ntbsatudata.middleware.headers import Audience, say_how_long, secure
from ckanext.ntbsatudata.middleware.reader import LONGEST_QUERY
from ckanext.ntbsatudata.middleware.reading import LARGEST_ANSWER

ROOT = Path(__file__).parents[2]
PLATFORM = ROOT / "ckanext-ntbsatudata" / "ckanext" / "ntbsatudata"
PAGE = (ROOT / "docs" / "reference" / "http.md").read_text(encoding="utf-8")
WORDS = " ".join(PAGE.split())


def constant(module: str, name: str) -> int:
    """Read a number from a module that only a portal can import."""
    tree = ast.parse((PLATFORM / "middleware" / module).read_text(encoding="utf-8"))
    return next(ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == name)


def test_the_limits_are_those_of_the_code():
    options = yaml.safe_load((PLATFORM / "config_declaration.yaml").read_text(encoding="utf-8"))["groups"]
    megabytes = next(
        option["default"] for group in options for option in group["options"] if option["key"] == "ntbsatudata.page_cache_megabytes"
    )
    assert f"`ntbsatudata.page_cache_megabytes` ({megabytes}; 0 keeps none)" in WORDS
    assert f"for at most {constant('stack.py', 'LONGEST_KEPT_SECONDS')} seconds" in WORDS
    assert f"a query longer than {LONGEST_QUERY} bytes" in WORDS
    assert f"answer longer than {LARGEST_ANSWER // 1024**2} MB" in WORDS
    guesses, seconds = constant("login.py", "GUESSES"), constant("login.py", "SECONDS")
    assert f"After {guesses} wrong passwords for one name from one address within {seconds} seconds" in WORDS


def test_every_cache_control_and_every_security_header_is_named():
    for audience in Audience:
        for path in ("/webassets/base/7f3a91c2_main.css", "/dataset/"):
            headers = Headers()
            say_how_long(headers, audience, path)
            assert f"`{headers['Cache-Control']}`" in PAGE
    headers = Headers()
    secure(headers, {"wsgi.url_scheme": "https"})
    for name, value in headers:
        assert f"`{name}`" in PAGE or f"`{name}: {value}`" in PAGE
