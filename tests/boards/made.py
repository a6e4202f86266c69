"""Boards of our own making: the openings of `openings.py` in each format's shape, under its real paths, with its documented quirks."""

from tests.boards import made_documented, made_public, made_vendors
from tests.boards.shapes import BOARDS, EMPLOYER, Made

__all__ = ["BOARDS", "EMPLOYER", "Made", "made_documented", "made_public", "made_vendors"]
