"""Captured payloads of real boards, under the addresses where the boards serve them, with counts and fields taken by hand.

The payloads lie outside this repository (`../shared/wire`); what stands here is only where they belong and what a person read in them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Replay:
    """One board. `files`: address -> file. `listed`, `read`: postings counted by hand. `first`: fields of the first one, read by hand."""

    kind: str
    url: str
    files: Mapping[str, str]
    listed: int
    read: int
    advertised: int | None = None
    complete: bool | None = True
    failure: str | None = None
    first: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)


GREENHOUSE = "https://boards-api.greenhouse.io/v1/boards/x/jobs?content=true"
LEVER = "https://api.lever.co/v0/postings/x?mode=json&skip=0&limit=100"
ASHBY = "https://api.ashbyhq.com/posting-api/job-board/x?includeCompensation=true"
SMART = "https://api.smartrecruiters.com/v1/companies/x/postings"
ORACLE = "https://x.fa.em2.oraclecloud.com/hcmRestApi/resources/latest"
ORACLE_SITE = "https://x.fa.em2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1"
ORACLE_LIST = (
    f"{ORACLE}/recruitingCEJobRequisitions?onlyData=true&expand=requisitionList.workLocation,requisitionList.secondaryLocations"
    "&finder=findReqs;siteNumber=CX_1,limit=200,offset={},sortBy=POSTING_DATES_DESC"
)
ORACLE_ONE = (
    f"{ORACLE}/recruitingCEJobRequisitionDetails?expand=all&onlyData=true&finder=ById;Id=%22{{}}%22,siteNumber=CX_1"
)
WORKDAY = "https://x.wd5.myworkdayjobs.com/wday/cxs/x/Site"
WORKDAY_SITE = "https://x.wd5.myworkdayjobs.com/en-US/Site"
ICIMS = "https://careers-x.icims.com/jobs/search?ss=1&in_iframe=1&pr={}"
JIBE = "https://careers.x.example/api/jobs?page=1&limit=100&sortBy=posted_date&descending=true&internal=false"
ADP = "https://workforcenow.adp.com/mascsr/default/careercenter/public/events/staffing/v1/job-requisitions"
ADP_TAIL = "?cid=c&ccId=1_2&lang=en_US&locale=en_US"
PAYLOCITY = "https://recruiting.paylocity.com/recruiting/jobs/All/add565e9-4cee-4334-8182-9de221ffb9e4/X"
PAYLOCITY_ONE = "https://recruiting.paylocity.com/Recruiting/Jobs/Details/"
UKG = "https://recruiting2.ultipro.com/X/JobBoard/0b0b0b0b-0000-4000-8000-000000000000"
APPLOI = "https://ats-integrations.apploi.com/search/jobs/?teams=30610,32770,37756,41018,42745&page={}&source=company_profile_page"
INLINE = "_mixed_inline/inline/atsscrapers_scrapers_"

REPLAYS: Mapping[str, Replay] = {
    "greenhouse amplitude": Replay(
        "greenhouse",
        "https://job-boards.greenhouse.io/x",
        {GREENHOUSE: "greenhouse/careerkit_board_content.json"},
        2,
        2,
        37,
        False,
        "incomplete",
        {
            "id": "8636903002",
            "title": "Customer Data Scientist - Experimentation",
            "employer": "Amplitude",
            "city": "London",
            "country": "GB",
            "date_posted": "2026-07-16",
            "url": "https://job-boards.greenhouse.io/amplitude/jobs/8636903002",
        },
    ),
    "greenhouse databricks": Replay(
        "greenhouse",
        "https://boards.greenhouse.io/x",
        {GREENHOUSE: "greenhouse/aaronearl_board.json"},
        2,
        2,
        first={"id": "8559344002", "employer": "Databricks", "city": "Tokyo", "country": "JP", "date_posted": "2026-06-29"},
    ),
    "lever idealist": Replay(
        "lever",
        "https://jobs.lever.co/x",
        {LEVER: "lever/careerkit_postings.json"},
        2,
        2,
        first={
            "id": "a24ec4e5-5caa-473d-abd4-b71f09a8167b",
            "city": "Chicago",
            "region": "IL",
            "country": "US",
            "workplace": "remote",
            "employment_type": ("CONTRACTOR",),
            "date_posted": "2025-11-27",
        },
    ),
    "lever veeva": Replay(
        "lever",
        "https://jobs.lever.co/x",
        {LEVER: "lever/aaronearl_postings.json"},
        2,
        2,
        first={"title": "(Associate) Team Lead - Data Operations", "city": "Lisbon", "country": "PT", "employment_type": ("FULL_TIME",)},
    ),
    "lever inline": Replay(
        "lever",
        "https://jobs.lever.co/x",
        {LEVER: f"{INLINE}lever_sample_L204.json"},
        2,
        2,
        first={"id": "abc-123", "title": "Backend Engineer", "workplace": "remote", "date_posted": "2025-01-01"},
    ),
    "ashby highlight": Replay(
        "ashby",
        "https://jobs.ashbyhq.com/x",
        {ASHBY: "ashby/careerkit_job_board.json"},
        2,
        2,
        first={"title": "Senior Technical Recruiter", "country": "CA", "workplace": "remote", "date_posted": "2026-04-20"},
    ),
    "ashby acme": Replay(
        "ashby",
        "https://jobs.ashbyhq.com/x",
        {ASHBY: "ashby/everjobs_job_board.json"},
        3,
        3,
        first={"city": "New York", "region": "NY", "country": "US", "pay": (150000, 190000, "year", "USD")},
    ),
    "ashby abby care": Replay(
        "ashby",
        "https://jobs.ashbyhq.com/x",
        {ASHBY: "healthcare_boards/everjobs_abbycare.json"},
        3,
        3,
        first={"title": "MA - Intake Nurse", "city": "Boston", "date_posted": "2026-06-26"},
    ),
    "smartrecruiters kittitas": Replay(
        "smartrecruiters",
        "https://careers.smartrecruiters.com/x",
        {f"{SMART}?limit=100&offset=0": "healthcare_boards/everjobs_kittitasvalleyhealthcare.json"},
        3,
        3,
        3,
        first={
            "title": "Dietitian - Per Diem",
            "employer": "Kittitas Valley Healthcare",
            "city": "Ellensburg",
            "region": "WA",
            "date_posted": "2026-07-02",
        },
    ),
    "smartrecruiters knight": Replay(
        "smartrecruiters",
        "https://careers.smartrecruiters.com/x",
        {
            f"{SMART}?limit=100&offset=0": "smartrecruiters/careerkit_postings.json",
            f"{SMART}/743999671674844": "smartrecruiters/inline/jobseek_smartrecruiters_posting_L536.json",
        },
        1,
        1,
        1,
        first={"id": "743999671674844", "employer": "Knight Gayles", "pay": (100000, 150000, "year", "USD")},
    ),
    "workday nvidia": Replay(
        "workday",
        WORKDAY_SITE,
        {
            f"{WORKDAY}/jobs": "workday/nvidia_list.json",
            f"{WORKDAY}/job/Israel-Yokneam/Practical-Hardware-Electronics-Test-Engineer_JR2021705": "workday/nvidia_detail_JR2021705.json",
        },
        3,
        1,
        3,
        first={
            "id": "JR2021705",
            "employer": "Mellanox Technologies, Ltd.",
            "city": "Yokneam",
            "country": "IL",
            "employment_type": ("FULL_TIME",),
            "date_posted": "2026-08-02",
        },
    ),
    "workday salesforce": Replay(
        "workday",
        WORKDAY_SITE,
        {f"{WORKDAY}/jobs": "workday/salesforce_list.json"},
        2,
        0,
        2,
    ),
    "workday empty": Replay("workday", WORKDAY_SITE, {f"{WORKDAY}/jobs": "workday/compgraph_workday_search_empty.json"}, 0, 0, 0),
    "icims wipfli": Replay("icims", "https://careers-x.icims.com", {ICIMS.format(0): "icims/wipfli_search_in_iframe.html"}, 2, 0),
    "icims kimley-horn": Replay("icims", "https://careers-x.icims.com", {ICIMS.format(0): "icims/kimley_horn_search_jobstable_rows.html"}, 1, 0),
    "icims bds": Replay(
        "icims",
        "https://careers-x.icims.com",
        {
            ICIMS.format(0): "icims/compgraph_icims_listing_page.html",
            ICIMS.format(1): "icims/compgraph_icims_listing_page_2.html",
            "https://careers-x.icims.com/jobs/47917/meta-lab-assistant-manager/job?in_iframe=1": "icims/compgraph_icims_detail_with_jsonld.html",
        },
        7,
        1,
        first={
            "id": "47917",
            "title": "Meta Lab Assistant Manager",
            "employer": "BDS Connected Solutions",
            "city": "Houston",
            "region": "TX",
            "pay": (65000, 70000, "year", "USD"),
            "date_posted": "2026-02-13",
        },
    ),
    "icims new layout": Replay("icims", "https://careers-x.icims.com", {ICIMS.format(0): "icims/compgraph_icims_listing_new_layout.html"}, 3, 0),
    "icims empty": Replay("icims", "https://careers-x.icims.com", {ICIMS.format(0): "icims/compgraph_icims_listing_empty.html"}, 0, 0),
    "jibe garmin": Replay("icims", "https://careers.x.example/jobs", {JIBE: "icims/garmin_jibe_api_jobs.json"}, 2, 2, 303, False, "incomplete", {
        "id": "18921", "employer": "Garmin International, Inc.", "city": "New Century", "region": "KS", "postal_code": "66031",
        "workplace": "onsite", "employment_type": ("FULL_TIME",), "date_posted": "2026-06-24",
    }),
    "jibe keysight": Replay("icims", "https://careers.x.example/jobs", {JIBE: "icims/keysight_jibe_api_jobs_multilocation.json"}, 2, 2, 2, first={
        "id": "53640", "city": "Santa Rosa", "region": "CA", "places": 2, "date_posted": "2026-10-02",
    }),
    "oracle southern": Replay("oracle", ORACLE_SITE, {
        ORACLE_LIST.format(0): "oracle/southernco_emje_list.json", ORACLE_ONE.format(16280): "oracle/southernco_emje_detail_16280.json",
    }, 3, 1, 105, False, "incomplete", {
        "id": "16280", "title": "Radiation Protection Supervisor - Plant Hatch", "city": "Baxley", "region": "GA", "country": "US",
        "employment_type": ("FULL_TIME",), "date_posted": "2026-06-23", "valid_through": "2026-07-08",
    }),
    "oracle ejov": Replay("oracle", ORACLE_SITE, {
        ORACLE_LIST.format(0): "oracle/ejov_list.json", ORACLE_ONE.format(26876): "oracle/careerkit_detail_trimmed.json",
    }, 2, 1, first={"title": "Technology and Communications Sector Leader", "workplace": "hybrid", "places": 5, "date_posted": "2026-08-19"}),
    "adp": Replay("adp", "https://workforcenow.adp.com/x.html?cid=c&ccId=1_2", {
        f"{ADP}{ADP_TAIL}&$skip=1&$top=20": "adp/list_envelope_shape.json",
        f"{ADP}/9201063079768_1{ADP_TAIL}": "adp/stc_detail_harm_reduction_worker.json",
        f"{ADP}/9205981880694_1{ADP_TAIL}": "adp/nextstar_list_item_with_pay.json",
    }, 2, 2, 2, first={
        "id": "9201063079768_1", "title": "Harm Reduction Outreach Worker", "city": "Saskatoon", "country": "CA",
        "employment_type": ("PER_DIEM",), "date_posted": "2025-05-15",
    }),
    "paylocity fermi": Replay("paylocity", PAYLOCITY, {
        PAYLOCITY: "paylocity/fermi_board_full.html", f"{PAYLOCITY_ONE}4248451": "paylocity/fermi_detail_4248451.html",
    }, 18, 1, first={
        "id": "4248451", "title": "Corporate Tax Director", "city": "Dallas", "region": "TX", "employment_type": ("FULL_TIME",),
        "date_posted": "2026-06-11",
    }),
    "paylocity sendcutsend": Replay("paylocity", PAYLOCITY, {
        PAYLOCITY: "paylocity/sendcutsend_board_full.html", f"{PAYLOCITY_ONE}4272751": "paylocity/sendcutsend_detail_4272751.html",
    }, 7, 1, first={"id": "4272751", "city": "Paris", "region": "KY", "postal_code": "40361", "pay": (22, 40, "hour", "USD")}),
    "ukg": Replay("ukg", UKG, {
        f"{UKG}/JobBoardView/LoadSearchResults": "ukg/mariko_LoadSearchResults.json",
        f"{UKG}/OpportunityDetail?opportunityId=f2c53c84-bd66-45f6-99d6-40d6684ab9a3": "ukg/inline/jobseek_ukg_detail_L451.html",
    }, 2, 1, 2, first={"city": "Henderson", "region": "NV", "date_posted": "2026-09-01"}),
    "workable zaelab": Replay("workable", "https://apply.workable.com/x/", {
        "https://apply.workable.com/api/v1/widget/accounts/x?details=true": "workable/zaelab_widget_details.json",
    }, 1, 1, first={"id": "DD136DD7E7", "employer": "Zaelab", "country": "ES", "places": 2, "workplace": "remote", "date_posted": "2026-08-05"}),
    "recruitee acme": Replay("recruitee", "https://x.recruitee.com/", {"https://x.recruitee.com/api/offers": "recruitee/careerkit_offers.json"}, 2, 2, first={
        "id": "2700825", "employer": "Acme", "city": "Berlin", "country": "DE", "workplace": "hybrid", "pay": (60000, 75000, "year", "EUR"),
        "date_posted": "2026-08-05",
    }),
    "apploi": Replay("apploi", "https://jobs.apploi.com/profile/x", {
        "https://api.apploi.com/v1/company_profiles/x": "apploi/shape_company_profile.json",
        APPLOI.format(1): "apploi/shape_search_jobs_page1.json",
    }, 1, 1, None, False, "incomplete", {"id": "1736889", "city": "New York", "region": "NY", "postal_code": "10018", "date_posted": "2026-05-12"}),
    "hireology": Replay("hireology", "https://careers.hireology.com/x", {
        "https://api.hireology.com/v2/public/careers/x?page=1&page_size=500": "hireology/shape_public_careers_page.json",
    }, 1, 1, 1, first={"id": "2754565", "employer": "Hireology", "city": "Chicago", "region": "IL", "postal_code": "60602"}),
    "applicantpro kirkhill": Replay("applicantpro", "https://x.applicantpro.com/jobs/", {
        "https://x.applicantpro.com/jobs/": "applicantpro/kirkhill_portal_bootstrap.html",
        "https://x.applicantpro.com/core/jobs/19218?getParams=%7B%7D": "applicantpro/kirkhill_core_jobs_list.json",
        "https://x.applicantpro.com/core/jobs/19218/4124648/job-details": "applicantpro/kirkhill_job_details.json",
    }, 1, 1, 1, first={
        "id": "4124648", "employer": "Kirkhill Inc.", "city": "Brea", "region": "CA", "postal_code": "92821", "workplace": "onsite",
        "pay": (110000, 140000, "year", "USD"), "date_posted": "2026-06-22", "valid_through": "2031-06-22",
    }),
    "bamboohr": Replay("bamboohr", "https://x.bamboohr.com/careers", {
        "https://x.bamboohr.com/careers/list": "bamboohr/haydenham_careers_list.json",
        "https://x.bamboohr.com/careers/125/detail": "bamboohr/inline/jobseek_bamboohr_detail_L60.json",
    }, 2, 1, 2, first={"id": "125", "country": "DE", "workplace": "remote", "employment_type": ("FULL_TIME",), "date_posted": "2026-04-08"}),
    "breezy": Replay("breezy", "https://acme.breezy.hr/", {
        "https://acme.breezy.hr/json": "breezy/inline/jobseek_breezy_listing_L28.json",
        "https://acme.breezy.hr/p/abc-platform-engineer": "jsonld/silverparakeet_jobpage_plain.html",
    }, 2, 1, first={"id": "abc", "title": "Platform Engineer", "employer": "Acme", "city": "Berlin", "country": "DE", "date_posted": "2026-03-01"}),
    "teamtailor": Replay("teamtailor", "https://career.teamtailor.com", {
        "https://career.teamtailor.com/jobs.json": "teamtailor/career_teamtailor_jobs_feed.json",
    }, 2, 2, first={"id": "7167985", "city": "Madrid", "country": "ES", "date_posted": "2026-02-04"}),
    "pinpoint acme": Replay("pinpoint", "https://acme.pinpointhq.com", {
        "https://acme.pinpointhq.com/postings.json": "pinpoint/careerkit_postings.json",
    }, 2, 2, first={"id": "post-001", "workplace": "remote", "pay": (135000, 198000, "year", "USD"), "valid_through": "2026-08-28"}),
    "personio acme": Replay("personio", "https://x.jobs.personio.de", {
        "https://x.jobs.personio.de/xml?language=en": "personio/careerkit_feed.xml",
    }, 1, 1, first={"id": "1834171", "employer": "Acme SE & Co. KG", "places": 2, "employment_type": ("FULL_TIME",), "date_posted": "2024-11-13"}),
    "successfactors nextera": Replay("successfactors", "https://jobs.nexteraenergy.com", {
        "https://jobs.nexteraenergy.com/tile-search-results/?q=&sortColumn=referencedate&sortDirection=desc&startrow=0":
            "successfactors/shape_csb_tile_search_results.html",
        "https://jobs.nexteraenergy.com/job/North-Palm-Beach-Role-FL-33408/1340304000/": "successfactors/nextera_csb_detail_microdata_excerpt.html",
    }, 1, 1, first={
        "id": "1340304000", "employer": "NextEra Energy", "city": "North Palm Beach", "region": "FL", "postal_code": "33408",
        "date_posted": "2026-06-24", "valid_through": "2026-09-22",
    }),
    "neogov fulton": Replay("neogov", "https://www.governmentjobs.com/careers/x", {
        "https://www.governmentjobs.com/SearchEngine/JobsFeed?agency=x": "neogov/fulton_governmentjobs_rss.xml",
    }, 2, 2, complete=None, first={
        "id": "410001", "city": "Atlanta", "region": "GA", "pay": (135000, 175000, "year", "USD"), "date_posted": "2026-08-19",
        "valid_through": "2026-09-20",
    }),
    "rss we work remotely": Replay("rss", "https://x.example/f", {"https://x.example/f": "rss/silverparakeet_weworkremotely.rss"}, 2, 2, complete=None, first={
        "title": "PixelWorks: Senior Frontend Developer", "employment_type": ("FULL_TIME",), "date_posted": "2026-07-14",
    }),
    "rss remotive": Replay("rss", "https://x.example/f", {"https://x.example/f": "rss/silverparakeet_remotive.json"}, 3, 3, complete=None, first={
        "id": "1893456", "employer": "Acme Inc.", "pay": (120000, 150000, None, "USD"), "date_posted": "2026-07-15",
    }),
    "rss qorvo": Replay("rss", "https://x.example/f", {"https://x.example/f": "successfactors/qorvo_j2w_rss.xml"}, 2, 2, complete=None, first={
        "city": "Richardson", "region": "TX", "postal_code": "75080", "country": "US", "date_posted": "2026-10-02",
    }),
    "job_xml gist": Replay("job_xml", "https://x.example/f", {"https://x.example/f": "indeed_xml/gist_hieu-v_basic_feed.xml"}, 1, 1, first={
        "id": "unique123131", "title": "JOB 1", "employer": "ABC Hospital", "city": "Phoenix", "region": "AZ", "postal_code": "85003",
        "date_posted": "2021-06-29",
    }),
    "json_ld avalanche": Replay("json_ld", "https://x.example/careers", {
        "https://x.example/careers": "jsonld/everjobs_avalanchefusion_open_positions.html",
    }, 9, 9, first={"title": "Radiation Safety Officer (FusionWERX)", "employer": "Avalanche Energy", "city": "Seattle", "region": "WA"}),
    "json_ld mara": Replay("json_ld", "https://x.example/careers", {"https://x.example/careers": "jsonld/everjobs_mara_inc_careers.html"}, 0, 0, None, False, "not_understood"),
}  # fmt: skip
