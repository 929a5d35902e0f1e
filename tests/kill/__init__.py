"""Tests that end processes with SIGKILL, at random moments."""
