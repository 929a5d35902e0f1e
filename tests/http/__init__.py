"""The web application, through the test client."""
