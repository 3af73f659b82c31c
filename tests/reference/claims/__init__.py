"""Claims: which of R's records each room reproduces."""
