"""`firstrung explain`: every quote marked where it stands, nothing lost, nothing that the posting could break out with."""

from cli.commands.explaining import _first_line
from digest.explaining import marked, page, tree
from matcher.reading import reader_of
from matcher.taxonomy import Taxonomy
from tests.samples import posting

TEXT = """<h2>Requirements</h2><ul><li>High school diploma or GED</li><li>CPC or CCS</li><li>Two years of coding experience</li></ul>
<h2>Preferred</h2><ul><li>RHIT</li></ul><p>Pay: $21.00 - $24.00 per hour. <script>alert(1)</script> A &lt;b&gt;bold&lt;/b&gt; team.</p>"""


def test_the_quotes_are_marked_in_place(taxonomy: Taxonomy) -> None:
    one = posting(description=TEXT, pay=None)
    stretches = marked(one, reader_of(taxonomy).read(one))

    found = {(part.kind, part.text) for part in stretches if part.kind}
    assert {("credential", "CPC"), ("credential", "CCS"), ("credential", "RHIT")} <= found
    assert any(kind == "experience" and "Two years" in text for kind, text in found)
    assert "".join(part.text for part in stretches).startswith("Requirements\nHigh school diploma")


def test_the_tree_tells_alternatives_and_wishes(taxonomy: Taxonomy) -> None:
    asked, wanted, facts = tree(reader_of(taxonomy).read(posting(description=TEXT)), taxonomy)

    assert asked.says == "has to be met: all of"
    assert any(node.says == "any of" and len(node.below) == 2 for node in asked.below)
    assert [node.says for node in wanted.below] == ["preferred: Registered Health Information Technician"]
    assert any(node.says == "least experience, whichever way: 2 years" for node in facts.below)


def test_what_the_job_s_name_presupposes_is_shown_as_that(taxonomy: Taxonomy) -> None:
    asked, *_ = tree(reader_of(taxonomy).read(posting(title="Pharmacist", description="We are kind.")), taxonomy)

    assert asked.below[-1].says.startswith("presupposed by the job's name")
    assert [node.says for node in asked.below[-1].below] == ["required: pharmacist license"]


def test_the_page_loads_nothing_and_runs_nothing(taxonomy: Taxonomy) -> None:
    one = posting(description=TEXT, title='<img src=x onerror="alert(1)">')
    html = page(one, reader_of(taxonomy).read(one), taxonomy)

    assert "<script" not in html
    assert "<img" not in html
    assert "http" not in html
    assert '<mark class="credential" title="credential">CPC</mark>' in html
    assert "prefers-color-scheme: dark" in html


def test_a_text_file_s_first_line_is_its_title_where_it_can_be_one() -> None:
    assert _first_line("Records Clerk\n\nRequirements\n- CPC") == "Records Clerk"
    assert _first_line("We look for a clerk.\nRequirements: CPC") == ""
    assert _first_line("CPC") == ""
    assert _first_line("<h1>Clerk</h1>\n<p>CPC</p>") == ""
