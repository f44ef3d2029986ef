"""Design documents as people read them: sections out of the JSON document, HTML or Markdown out of the sections."""
