"""What models there are and what they cost: data with a date, exact amounts, no network.

`catalogue.py` reads `models.yaml`; `prices.py` prices what was used and bounds what could be.
What does not belong here: limits (`posthub_assets/domain/spending/`), booking.
"""

from resources.pricing.catalogue import ModelFacts, default_model, facts_of, models_of
from resources.pricing.prices import Estimate, Priced, estimate, price

__all__ = [
    "Estimate",
    "ModelFacts",
    "Priced",
    "default_model",
    "estimate",
    "facts_of",
    "models_of",
    "price",
]
