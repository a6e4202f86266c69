"""Boards that the tests crawl: a live local server, replays of captured payloads, and boards of our own making."""
