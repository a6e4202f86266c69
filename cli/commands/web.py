"""`firstrung web`: the pages on which people join, change and leave."""

import click

from cli.logs import start_logging
from cli.main import PEOPLE, Place


@click.command()
@click.option("--host", help="Where to listen; default: web.host of service.yaml.")
@click.option("--port", type=int, help="The port; default: web.port of service.yaml.")
@click.pass_obj
def web(place: Place, host: str | None, port: int | None) -> None:
    """Serve the pages on which people join, change what they look for, pause and leave."""
    import uvicorn

    from web.app import create_app

    start_logging(verbose=True, as_json=False)
    with place.house() as house:
        rules = house.configuration.service.web
        app = create_app(house)
        where = f"http://{host or rules.host}:{port or rules.port}"
        PEOPLE.print(
            f"The pages stand at {where}; people reach them at {house.mail.public_url or where}.", markup=False
        )
        # No access log: addresses of pages hold tokens.
        uvicorn.run(
            app, host=host or rules.host, port=port or rules.port, access_log=False, proxy_headers=rules.behind_proxy,
            forwarded_allow_ips=list(rules.proxies), server_header=False, log_config=None,
        )  # fmt: skip
