"""The web service: REST under /api/v1 and one page, over an Assessor; loopback only until there is authentication."""
