"""The parts of a comparison of groups: tests, ranks, pairs, effects, strata, words."""
