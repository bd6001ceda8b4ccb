"""Actions asked by pages: what an action refuses becomes a page with its sentence."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit

from ckanext.ntbsatudata.views.forms_of_answer import refuse

__all__: list[str] = []  # no blueprint


def ask(name: str, **data: Any) -> Any:
    """Return what an action answers. Ends the request with the sentence of what it refuses."""
    try:
        return toolkit.get_action(name)({}, data)
    except toolkit.ObjectNotFound as error:
        refuse(404, str(error) or toolkit._("There is no such page."))
    except toolkit.NotAuthorized as error:
        refuse(403, str(error) or toolkit._("You may not see this."))
    except toolkit.ValidationError as error:
        refuse(409, said_by(error))


def said_by(error: toolkit.ValidationError) -> str:
    """Return the sentences of a refusal, without its codes."""
    return " ".join(sentence for field, said in error.error_dict.items() if field != "code" for sentence in map(str, said))
