"""Deliveries by DDEX: what labels told, found in the catalogue, put into it, and answered."""
