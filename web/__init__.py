"""Job seekers' pages, the operators' console and the JSON API."""
