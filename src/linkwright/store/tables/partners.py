"""What is remembered of partners: their answers, how fast they came, and whether dates were kept."""

from sqlalchemy import Column, Index, Integer, LargeBinary, Table

from linkwright.store.tables.basis import WORDS, metadata

partner_answer = Table(
    "lw_partner_answer",
    metadata,
    Column("partner", WORDS, primary_key=True),
    Column("key", WORDS, primary_key=True),
    Column("place", WORDS, nullable=False),
    Column("until", WORDS, nullable=False),
    Column("doc", LargeBinary, nullable=False),
    Index("lw_partner_answer_place", "place"),
    Index("lw_partner_answer_until", "until"),
)

partner_tally = Table(
    "lw_partner_tally",
    metadata,
    Column("partner", WORDS, primary_key=True),
    Column("month", WORDS, primary_key=True),
    Column("answer", WORDS, primary_key=True),
    Column("bucket", Integer, primary_key=True, autoincrement=False),  # of the time that it took
    Column("questions", Integer, nullable=False),
    sqlite_with_rowid=False,
)

partner_delivery = Table(
    "lw_partner_delivery",
    metadata,
    Column("key", WORDS, primary_key=True),
    Column("partner", WORDS, nullable=False),
    Column("promised", WORDS, nullable=False),
    Column("actual", WORDS, nullable=False),
)
