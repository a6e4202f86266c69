"""The `firstrung` command: the operator's face of the program."""
