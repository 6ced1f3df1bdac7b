"""What people and programs are told: the inbox, and webhooks that are tried again with patience."""
