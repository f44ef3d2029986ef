"""The metadata that every table belongs to, and the types of their columns."""

from sqlalchemy import BigInteger, Integer, MetaData, Text

metadata = MetaData()

WORDS = Text().with_variant(Text(collation="C"), "postgresql")
SERIAL = BigInteger().with_variant(Integer, "sqlite")
