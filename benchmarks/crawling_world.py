"""What the crawl is measured on: pages of 20 KB and a Greenhouse board on disk, behind a web server of the benchmark's own."""

import json
import random
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAGE_BYTES = 20_000
_SUBJECTS = (
    "You",
    "The specialist",
    "Our team",
    "The person in this role",
    "Each clerk",
    "The front desk",
    "A new colleague",
)
_VERBS = (
    "posts",
    "reviews",
    "checks",
    "follows up on",
    "corrects",
    "enters",
    "sends out",
    "explains",
    "files",
    "reconciles",
)
_OBJECTS = (
    *(
        "payments from insurers",
        "denied claims",
        "patient balances",
        "charts before coding",
        "prior authorizations",
        "remittances",
    ),
    *(
        "requests for records",
        "demographic details",
        "referrals from clinics",
        "claims before they go out",
        "coding questions",
    ),
)
_ENDS = (
    *(
        "before noon",
        "with the coding team",
        "every week",
        "within two business days",
        "for four clinics",
        "in the practice system",
    ),
    *(
        "as payers require",
        "under supervision at first",
        "without delay",
        "for residents and families",
        "after each visit",
    ),
)
_TITLES = (
    "Medical Coder",
    "Billing Specialist",
    "Patient Access Representative",
    "Records Clerk",
    "Payment Posting Clerk",
)
_TOWNS = (("Decatur", "IL"), ("Cold Spring", "IL"), ("Ames", "IA"), ("Juniper Falls", "WI"))
_CONF = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log; {user}
events {{ worker_connections 256; }}
http {{
  access_log off; keepalive_timeout 65; keepalive_requests 1000000; etag on;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  default_type text/html; types {{ text/html html; application/xml xml; application/json json; }}
  server {{ listen 127.0.0.1:{port}; root {folder}/www; }}
}}
"""


def sentences(chance: random.Random, size: int) -> str:
    """Made-up sentences, about `size` characters."""
    said: list[str] = []
    length = 0
    while length < size:
        words = (chance.choice(_SUBJECTS), chance.choice(_VERBS), chance.choice(_OBJECTS), chance.choice(_ENDS))
        one = f"{' '.join(words)} ({chance.randrange(10_000)})."
        said.append(f"<li>{one}</li>")
        length += len(said[-1])
    return f"<h3>What you do</h3><ul>{''.join(said)}</ul><p>High school diploma or GED. CPC-A welcome; one year preferred.</p>"


def markup(number: int, base: str, chance: random.Random) -> dict[str, object]:
    """One opening as schema.org has it."""
    city, region = chance.choice(_TOWNS)
    low = round(chance.uniform(16, 24), 2)
    return {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": f"{chance.choice(_TITLES)} {number}",
        "datePosted": f"2026-11-{1 + number % 20:02d}",
        "employmentType": "FULL_TIME",
        "identifier": {"@type": "PropertyValue", "name": "Juniper Care", "value": f"R{number:06d}"},
        "hiringOrganization": {"@type": "Organization", "name": "Juniper Care", "sameAs": base},
        "jobLocation": {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress", "addressLocality": city, "addressRegion": region, "addressCountry": "US",
            },
        },
        "baseSalary": {
            "@type": "MonetaryAmount", "currency": "USD",
            "value": {"@type": "QuantitativeValue", "minValue": low, "maxValue": low + 4, "unitText": "HOUR"},
        },
        "description": sentences(chance, 5_500),
        "url": f"{base}/jobs/{number}.html",
    }  # fmt: skip


def page(number: int, base: str, frame: str) -> str:
    """One page of 20 KB: the frame that all share, the markup, and the same text for people."""
    one = markup(number, base, random.Random(number))
    head = f"<!doctype html><html><head><title>{one['title']}</title>"
    script = f'<script type="application/ld+json">{json.dumps(one)}</script></head>'
    body = f"<body><main><h1>{one['title']}</h1><article>{one['description']}</article></main>"
    room = PAGE_BYTES - len(head) - len(script) - len(body) - len("</body></html>")
    return f"{head}{script}{body}{frame[:room]}</body></html>"


def _frame() -> str:
    """Navigation and footer, as careers sites have them."""
    links = "".join(
        f'<li class="menu-item menu-item-{i}"><a href="/about/{i}">Department {i}</a></li>' for i in range(300)
    )
    return f'<nav class="site-navigation"><ul>{links}</ul></nav>'


def write_pages(folder: Path, base: str, count: int) -> None:
    """The pages and their sitemap under `folder`/www."""
    jobs = folder / "www" / "jobs"
    jobs.mkdir(parents=True, exist_ok=True)
    frame = _frame()
    for number in range(count):
        (jobs / f"{number}.html").write_text(page(number, base, frame), encoding="utf-8")
    urls = "".join(f"<url><loc>{base}/jobs/{number}.html</loc></url>" for number in range(count))
    (folder / "www" / "sitemap.xml").write_text(f"<urlset>{urls}</urlset>", encoding="utf-8")


def write_board(folder: Path, count: int) -> None:
    """A Greenhouse board of so many postings, in one answer, as that vendor gives it."""
    jobs = [_greenhouse(number) for number in range(count)]
    path = folder / "www" / "v1" / "boards" / "juniper"
    path.mkdir(parents=True, exist_ok=True)
    (path / "jobs").write_text(json.dumps({"jobs": jobs, "meta": {"total": count}}), encoding="utf-8")


def _greenhouse(number: int) -> dict[str, object]:
    """One opening in Greenhouse's shape, about 1.5 KB of text."""
    chance = random.Random(number)
    city, region = chance.choice(_TOWNS)
    text = sentences(chance, 1_200)
    return {
        "id": 4_000_000 + number,
        "title": f"{chance.choice(_TITLES)} {number}",
        "absolute_url": f"https://boards.greenhouse.io/juniper/jobs/{4_000_000 + number}",
        "company_name": "Juniper Care",
        "location": {"name": f"{city}, {region}"},
        "first_published": f"2026-11-{1 + number % 20:02d}T09:00:00-05:00",
        "content": text.replace("<", "&lt;").replace(">", "&gt;"),
        "metadata": [],
    }


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """nginx over `folder`/www on a free loopback port; gives its address. Raises FileNotFoundError without nginx."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "www").mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    root = subprocess.run(["id", "-u"], capture_output=True, check=True).stdout.strip() == b"0"
    (folder / "nginx.conf").write_text(_CONF.format(folder=folder, port=port, user="user root;" if root else ""))
    server = subprocess.Popen(
        ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    )
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(base, timeout=1).close()
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.05)
            else:
                break
        yield base
    finally:
        server.terminate()
        server.wait(10)
