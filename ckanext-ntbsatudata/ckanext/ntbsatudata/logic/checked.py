"""What every action of ours does first and last: may they, is it put rightly, and which error is which answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ckan.plugins import toolkit
from ckan.types import Context, DataDict, Schema

from ckanext.ntbsatudata.domain.errors import NotFoundError, SatuDataError


def checked(permission: str, context: Context, data_dict: DataDict, schema: Schema) -> dict[str, Any]:
    """Return what was asked, validated. Raises `NotAuthorized` or `ValidationError`."""
    toolkit.check_access(permission, context, data_dict)
    data, errors = toolkit.navl_validate(data_dict, schema, context)
    if errors:
        raise toolkit.ValidationError(errors)
    return data


@contextmanager
def answered() -> Iterator[None]:
    """What does not exist is not found; any other error of ours is a request put wrongly."""
    try:
        yield
    except NotFoundError as error:
        raise toolkit.ObjectNotFound(str(error)) from error
    except SatuDataError as error:
        raise toolkit.ValidationError({"message": [str(error)]}) from error
