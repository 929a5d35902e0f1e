"""The query editor in Chromium, with `--browser` only."""
