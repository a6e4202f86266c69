"""Install the house at a folder into this environment, as the lock's tools would: a path, the metadata and the command. For images."""

import sys
import sysconfig
import tomllib
from pathlib import Path


def main(folder: str) -> None:
    """Write what `pip install` would write for a project that stands in `folder`."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    name, version = project["name"], project["version"]
    site = Path(sysconfig.get_path("purelib"))
    (site / f"{name}.pth").write_text(f"{folder}\n", encoding="utf-8")
    metadata = site / f"{name}-{version}.dist-info"
    metadata.mkdir(exist_ok=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
    command = Path(sysconfig.get_path("scripts")) / name
    body = f"#!{sys.executable}\nimport sys\nfrom firstrung.__main__ import main\nsys.exit(main())\n"
    command.write_text(body, encoding="utf-8")
    command.chmod(0o755)


main(sys.argv[1])
