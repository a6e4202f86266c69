"""The pages on which people join, change what they look for, pause, leave, and take or delete their data. No scripts."""
