"""What providers' responses say: usage, how the call was run, what was charged."""
