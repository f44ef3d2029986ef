"""Version 4 of the TM Forum APIs: the published resources ↔ our words."""

ORDERING = "/tmf-api/serviceOrdering/v4"
QUALIFICATION = "/tmf-api/serviceQualificationManagement/v4"
DESIGN_DOCUMENTS = "/designDocument/v1/designDocument"
