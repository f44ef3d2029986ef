"""What one would write in a day: connexion with its own validators on the same contract, one commit a request.

As fair as it can be within that: SQLAlchemy's ORM with a session for each request, the right indexes, documents stored
as they are served.
"""

import argparse
import json
import logging
import uuid
from datetime import UTC, datetime
from typing import Any

import uvicorn
from connexion import AsyncApp, request
from connexion.exceptions import ProblemException
from connexion.lifecycle import ConnexionResponse
from connexion.resolver import Resolver
from sqlalchemy import JSON, create_engine, event, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from benchmarks.bodies import ORDERS
from linkwright.api.contracts import read_contract

SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, state TEXT, date TEXT, external_id TEXT, doc JSON);
CREATE INDEX IF NOT EXISTS orders_state ON orders (state, date, id);
CREATE INDEX IF NOT EXISTS orders_date ON orders (date, id);
CREATE INDEX IF NOT EXISTS orders_external ON orders (external_id);
"""


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    date: Mapped[str]
    external_id: Mapped[str | None]
    doc: Mapped[Any] = mapped_column(JSON)


def sessions(path: str) -> sessionmaker[Session]:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.executescript(SCHEMA)

    return sessionmaker(engine)


class Handlers:
    def __init__(self, session: sessionmaker[Session]) -> None:
        self._session = session

    def create(self, body: Any) -> ConnexionResponse:
        order_id = str(uuid.uuid4())
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        doc = {**body, "id": order_id, "href": f"{ORDERS}/{order_id}", "state": "acknowledged", "orderDate": now}
        with self._session() as session, session.begin():
            session.add(Order(id=order_id, state=doc["state"], date=now, external_id=body.get("externalId"), doc=doc))
        return answer(doc, 201, {"Location": doc["href"]})

    def retrieve(self, id: str) -> ConnexionResponse:
        with self._session() as session:
            return answer(stored(session, id).doc)

    def patch(self, id: str, body: Any) -> ConnexionResponse:
        with self._session() as session, session.begin():
            order = stored(session, id)
            order.doc = {**order.doc, **body}
            return answer(order.doc)

    def list(self, fields: str | None = None, offset: int = 0, limit: int = 20) -> ConnexionResponse:
        wanted = conditions(dict(request.query_params))
        with self._session() as session:
            total = session.scalar(select(func.count()).select_from(Order).where(*wanted))
            page = select(Order).where(*wanted).order_by(Order.date, Order.id).limit(limit).offset(offset)
            docs = [order.doc for order in session.scalars(page)]
        if fields:
            shown = {"id", "href", *(path.split(".")[0] for path in fields.split(","))}
            docs = [{name: value for name, value in doc.items() if name in shown} for doc in docs]
        return answer(docs, 200, {"X-Total-Count": str(total), "X-Result-Count": str(len(docs))})


def stored(session: Session, order_id: str) -> Order:
    order = session.get(Order, order_id)
    if order is None:
        raise ProblemException(status=404, title="Not Found")
    return order


def conditions(query: dict[str, str]) -> list[Any]:
    known = {
        "state": lambda text: Order.state == text,
        "orderDate.gt": lambda text: Order.date > text,
        "externalId": lambda text: Order.external_id == text,
    }
    return [known[name](text) for name, text in query.items() if name in known]


def answer(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> ConnexionResponse:
    body = json.dumps(data)
    return ConnexionResponse(status, content_type="application/json", body=body, headers=headers)


def not_offered(**_: Any) -> Any:
    raise ProblemException(status=501, title="Not Implemented")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int)
    parser.add_argument("--database")
    told = parser.parse_args()
    logging.getLogger("connexion").setLevel(logging.ERROR)
    handlers = Handlers(sessions(told.database))
    offered = {
        "createServiceOrder": handlers.create,
        "retrieveServiceOrder": handlers.retrieve,
        "patchServiceOrder": handlers.patch,
        "listServiceOrder": handlers.list,
    }
    contract = read_contract("tmf641-v4")
    app = AsyncApp(__name__)
    resolver = Resolver(lambda operation_id: offered.get(operation_id, not_offered))
    app.add_api(contract.document, resolver=resolver, base_path=contract.base_path)
    uvicorn.run(app, port=told.port, log_level="warning", access_log=False)
