"""The dimensions of a requirement that may be relaxed."""

from collections.abc import Mapping
from typing import Literal

Dimension = Literal[
    "date", "period", "bandwidth", "backup_bandwidth", "latency", "jitter", "loss", "optical", "differential",
    "availability", "backup", "diversity", "budget_nrc", "budget_mrc", "features", "technology_allowed",
    "technology_forbidden", "diverse_from", "protects",
]  # fmt: skip
FIELD_OF: Mapping[Dimension, str] = {
    "date": "needed_by",
    "period": "service_end",
    "bandwidth": "bandwidth_mbps",
    "backup_bandwidth": "backup_mbps",
    "latency": "round_trip_ms",
    "jitter": "jitter_ms",
    "loss": "loss",
    "optical": "optical_db",
    "differential": "differential_round_trip_ms",
    "availability": "availability",
    "backup": "backup",
    "diversity": "diversity",
    "budget_nrc": "budget_nrc_minor",
    "budget_mrc": "budget_mrc_minor",
    "features": "cpe_features",
    "technology_allowed": "technology_allowed",
    "technology_forbidden": "technology_forbidden",
    "diverse_from": "diverse_from",
    "protects": "protects",
}
"""The field of a requirement that each dimension is."""
