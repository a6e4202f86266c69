"""The installed name of the program: it only finds the house and opens its door."""
