"""What is kept of remixes, releases and what was taken away: tables, and the only places with queries on them."""
