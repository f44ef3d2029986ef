"""An item's own rules as one table: nobody else knows what can be set aside or relaxed for one item."""

from linkwright.design.rules.leg_rules import LEG_RULES, mixes_no_technology
from linkwright.design.rules.own_rule import WHOLE, OwnRule, Value
from linkwright.design.rules.part_rules import PART_RULES

__all__ = ["BY_DIMENSION", "OWN_RULES", "WHOLE", "OwnRule", "Value", "mixes_no_technology", "own_rule"]

OWN_RULES: tuple[OwnRule, ...] = (*PART_RULES, *LEG_RULES)
"""In this order rules are asked and set aside; without diversity the searches are the longest, so it comes last."""
BY_DIMENSION = {rule.dimension: rule for rule in OWN_RULES}


def own_rule(constraint: str) -> OwnRule:
    """The rule that `site:X/<dimension>` names.

    Raises:
        KeyError: there is no such dimension.
    """
    return BY_DIMENSION[constraint.rpartition("/")[2]]
