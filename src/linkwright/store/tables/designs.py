"""Designs, what they were computed from, and which item of a check each of them answers."""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, Table

from linkwright.store.tables.basis import WORDS, metadata

design = Table(
    "lw_design",
    metadata,
    Column("design_id", WORDS, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("requester", WORDS, nullable=False),
    Column("doc", LargeBinary, nullable=False),
    Column("created_at", WORDS, nullable=False),
    Column("ordered", Boolean),  # whether an order ever committed it; unknown of designs from before this column
)

design_network = Table(
    "lw_design_network",
    metadata,
    Column("id", WORDS, primary_key=True),
    Column("doc", LargeBinary, nullable=False),
)

design_input = Table(
    "lw_design_input",
    metadata,
    Column("id", WORDS, primary_key=True),
    Column("network_id", WORDS, nullable=False),
    Column("rest", LargeBinary, nullable=False),
    Column("ask", LargeBinary, nullable=False),
    Column("outcome", LargeBinary, nullable=False),
    Column("core_version", WORDS, nullable=False),
    Column("created_at", WORDS, nullable=False),  # when a design was last computed from it
)

qualified = Table(
    "lw_qualified",
    metadata,
    Column("check_id", WORDS, primary_key=True),
    Column("item_id", WORDS, primary_key=True),
    Column("proposal_id", WORDS, primary_key=True),  # empty for the item's own design
    Column("design_id", WORDS, nullable=False),
    Index("lw_qualified_design", "design_id"),
)
