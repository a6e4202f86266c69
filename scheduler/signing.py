"""The key that mail is signed with, as `service.yaml` names it."""

from collections.abc import Mapping
from pathlib import Path

from digest.dkim import Signer, load_key
from model.errors import ConfigError, Fault
from model.service import Mail


def signer_of(mail: Mail, environ: Mapping[str, str], folder: Path) -> Signer | None:
    """The DKIM signature as configured; None without one. Raises ConfigError when the key is missing or of no use."""
    dkim = mail.dkim
    if dkim is None:
        return None
    place = "service.yaml: mail.dkim"
    try:
        pem = (folder / dkim.key_file).read_bytes() if dkim.key_file else environ.get(dkim.key_env, "").encode()
    except OSError as error:
        raise ConfigError(
            Fault(f"{place}.key_file", f"{error.strerror}: {dkim.key_file}", "name a file that can be read")
        ) from error
    if not pem:
        says = f"the environment variable {dkim.key_env} is not set"
        raise ConfigError(Fault(f"{place}.key_env", says, "put the private key (PEM) there, or name key_file"))
    try:
        return Signer(dkim.domain or mail.sender.rsplit("@", 1)[1].lower(), dkim.selector, load_key(pem))
    except ValueError as error:
        raise ConfigError(Fault(place, str(error), "openssl genrsa -out dkim.pem 2048")) from error
