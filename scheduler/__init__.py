"""When: the steps strung together, the clock that finds what is due, and the configuration that both go by."""
