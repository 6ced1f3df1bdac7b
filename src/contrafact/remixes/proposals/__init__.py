"""From words, gestures or a recipe to what it would be and whether it may be; nothing is rendered here."""
