"""The designs behind the answers, as documents."""

from dataclasses import dataclass

from connexion.lifecycle import ConnexionResponse

from linkwright.api.ports import Designs
from linkwright.api.replies import reply
from linkwright.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class DesignDocumentApi:
    designs: Designs

    def retrieve_design_document(self, id: str) -> ConnexionResponse:
        document = self.designs.document(id)
        if document is None:
            raise NotFound("design document", id)
        return reply(document)
