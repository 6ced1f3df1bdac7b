"""How the weights of the rhythm's ear are found."""
