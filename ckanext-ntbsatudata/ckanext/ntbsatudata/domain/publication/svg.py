"""What the drawings share: escaped text, numbers, and the hatchings that stand for cells without a value.

Everything is an attribute, nothing a style or a script, so that a page's content policy lets it pass and paper shows it.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from ckanext.ntbsatudata.domain.disclosure.protected_table import Status

INK, SOFT, GRID = "#1c2b33", "#4d5b66", "#cfd8dd"
WITHOUT_VALUE = (Status.HIDDEN, Status.INCOMPLETE, Status.NOT_AVAILABLE, Status.NOT_SCHEDULED)
# One hatching for each reason, apart by direction and form and not by colour.
_LINES = {
    Status.HIDDEN: '<path d="M0,6L6,0" stroke="#4d5b66" stroke-width="1.2"/>',
    Status.INCOMPLETE: '<path d="M0,0L6,6" stroke="#4d5b66" stroke-width="1.2" stroke-dasharray="2 1.5"/>',
    Status.NOT_AVAILABLE: '<circle cx="3" cy="3" r="1" fill="#4d5b66"/>',
    Status.NOT_SCHEDULED: '<path d="M0,3L6,3" stroke="#9aa7af" stroke-width="1"/>',
}


def element(name: str, content: str = "", /, **attributes: object) -> str:
    """Return an element with escaped attributes; `_` in a name stands for `-`."""
    written = "".join(f" {key.rstrip('_').replace('_', '-')}={quoteattr(_text(value))}" for key, value in attributes.items())
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def words(text: str, x: float, y: float, **attributes: object) -> str:
    return element("text", escape(text), **{"x": x, "y": y, "font_size": 12, "fill": INK, **attributes})


def drawing(name: str, width: int, height: int, title: str, description: str, content: str) -> str:
    """Return a whole drawing. `name` makes its ids its own on a page with several."""
    opened = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-labelledby="{name}-title {name}-desc" font-family="system-ui, sans-serif">'
    )
    return f'{opened}<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>{content}</svg>'


def hatchings(name: str) -> str:
    """Return the patterns of a drawing; `hatched` gives the fill that uses one."""
    patterns = "".join(
        f'<pattern id="{name}-{status.name.lower()}" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<rect width="6" height="6" fill="#ffffff"/>{lines}</pattern>'
        for status, lines in _LINES.items()
    )
    return f"<defs>{patterns}</defs>"


def hatched(name: str, status: Status) -> str:
    return f"url(#{name}-{status.name.lower()})"


def _text(value: object) -> str:
    return f"{round(value, 1):g}" if isinstance(value, float) else str(value)
