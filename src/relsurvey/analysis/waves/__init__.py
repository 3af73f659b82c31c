"""The parts of a change between waves: the same students, who came and left, schools, faces."""
