"""A made-up county's job boards and a small server for them: for `make demo`, the tests and the screenshots.

Nothing here is real: Sandhill County, its employers and their openings are inventions that stand on real Illinois
ZIP codes, so that distances work. This package imports none of the others and needs only the standard library.
"""
