"""The tests: examples of what the program promises."""
