"""What a team could try: strategy cards, read from YAML and checked when they are read."""

from relsurvey.view.strategies.model import Strategies, StrategyCard, find, offered, ready

__all__ = ["Strategies", "StrategyCard", "find", "offered", "ready"]
