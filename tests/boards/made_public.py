"""Boards of our own making: boards that are read from public pages and feeds."""

import html
import json
from collections.abc import Sequence
from typing import Any

from tests.boards.openings import Opening
from tests.boards.server import Asked
from tests.boards.shapes import EMPLOYER, board, markup, only, page_of, part


@board("https://www.junipercare.example/sitemap_index.xml", r"sitemap")
def json_ld(openings: Sequence[Opening], asked: Asked) -> Any:
    """An index of two sitemaps, with a blog in one and tracked addresses in the other."""
    if asked.path == "/sitemap_index.xml":
        inner = "".join(
            f"<sitemap><loc>https://www.junipercare.example/sitemap-{number}.xml</loc></sitemap>" for number in (1, 2)
        )
        return f"<sitemapindex>{inner}</sitemapindex>"
    if asked.path.startswith("/sitemap-"):
        half = openings[::2] if "1" in asked.path else openings[1::2]
        urls = "".join(
            f"<url><loc>https://www.junipercare.example/jobs/{one.number}/opening?utm_source=map</loc></url>"
            for one in half
        )
        return f"<urlset>{urls}<url><loc>https://www.junipercare.example/blog/{asked.path[9]}</loc></url></urlset>"
    one = only(openings, asked.path)
    return page_of(one, identifier={"@type": "PropertyValue", "value": f"JC-{one.number}"}) if one else None


@board("https://www.junipercare.example/feed.rss", r"feed")
def rss(openings: Sequence[Opening], asked: Asked) -> Any:
    """RSS with the place in the title's brackets."""
    items = "".join(
        f"<item><title>{html.escape(one.title)} ({one.city}, {one.state}, US, {one.postal_code})</title>"
        f"<link>https://www.junipercare.example/jobs/{one.number}?utm_source=rss</link><guid>JC-{one.number}</guid>"
        f"<pubDate>{one.posted:%a, %d %b %Y} 7:00:00 GMT</pubDate><description>{html.escape(one.body)}</description></item>"
        for one in openings
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Jobs</title>{items}</channel></rss>'


@board("https://www.junipercare.example/jobs.xml", r"jobs\.xml")
def job_xml(openings: Sequence[Opening], asked: Asked) -> Any:
    """The Indeed-style feed, CDATA all over, padded addresses."""
    jobs = "".join(
        f"<job><title><![CDATA[{one.title}]]></title><date><![CDATA[{one.posted:%a, %d %b %Y} 00:00:00 GMT]]></date>"
        f"<referencenumber><![CDATA[JC-{one.number}]]></referencenumber><url>\n<![CDATA[https://www.junipercare.example/{one.number}]]>\n</url>"
        f"<company><![CDATA[{EMPLOYER}]]></company><city><![CDATA[{one.city}]]></city><state><![CDATA[{one.state}]]></state>"
        f"<country><![CDATA[US]]></country><postalcode><![CDATA[{one.postal_code}]]></postalcode>"
        f"<description><![CDATA[{one.body}]]></description><salary><![CDATA[${one.low} - ${one.high} per hour]]></salary>"
        f"<jobtype><![CDATA[{one.kind}]]></jobtype></job>"
        for one in openings
    )
    return f"<?xml version='1.0' encoding='utf-8'?><source><publisher>Us</publisher>{jobs}</source>"


@board(
    "https://www.junipercare.example/openings",
    r"/openings",
    postings="li.opening a",
    next="a.next",
    empty="p.nothing",
    fields={
        "title": "h1",
        "description": "div.text",
        "location": ".place",
        "pay": ".pay",
        "date_posted": ".since",
        "employment_type": ".kind",
    },
)
def html_(openings: Sequence[Opening], asked: Asked) -> Any:
    """A site of no known kind, 20 openings a page."""
    if asked.path == "/openings":
        page = int(asked.query.get("page", "1"))
        rows = "".join(
            f'<li class="opening"><a href="/opening/{one.number}">{one.title}</a></li>'
            for one in part(openings, (page - 1) * 20, 20)
        )
        following = f'<a class="next" href="?page={page + 1}">Next</a>' if page * 20 < len(openings) else ""
        return f"<html><ul>{rows}</ul>{following}{'' if openings else '<p class=nothing>Nothing open.</p>'}</html>"
    one = only(openings, asked.path)
    return one and (
        f'<html><h1>{one.title}</h1><span class="place">{one.place}</span><span class="pay">${one.low} - ${one.high} per hour</span>'
        f'<span class="since">{one.posted:%B %d, %Y}</span><span class="kind">{one.kind}</span><div class="text">{one.body}</div></html>'
    )


@board("https://careers-juniper.icims.com/jobs/intro", r"/jobs/search")
def icims(openings: Sequence[Opening], asked: Asked) -> Any:
    """Pages counted from 0, 20 cards each; without the inner frame one gets the wrapper; markup with dates made up on the spot."""
    if "in_iframe" not in asked.query:
        return "<html><body><iframe src='?in_iframe=1'></iframe></body></html>"
    if asked.path == "/jobs/search":
        index = int(asked.query["pr"])
        cards = "".join(
            f'<li class="iCIMS_JobCardItem"><div><span class="sr-only">Job Locations</span><span>US-{one.state}-{one.city}</span>'
            f'<span title="{one.posted.month}/{one.posted.day}/{one.posted.year} 10:23 AM">some days ago</span></div>'
            f'<a class="iCIMS_Anchor" href="https://careers-juniper.icims.com/jobs/{one.number}/opening/job?in_iframe=1"><h3>{one.title}</h3></a></li>'
            for one in part(openings, index * 20, 20)
        )
        pages = max(1, -(-len(openings) // 20))
        return f'<html><body><ul class="iCIMS_JobsTable">{cards}</ul><div>Search Results Page {index + 1} of {pages}</div></body></html>'
    one = only(openings, asked.path)
    return page_of(one, datePosted="2026-11-21T08:17:42.806Z", validThrough="2031-11-21T08:17:42.806Z") if one else None


@board("https://jobs.junipercare.example/", r"tile-search|sitemap")
def successfactors(openings: Sequence[Opening], asked: Asked) -> Any:
    """No sitemap; 25 tiles a page, each three times; microdata with Java's dates and an empty second description."""
    if asked.path == "/tile-search-results/":
        tiles = "".join(
            f'<li class="job-tile" data-url="/job/{one.city.replace(" ", "-")}-Opening/{one.number}00/">'
            + f'<a class="jobTitle-link" href="/job/{one.city.replace(" ", "-")}-Opening/{one.number}00/">{one.title}</a>'
            * 3
            + "</li>"
            for one in part(openings, int(asked.query["startrow"]), 25)
        )
        return f'<div id="tile-search-results"><ul>{tiles}</ul></div>'
    one = only(openings, asked.path)
    if one is None or not asked.path.startswith("/job/"):
        return None
    return (
        '<html><body><div itemscope itemtype="http://schema.org/JobPosting"><span itemprop="description"> </span>'
        f'<h1 itemprop="title name">{one.title}</h1><meta itemprop="datePosted" content="{one.posted:%a %b %d} 07:00:00 UTC {one.posted.year}">'
        f'<meta itemprop="hiringOrganization" content="{EMPLOYER}"><span itemprop="jobLocation" itemscope itemtype="http://schema.org/Place">'
        f'<span itemprop="address" itemscope itemtype="http://schema.org/PostalAddress"><meta itemprop="addressLocality" content="{one.city}">'
        f'<meta itemprop="addressRegion" content="{one.state}"><meta itemprop="addressCountry" content="US"></span></span>'
        f'<span itemprop="description">{one.body}</span></div></body></html>'
    )


@board("https://juniper.applytojob.com/apply", r"/apply/jobs$")
def jazzhr(openings: Sequence[Opening], asked: Asked) -> Any:
    """Each posting twice on one page."""
    if asked.path == "/apply/jobs":
        rows = "".join(
            f'<tr><td><a class="job_title_link" href="/apply/jobs/details/K{one.number}?&">{one.title}</a></td><td>{one.place}</td></tr>'
            for one in openings
        )
        again = "".join(
            f'<div class="jobs_row"><a class="job_title_link" href="/apply/jobs/details/K{one.number}?&">x</a></div>'
            for one in openings
        )
        named = json.dumps({"@type": "Organization", "name": EMPLOYER})
        return f'<html><script type="application/ld+json">{named}</script><table id="jobs_table">{rows}</table>{again}</html>'
    one = only(openings, asked.path)
    return page_of(one) if one else None


@board("https://www.governmentjobs.com/careers/junipercounty", r"JobsFeed")
def neogov(openings: Sequence[Opening], asked: Asked) -> Any:
    """A feed with fields and dates of its own."""
    if asked.query.get("agency") != "junipercounty":
        return '<?xml version="1.0"?><rss version="2.0"><channel><title>None</title></channel></rss>'
    items = "".join(
        f"<item><title>{one.title}</title><link>https://www.governmentjobs.com/careers/junipercounty/jobs/{one.number}</link>"
        f"<description>{html.escape(one.body)}</description><joblisting:jobId>{one.number}</joblisting:jobId>"
        f"<joblisting:advertiseFromDateUTC>{one.posted:%a, %d %b %Y} 05:00:00:0</joblisting:advertiseFromDateUTC>"
        f"<joblisting:minimumSalary>{one.low}</joblisting:minimumSalary><joblisting:maximumSalary>{one.high}</joblisting:maximumSalary>"
        f"<joblisting:salaryInterval>Hour</joblisting:salaryInterval><joblisting:location>{one.city}, {one.state_name}</joblisting:location></item>"
        for one in openings
    )
    space = 'xmlns:joblisting="http://www.neogov.com/namespaces/JobListing"'
    return f'<?xml version="1.0"?><rss version="2.0" {space}><channel><title>Jobs</title>{items}</channel></rss>'


@board("https://juniper.teamtailor.com", r"jobs\.json")
def teamtailor(openings: Sequence[Opening], asked: Asked) -> Any:
    """A feed of 20 a page with the address of the next."""
    if asked.path != "/jobs.json":
        return None
    page = int(asked.query.get("page", "1"))
    items = [
        {
            "id": one.uuid,
            "title": one.title,
            "url": f"https://juniper.teamtailor.com/jobs/{one.number}-opening",
            "_jobposting": markup(one, identifier={"@type": "PropertyValue", "value": one.number}),
        }
        for one in part(openings, (page - 1) * 20, 20)
    ]
    feed: dict[str, Any] = {"version": "https://jsonfeed.org/version/1.1", "items": items}
    if page * 20 < len(openings):
        feed["next_url"] = f"https://juniper.teamtailor.com/jobs.json?page={page + 1}"
    return feed


@board("https://juniper.jobs.personio.de", r"/xml")
def personio(openings: Sequence[Opening], asked: Asked) -> Any:
    """The first position stands there twice."""
    if asked.path != "/xml":
        return None
    rows = [
        f"<position><id>{one.number}</id><subcompany>{EMPLOYER}</subcompany><office>{one.place}</office><name>{one.title}</name>"
        f"<schedule>{one.kind.lower().replace(' ', '-')}</schedule><createdAt>{one.posted}T10:00:00+00:00</createdAt><jobDescriptions>"
        f"<jobDescription><name>The work</name><value><![CDATA[{one.body}]]></value></jobDescription></jobDescriptions></position>"
        for one in openings
    ]
    return f"<?xml version='1.0' encoding='UTF-8'?><workzag-jobs>{''.join(rows[:1] + rows)}</workzag-jobs>"
