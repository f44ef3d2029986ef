"""What partners and our own order systems tell us. It is only a hint, so it is answered at once and harmless twice."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from linkwright.api.brevity import brief
from linkwright.api.callers import body_of, caller_of
from linkwright.api.event_secrets import check_secret
from linkwright.api.identity import SEE_ALL
from linkwright.api.replies import Reply, reply
from linkwright.errors import Forbidden, NotFound
from linkwright.orders.peer_event import PeerNews
from linkwright.wire.v4.events import read_hint


@dataclass(frozen=True, kw_only=True)
class PeerEventApi:
    news: PeerNews
    peers: Collection[str]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @brief
    def receive_peer_event(self, peer: str) -> Reply:
        if peer not in self.peers:
            raise NotFound("peer", peer)
        if caller_of().sees_only not in (None, peer):  # a partner speaks for itself alone
            raise Forbidden(SEE_ALL)
        check_secret(peer, self.secrets)
        hint = read_hint(body_of())
        if hint is not None:
            self.news.heard(peer, hint)
        return reply({}, 201)

    @brief
    def receive_named_peer_event(self, peer: str, eventName: str) -> Reply:  # noqa: N803, ARG002
        """Some senders append the event's name to the callback; the event says it itself."""
        return self.receive_peer_event(peer)
