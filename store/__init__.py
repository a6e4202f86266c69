"""The only package on disk and database: the YAML files, the rows, the queries and the migrations."""
