"""The parts of differential item functioning: models of one question, tables, words."""
