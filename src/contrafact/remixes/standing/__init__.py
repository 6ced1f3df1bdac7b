"""How a take and a release stand: states and who may move them, blocks, numbers, surfaces, what may not come back."""
