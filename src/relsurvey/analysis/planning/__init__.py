"""The parts of planning: results and precision."""
