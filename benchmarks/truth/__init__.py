"""Songs rendered from code with soundfonts and effects, and the exact truth about each of them."""
