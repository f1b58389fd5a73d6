"""The exchange room (floor 7): files in and out, one format a file."""
