"""Text to reading to verdict: pure functions over frozen values, without files, network or clock."""
