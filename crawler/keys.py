"""Keys that an operator brings: read from the environment under the name that the format documents, never from YAML."""

import os

from model.errors import SourceError


def key(name: str, where: str) -> str:
    """The key in the environment variable `name`. Raises SourceError (misconfigured) that says where to get one."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise SourceError(f"the environment variable {name} is not set (a free key: {where})", failure="misconfigured")
    return value
