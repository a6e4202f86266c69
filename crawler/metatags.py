"""A posting in a page's meta tags, as some career sites (TalentBrew and its like) write it, as a JobPosting object."""

from typing import Any

from crawler.page import Page


def posting(page: Page) -> dict[str, Any] | None:
    """The JobPosting object that a page's `job-…` tags hold; None unless they hold a title and a description."""
    if b"job-title" not in page.body:
        return None
    tags = {
        tag.attrib["name"].lower(): tag.attrib.get("content", "").strip() for tag in page.tree.xpath("//meta[@name]")
    }
    title, description = tags.get("job-title"), tags.get("job-description")
    if not title or not description:
        return None
    others = [
        part.strip().replace(",", ", ") for part in tags.get("job-secondarylocations", "").split(";") if part.strip()
    ]
    first = {
        "addressLocality": tags.get("job-city"),
        "addressRegion": tags.get("job-region"),
        "addressCountry": tags.get("job-country"),
    }
    return {
        "@type": "JobPosting",
        "title": title,
        "description": description,
        "datePosted": tags.get("job-posteddate"),
        "identifier": tags.get("job-id"),
        "jobLocationType": tags.get("job-workingmode"),
        "jobLocation": [{"address": first}, *others],
    }


def place(page: Page) -> dict[str, Any] | None:
    """The place in a `gtm_tbcn_location` tag ("City~Region~Country"); None if there is none."""
    told = page.tree.xpath("//meta[@name='gtm_tbcn_location']/@content").get()
    if not told:
        return None
    city, region, country, *_ = [*told.split("~"), "", "", ""]
    return {"address": {"addressLocality": city, "addressRegion": region, "addressCountry": country}}
