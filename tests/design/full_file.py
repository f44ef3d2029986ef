"""A file of the second version in which every member that is new stands."""

from typing import Any

from linkwright.design.files.format import FORMATS


def full_file() -> dict[str, Any]:
    """A file in which every member of the second version has a value that is not its default."""
    return {
        "format": FORMATS[2],
        "name": "full",
        "as_of": "2027-01-04",
        "term_months": 12,
        "objective": {"kind": "npv", "nrc": 1, "mrc": 11.255},
        "budget": {},
        "network": {
            "nodes": [
                {"id": "p", "lat": 50.0, "lon": 8.0, "availability": 0.999, "delay_ms": 0.1, "jitter_ms": 0.2},
                {"id": "h", "lat": 51.0, "lon": 8.5, "availability": 1.0, "delay_ms": 0.0, "loss": 0.001},
            ],
            "links": [
                {
                    "id": "ph", "a": "p", "z": "h", "length_km": 12.5, "availability": 0.9999, "mrc_per_mbps": 3,
                    "capacity_mbps": 1000, "srlg": ["duct", "door", "own"], "upgrades": [],
                    "jitter_ms": 0.1, "loss": 0.002,
                    "fibre": {
                        "db_per_km": 0.2, "splices": 3, "splice_db": 0.05, "connectors": 2, "connector_db": 0.3,
                        "margin_db": 1.5,
                    },
                    "retirements": [{"day": 200, "removes_mbps": 400}],
                    "bookings": [{"from_day": 10, "to_day": 20, "mbps": 100}],
                }
            ],
            "srlgs": [
                {"id": "duct", "availability": 0.9999},
                {"id": "door", "availability": 1.0, "kind": "entry"},
                {"id": "own", "availability": 1.0, "kind": "carrier"},
            ],
        },
        "sites": [
            {
                "id": "s", "bandwidth_mbps": 10, "max_latency_ms": 5.0, "min_availability": 0.99,
                "diversity": ["carrier", "srlg"], "required_day": 90, "destinations": ["h"], "cpe_per_leg": True,
                "features": [],
                "legs": [
                    {},
                    {
                        "role": "backup", "bandwidth_mbps": 2, "max_latency_ms": 40.0, "max_jitter_ms": 9.0,
                        "max_loss": 0.1, "max_optical_db": 30.0, "technologies": ["5g", "lte"],
                    },
                ],
                "backup_of_other_technology": True,
                "max_jitter_ms": 1.0, "max_loss": 0.01, "max_optical_db": 20.0, "max_differential_ms": 0.5,
                "end_day": 300, "term_months": 10, "npv": {"nrc": 0.9, "mrc": 8.0},
                "budget": {"nrc": 100, "mrc": 10, "total": 220},
                "technologies_allowed": ["fibre", "5g"], "technologies_forbidden": ["satellite"],
                "partners_excluded": ["x"], "partners_preferred": ["w"],
                "frees": [{"link": "ph", "mbps": 5}, {"pop": "p", "ports": 1}], "nrc": 4, "mrc": 2,
            },
            {
                "id": "t", "bandwidth_mbps": 10, "max_latency_ms": 5.0, "min_availability": 0.99, "diversity": "node",
                "required_day": 90, "destinations": [], "cpe_per_leg": False, "features": [],
            },
        ],
        "access_options": [
            {
                "id": "s-1", "site": "s", "pop": "p", "bandwidth_mbps": 100, "nrc": 5, "mrc": 1, "availability": 0.999,
                "delay_ms": 0.1, "lead_days": 20, "srlg": [], "work": {}, "jitter_ms": 0.3, "loss": 0.001,
                "optical_db": 2.0, "undeclared": ["srlg", "entry", "carrier"], "until_day": 900,
                "bookings": [{"from_day": 400, "to_day": 410}], "existing": True,
            },
            {
                "id": "t-z", "site": "t", "pop": "h", "bandwidth_mbps": 100, "nrc": 5, "mrc": 1, "availability": 0.999,
                "delay_ms": 0.1, "lead_days": 20, "srlg": [], "work": {}, "end": "z",
            },
        ],
        "cpe_models": [
            {
                "id": "box", "max_mbps": 100, "features": [], "nrc": 5, "mrc": 1, "availability": 0.999,
                "delay_ms": 0.1, "jitter_ms": 0.1, "loss": 0.001, "stock": [{"by_day": 90, "pieces": 3}],
            }
        ],
        "builds": [],
        "partners": [],
        "field_capacity": [],
        "frees": [{"link": "ph", "mbps": 5, "day": 30}, {"pop": "p", "ports": 1}],
        "apart": [{"a": "s", "b": "t", "diversity": "srlg"}, {"a": "t", "b": "s"}],
        "meets": [{"id": "m", "sites": ["s"], "nodes": ["h", "p"]}],
    }  # fmt: skip
