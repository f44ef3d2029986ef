"""Problems, designs and outcomes as JSON text, format `design-core/1`: str → Problem, Outcome → str. Opens no file."""

import json
from collections.abc import Mapping
from datetime import date
from math import isfinite
from typing import Any

from linkwright.design.model import (
    LEGS_OF_DIVERSITY,
    AccessOption,
    Augment,
    Budget,
    Build,
    CpeModel,
    Design,
    Diversity,
    FieldCapacity,
    Leg,
    Link,
    Network,
    Node,
    Outcome,
    Partner,
    Problem,
    Reason,
    Relaxation,
    Site,
    SiteDesign,
    Srlg,
    Upgrade,
)
from linkwright.design.reading import Place, parse, unique

FORMAT = "design-core/1"
WITHOUT_DATE = date(1970, 1, 1)
"""Stands for a missing `as_of`: the core itself only counts days from it."""


def read_problem(text: str | bytes) -> Problem:
    """The problem in a `design-core/1` text.

    Raises:
        BadProblem: not JSON, a member missing or of the wrong kind, a duplicate, an unknown id, negative money.
    """
    root = parse(text)
    _refuse_other_formats(root)
    network = _network(root.member("network"))
    srlgs = {group.id for group in network.srlgs}
    nodes = {node.id for node in network.nodes}
    sites = unique(root.items("sites"), lambda place: _site(place, nodes), lambda site: site.id)
    builds = unique(root.items("builds"), _build, lambda build: build.id)
    partners = unique(root.items("partners"), _partner, lambda partner: partner.id)
    known = {
        "site": {site.id for site in sites},
        "pop": nodes,
        "srlg": srlgs,
        "build": {build.id for build in builds},
        "partner": {partner.id for partner in partners},
    }
    if not sites:
        raise root.wrong("at least one site is expected in 'sites'")
    return Problem(
        name=root.maybe("name", Place.text) or "",
        as_of=root.maybe("as_of", _date) or WITHOUT_DATE,
        term_months=root.member("term_months").whole(),
        network=network,
        sites=sites,
        access_options=unique(root.items("access_options"), lambda place: _option(place, known), lambda o: o.id),
        cpe_models=unique(root.items("cpe_models"), _cpe, lambda model: model.id),
        builds=builds,
        partners=partners,
        field_capacity=unique(root.items("field_capacity"), _field, lambda f: f"{f.skill}@{f.by_day}"),
        budget=root.maybe("budget", _budget) or Budget(),
    )


def read_design(text: str | bytes) -> Design:
    """The design in a text; whether it is true is the question of `design.check`.

    Raises:
        BadProblem: not JSON, or a member missing or of the wrong kind.
    """
    root = parse(text)
    sites = tuple(_site_design(place) for place in root.items("sites"))
    return Design(sites=sites, builds=root.texts("builds"), augments=root.texts("augments"))


def write_problem(problem: Problem) -> str:
    """The text that `read_problem` reads back as an equal problem."""
    return _text(
        {
            "format": FORMAT,
            "name": problem.name,
            "as_of": problem.as_of.isoformat(),
            "term_months": problem.term_months,
            "objective": "cost",
            "budget": _present(
                nrc=problem.budget.nrc_minor, mrc=problem.budget.mrc_minor, total=problem.budget.total_minor
            ),
            "network": {
                "nodes": [_node_members(node) for node in problem.network.nodes],
                "links": [_link_members(link) for link in problem.network.links],
                "srlgs": [{"id": group.id, "availability": group.availability} for group in problem.network.srlgs],
            },
            "sites": [_site_members(site) for site in problem.sites],
            "access_options": [_option_members(option) for option in problem.access_options],
            "cpe_models": [_cpe_members(model) for model in problem.cpe_models],
            "builds": [_build_members(build) for build in problem.builds],
            "partners": [_present(id=partner.id, max_orders=partner.max_orders) for partner in problem.partners],
            "field_capacity": [
                {"skill": f.skill, "by_day": f.by_day, "crew_days": f.crew_days} for f in problem.field_capacity
            ],
        }
    )


def write_design(design: Design) -> str:
    """The design alone, without the figures of the search."""
    return _text({"format": FORMAT, **_design_members(design)})


def write_outcome(outcome: Outcome) -> str:
    """The design with the members of the answer beside it; an infeasible outcome has `sites: []`.

    The same outcome gives the same bytes, and the same problem the same outcome but for `elapsed_s`.
    """
    return _text(
        {
            "format": FORMAT,
            **_design_members(outcome.design or Design(sites=())),
            "status": outcome.status,
            "cost": outcome.cost_minor,
            "bound": outcome.bound_minor,
            "gap": outcome.gap,
            "reasons": [_reason_members(reason) for reason in outcome.reasons],
            "relaxations": [_relaxation_members(relaxation) for relaxation in outcome.relaxations],
            "unserved": list(outcome.unserved),
            "guards": list(outcome.guards),
            "elapsed_s": round(outcome.elapsed_s, 6),
        }
    )


def _refuse_other_formats(root: Place) -> None:
    if root.has("format") and root.member("format").value != FORMAT:
        raise root.member("format").wrong(f"only {FORMAT!r} can be read, not {root.member('format').value!r}")
    if root.has("objective") and root.member("objective").value != "cost":
        raise root.member("objective").wrong("only 'cost' is known")


def _date(place: Place) -> date:
    try:
        return date.fromisoformat(place.text())
    except ValueError as error:
        raise place.wrong(f"a date such as 2027-01-04 is expected, not {place.value!r}") from error


def _network(place: Place) -> Network:
    srlgs = unique(place.items("srlgs"), _srlg, lambda group: group.id)
    nodes = unique(place.items("nodes"), _node, lambda node: node.id)
    node_ids, srlg_ids = {node.id for node in nodes}, {group.id for group in srlgs}
    links = unique(place.items("links"), lambda item: _link(item, node_ids, srlg_ids), lambda link: link.id)
    return Network(nodes=nodes, links=links, srlgs=srlgs)


def _srlg(place: Place) -> Srlg:
    return Srlg(id=place.member("id").text(), availability=place.member("availability").probability())


def _node(place: Place) -> Node:
    latitude, longitude = place.member("lat"), place.member("lon")
    if abs(latitude.number()) > 90:
        raise latitude.wrong(f"a latitude lies between -90 and 90 degrees, not {latitude.value}")
    return Node(
        id=place.member("id").text(),
        lat_deg=latitude.number(),
        lon_deg=longitude.number(),
        availability=place.member("availability").probability(),
        delay_ms=place.member("delay_ms").amount(),
        ports=place.maybe("ports", Place.whole),
    )


def _link(place: Place, nodes: set[str], srlgs: set[str]) -> Link:
    a, z = place.known("a", nodes, "node"), place.known("z", nodes, "node")
    if a == z:
        raise place.wrong(f"both ends are the node {a!r}")
    return Link(
        id=place.member("id").text(),
        a=a,
        z=z,
        length_km=place.member("length_km").amount(),
        availability=place.member("availability").probability(),
        mrc_minor_per_mbps=place.member("mrc_per_mbps").whole(),
        capacity_mbps=place.member("capacity_mbps").whole(),
        srlgs=place.all_known("srlg", srlgs, "risk group"),
        upgrades=tuple(_upgrade(item) for item in place.items("upgrades")),
        augment=place.maybe("augment", _augment),
    )


def _upgrade(place: Place) -> Upgrade:
    return Upgrade(day=place.member("day").whole(), adds_mbps=place.member("adds_mbps").whole())


def _augment(place: Place) -> Augment:
    return Augment(
        adds_mbps=place.member("adds_mbps").whole(),
        nrc_minor=place.member("nrc").whole(),
        mrc_minor=place.member("mrc").whole(),
        lead_days=place.member("lead_days").whole(),
    )


def _site(place: Place, nodes: set[str]) -> Site:
    destinations = place.all_known("destinations", nodes, "node")
    if not destinations:
        raise place.wrong("at least one destination is expected")
    return Site(
        id=place.member("id").text(),
        bandwidth_mbps=place.member("bandwidth_mbps").positive(),
        max_latency_ms=place.member("max_latency_ms").amount(),
        min_availability=place.member("min_availability").probability(),
        diversity=place.maybe("diversity", _diversity) or "none",
        required_day=place.member("required_day").whole(),
        destinations=destinations,
        cpe_per_leg=place.maybe("cpe_per_leg", Place.flag) or False,
        features=place.texts("features"),
    )


def _diversity(place: Place) -> Diversity:
    for kind in LEGS_OF_DIVERSITY:
        if place.value == kind:
            return kind
    raise place.wrong(f"one of {', '.join(LEGS_OF_DIVERSITY)} is expected, not {place.value!r}")


def _option(place: Place, known: Mapping[str, set[str]]) -> AccessOption:
    return AccessOption(
        id=place.member("id").text(),
        site=place.known("site", known["site"], "site"),
        kind=place.maybe("kind", Place.text) or "",
        pop=place.known("pop", known["pop"], "node"),
        bandwidth_mbps=place.member("bandwidth_mbps").whole(),
        nrc_minor=place.member("nrc").whole(),
        mrc_minor=place.member("mrc").whole(),
        availability=place.member("availability").probability(),
        delay_ms=place.member("delay_ms").amount(),
        lead_days=place.member("lead_days").whole(),
        srlgs=place.all_known("srlg", known["srlg"], "risk group"),
        build=place.known("build", known["build"], "build") if place.has("build") else None,
        partner=place.known("partner", known["partner"], "partner") if place.has("partner") else None,
        work=place.maybe("work", _work) or {},
    )


def _work(place: Place) -> dict[str, int]:
    if not isinstance(place.value, dict):
        raise place.wrong("an object with crew-days by skill is expected")
    return {skill: place.member(skill).whole() for skill in sorted(place.value) if place.has(skill)}


def _cpe(place: Place) -> CpeModel:
    return CpeModel(
        id=place.member("id").text(),
        max_mbps=place.member("max_mbps").whole(),
        features=place.texts("features"),
        nrc_minor=place.member("nrc").whole(),
        mrc_minor=place.member("mrc").whole(),
        availability=place.member("availability").probability(),
        delay_ms=place.member("delay_ms").amount(),
    )


def _build(place: Place) -> Build:
    return Build(
        id=place.member("id").text(),
        nrc_minor=place.member("nrc").whole(),
        mrc_minor=place.member("mrc").whole(),
        lead_days=place.member("lead_days").whole(),
        max_sites=place.maybe("max_sites", Place.whole),
        capacity_mbps=place.maybe("capacity_mbps", Place.whole),
    )


def _partner(place: Place) -> Partner:
    return Partner(id=place.member("id").text(), max_orders=place.maybe("max_orders", Place.whole))


def _field(place: Place) -> FieldCapacity:
    return FieldCapacity(
        skill=place.member("skill").text(),
        by_day=place.member("by_day").whole(),
        crew_days=place.member("crew_days").whole(),
    )


def _budget(place: Place) -> Budget:
    return Budget(
        nrc_minor=place.maybe("nrc", Place.whole),
        mrc_minor=place.maybe("mrc", Place.whole),
        total_minor=place.maybe("total", Place.whole),
    )


def _site_design(place: Place) -> SiteDesign:
    legs = tuple(Leg(access=item.member("access").text(), path=item.texts("path")) for item in place.items("legs"))
    return SiteDesign(site=place.member("site").text(), cpe=place.member("cpe").text(), legs=legs)


def _node_members(node: Node) -> dict[str, Any]:
    return _present(
        id=node.id,
        lat=node.lat_deg,
        lon=node.lon_deg,
        availability=node.availability,
        delay_ms=node.delay_ms,
        ports=node.ports,
    )


def _link_members(link: Link) -> dict[str, Any]:
    augment = link.augment and {
        "adds_mbps": link.augment.adds_mbps,
        "nrc": link.augment.nrc_minor,
        "mrc": link.augment.mrc_minor,
        "lead_days": link.augment.lead_days,
    }
    return _present(
        id=link.id,
        a=link.a,
        z=link.z,
        length_km=link.length_km,
        availability=link.availability,
        mrc_per_mbps=link.mrc_minor_per_mbps,
        capacity_mbps=link.capacity_mbps,
        srlg=list(link.srlgs),
        upgrades=[{"day": upgrade.day, "adds_mbps": upgrade.adds_mbps} for upgrade in link.upgrades],
        augment=augment,
    )


def _site_members(site: Site) -> dict[str, Any]:
    return {
        "id": site.id,
        "bandwidth_mbps": site.bandwidth_mbps,
        "max_latency_ms": site.max_latency_ms,
        "min_availability": site.min_availability,
        "diversity": site.diversity,
        "required_day": site.required_day,
        "destinations": list(site.destinations),
        "cpe_per_leg": site.cpe_per_leg,
        "features": list(site.features),
    }


def _option_members(option: AccessOption) -> dict[str, Any]:
    return _present(
        id=option.id,
        site=option.site,
        kind=option.kind or None,
        pop=option.pop,
        bandwidth_mbps=option.bandwidth_mbps,
        nrc=option.nrc_minor,
        mrc=option.mrc_minor,
        availability=option.availability,
        delay_ms=option.delay_ms,
        lead_days=option.lead_days,
        srlg=list(option.srlgs),
        build=option.build,
        partner=option.partner,
        work=dict(option.work),
    )


def _cpe_members(model: CpeModel) -> dict[str, Any]:
    return {
        "id": model.id,
        "max_mbps": model.max_mbps,
        "features": list(model.features),
        "nrc": model.nrc_minor,
        "mrc": model.mrc_minor,
        "availability": model.availability,
        "delay_ms": model.delay_ms,
    }


def _build_members(build: Build) -> dict[str, Any]:
    return _present(
        id=build.id,
        nrc=build.nrc_minor,
        mrc=build.mrc_minor,
        lead_days=build.lead_days,
        max_sites=build.max_sites,
        capacity_mbps=build.capacity_mbps,
    )


def _design_members(design: Design) -> dict[str, Any]:
    sites = [
        {
            "site": site.site,
            "cpe": site.cpe,
            "legs": [{"access": leg.access, "path": list(leg.path)} for leg in site.legs],
        }
        for site in design.sites
    ]
    return {"sites": sites, "builds": list(design.builds), "augments": list(design.augments)}


def _reason_members(reason: Reason) -> dict[str, Any]:
    members = {"constraint": reason.constraint, "limit": _finite(reason.limit), "needed": _finite(reason.needed)}
    return members | _present(option=reason.option)


def _relaxation_members(relaxation: Relaxation) -> dict[str, Any]:
    return {
        "constraint": relaxation.constraint,
        "value": relaxation.value,
        "cost": relaxation.cost_minor,
        "gap": relaxation.gap,
    }


def _finite(number: float | None) -> float | None:
    return number if number is not None and isfinite(number) else None


def _present(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _text(members: Mapping[str, Any]) -> str:
    return json.dumps(members, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
