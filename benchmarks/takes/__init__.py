"""What can be told of a take beside the recording that it was made from."""
