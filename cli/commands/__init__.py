"""One module for each family of commands; `cli.main` gathers them."""
