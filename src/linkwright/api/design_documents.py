"""The designs behind the answers, as documents."""

from dataclasses import dataclass

import orjson

from linkwright.api.callers import caller_of
from linkwright.api.collections import visible
from linkwright.api.ports import Designs
from linkwright.api.replies import Reply, reply
from linkwright.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class DesignDocumentApi:
    designs: Designs

    def retrieve_design_document(self, id: str) -> Reply:
        caller = caller_of()
        document = self.designs.document(id, caller.sees_only)
        if document is None:
            raise NotFound("design document", id)
        return reply(document if caller.sees_costs else visible(orjson.loads(document), caller))
