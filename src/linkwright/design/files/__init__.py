"""Problems and designs as files."""
