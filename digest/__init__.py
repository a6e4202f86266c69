"""Verdicts to mail: compose, render, send. It decides nothing; it shows what the matcher found."""
