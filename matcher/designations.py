"""What imported files add to a reading: why its place or employer is underserved, in words that are true, with the file's date."""

from dataclasses import replace

from model.areas import Designations
from model.posting import Posting
from model.reading import Evidence, Reading, Underserved


def with_designations(posting: Posting, reading: Reading, known: Designations) -> Reading:
    """The reading with the bases that the files show for the posting's places; those that the text shows stay first."""
    have = {one.basis for one in reading.underserved}
    added: list[Underserved] = []
    for place in posting.locations:
        for area in known.at(posting.employer, place.postal_code):
            if area.basis not in have:
                have.add(area.basis)
                says = f"{area.says} ({area.kind} file of {known.as_of.get(area.kind, 'no date')})"
                evidence = Evidence(quote=says, start=0, end=0, rule=f"areas-{area.kind}", field="areas")
                added.append(Underserved(basis=area.basis, evidence=evidence))
    return replace(reading, underserved=(*reading.underserved, *added)) if added else reading
