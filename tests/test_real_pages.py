"""Real saved pages through `json_ld`, and real feeds, read in place from the shared material; the counts were taken by hand."""

from pathlib import Path

import pytest

from tests.boards.crawling import Crawl, read_from
from tests.boards.server import Answer, Asked

PAGES = {
    "e-application_mercy": (
        1,
        "Medical Laboratory Scientist/Medical Laboratory Technician",
        "Harvard, IL",
        "2025-04-17",
    ),
    "job-postings_-37949": (1, "Patient Access Supervisor", "Crystal Lake, IL", "2024-12-11"),
    "job-postings_indeed-medical": (1, "Medical Cash Poster", "Park Ridge, IL", "2025-04-01"),
    "job-postings_indeed-village": (1, "Assistant Manager", "Palatine, IL", "2025-04-22"),
    "job-postings_job-posting": (1, "EXECUTIVE SECRETARY II (UPWARD MOBILITY)", "Elgin, IL", "2025-04-15"),
    "job-postings_lever": (1, "Software Engineer", "Greece", "2025-01-28"),
    "job-postings_mercy": (1, "Patient Access Supervisor", "Crystal Lake, IL", "2024-12-11"),
    "job-postings_www-3814927408": (0, "", "", ""),
    "job-postings_www.monster.com": (0, "", "", ""),
    "nm.org": (
        1,
        "Patient Service Representative-Immediate Care Center Crystal Lake",
        "Crystal Lake, IL",
        "2025-04-17",
    ),
    "stem.org": (1, "Patient Access Lead", "Rockford, IL", "2025-04-23"),
    "ystem.org": (1, "Patient Access Supervisor", "Crystal Lake, IL", "2024-12-11"),
}
MARKUP = {
    "everjobs_avalanchefusion_open_positions.html": 9,
    "everjobs_mara_inc_careers.html": 0,
    "everjobs_workatastartup_detail_diode.html": 1,
    "everjobs_workatastartup_detail_loombotic.html": 1,
    "jobseek_meta_software_engineer.html": 1,
    "jobseek_neura_robotics_manager.html": 1,
    "jobseek_jobylon_mcdonalds_se_list.html": 0,
}


def page_of(path: Path) -> Crawl:
    """One saved page, crawled as a careers page of its own."""
    body = path.read_bytes()

    def handler(asked: Asked) -> Answer | None:
        return Answer(body, headers={"Content-Type": "text/html"}) if asked.path == "/careers/p" else None

    return read_from(handler, kind="json_ld", url="https://x.example/careers/p")


@pytest.mark.parametrize("begins", PAGES)
def test_saved_pages(shared: Path, begins: str) -> None:
    (path,) = [one for one in (shared / "postings" / "html_pages").iterdir() if one.name.startswith(begins)]
    count, title, place, posted = PAGES[begins]

    crawl = page_of(path)

    assert len(crawl.postings) == count
    for posting in crawl.postings:
        assert posting.title.startswith(title)
        assert posting.locations[0].text == place
        assert posting.date_posted is not None
        assert posting.date_posted.isoformat() == posted
        assert posting.employer
        assert len(posting.description) > 1000
    assert count or crawl.failure in ("not_understood", "not_found")


@pytest.mark.parametrize("name", MARKUP)
def test_captured_markup(shared: Path, name: str) -> None:
    crawl = page_of(shared / "wire" / "jsonld" / name)

    assert len(crawl.postings) == MARKUP[name]
    assert all(posting.title and posting.url and posting.employer for posting in crawl.postings)
