//! Elements, flows and boundaries.

use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::{BoundaryIntent, Declared, DiagramChange, offer};

use super::{Known, element, one_of, patterns};
use crate::intent::fault::Faults;

/// Boundaries that every diagram may have.
const BOUNDARIES: [&str; 4] = ["outside", "external-services", "cluster", "control-plane"];
const PROTOCOLS: [&str; 3] = ["TCP", "UDP", "SCTP"];

pub(super) fn check(declared: &Declared, known: &Known, faults: &mut Faults<'_>) {
    elements(declared, known, faults);
    flows(declared, faults);
    boundaries(declared, faults);
}

fn elements(declared: &Declared, known: &Known, faults: &mut Faults<'_>) {
    faults.repeated("elements", "id", declared.elements.iter().map(|element| &*element.id));
    for (index, it) in declared.elements.iter().enumerate() {
        let at = format!("elements[{index}]");
        let id = format!("{at}.id");
        if it.id.contains('*') {
            faults.add(
                &id,
                format!("`{}` stands for many elements", it.id),
                "name one by its whole id",
            );
        } else {
            element(faults, &id, &it.id);
        }
        if it.change == DiagramChange::Add && it.kind.is_none() {
            let help = "add `kind: external-entity`, `process` or `data-store`";
            faults.add(&at, format!("what is `{}`?", it.id), help);
        }
        reason(faults, &at, it.change, it.reason.as_deref());
        if let Some(boundary) = &it.boundary {
            self::boundary(faults, &format!("{at}.boundary"), boundary, declared);
        }
        if let Some(technology) = &it.technology {
            one_of(
                faults,
                &format!("{at}.technology"),
                "technology",
                technology,
                &known.technologies,
            );
        }
    }
}

fn flows(declared: &Declared, faults: &mut Faults<'_>) {
    for (index, flow) in declared.flows.iter().enumerate() {
        let at = format!("flows[{index}]");
        element(faults, &format!("{at}.from"), &flow.from);
        element(faults, &format!("{at}.to"), &flow.to);
        if flow.from == flow.to {
            let help = "name two elements, or leave it out";
            faults.add(&format!("{at}.to"), format!("`{}` flows to itself", flow.to), help);
        }
        if let Some(protocol) = flow
            .protocol
            .as_deref()
            .filter(|protocol| !PROTOCOLS.contains(protocol))
        {
            let upper = protocol.to_ascii_uppercase();
            let help = match offer(&upper, PROTOCOLS) {
                help if help.is_empty() => {
                    "write `TCP`, `UDP` or `SCTP`; what is spoken over it is `application`".to_owned()
                }
                help => help,
            };
            faults.add(
                &format!("{at}.protocol"),
                format!("`{protocol}` is not a protocol of ports"),
                help,
            );
        }
        for (port, _) in flow.ports.iter().enumerate().filter(|(_, port)| **port == 0) {
            faults.add(
                &format!("{at}.ports[{port}]"),
                "there is no port 0",
                "leave `ports` out if it is not known",
            );
        }
        reason(faults, &at, flow.change, flow.reason.as_deref());
    }
}

fn boundaries(declared: &Declared, faults: &mut Faults<'_>) {
    let parents: BTreeMap<&str, &str> = declared
        .boundaries
        .iter()
        .map(|boundary| (&*boundary.id, boundary.parent.as_deref().unwrap_or("cluster")))
        .collect();
    faults.repeated(
        "boundaries",
        "id",
        declared.boundaries.iter().map(|boundary| &*boundary.id),
    );
    for (index, it) in declared.boundaries.iter().enumerate() {
        let at = format!("boundaries[{index}]");
        faults.empty(&format!("{at}.id"), &it.id);
        if it.change == DiagramChange::Add && is_known(&it.id) {
            let help = "add `change: correct`, or choose another id such as `zone/card-data`";
            faults.add(&format!("{at}.id"), format!("`{}` is there already", it.id), help);
        }
        if let Some(parent) = &it.parent {
            boundary(faults, &format!("{at}.parent"), parent, declared);
        }
        if lies_in_itself(it, &parents) {
            faults.add(
                &format!("{at}.parent"),
                format!("`{}` lies in itself", it.id),
                "name the boundary around it",
            );
        }
        patterns(faults, &format!("{at}.elements"), &it.elements);
        reason(faults, &at, it.change, it.reason.as_deref());
    }
}

fn lies_in_itself(boundary: &BoundaryIntent, parents: &BTreeMap<&str, &str>) -> bool {
    let mut seen = BTreeSet::new();
    let mut around = parents.get(&*boundary.id).copied();
    while let Some(id) = around {
        if id == boundary.id {
            return true;
        }
        if !seen.insert(id) {
            return false;
        }
        around = parents.get(id).copied();
    }
    false
}

/// Whether a diagram may have it without anybody's saying so.
fn is_known(id: &str) -> bool {
    BOUNDARIES.contains(&id) || id.starts_with("namespace/") || id.starts_with("node/")
}

fn boundary(faults: &mut Faults<'_>, at: &str, id: &str, declared: &Declared) {
    let own = declared.boundaries.iter().map(|boundary| &*boundary.id);
    if !is_known(id) && !own.clone().any(|own| own == id) {
        let help = offer(id, own.chain(BOUNDARIES));
        let help = if help.is_empty() {
            "define it under `boundaries`".to_owned()
        } else {
            help
        };
        faults.add(at, format!("there is no boundary `{id}`"), help);
    }
}

/// Whoever overrules an artefact says why.
fn reason(faults: &mut Faults<'_>, at: &str, change: DiagramChange, reason: Option<&str>) {
    let what = match change {
        DiagramChange::Add => return,
        DiagramChange::Correct => "corrects",
        DiagramChange::Remove => "removes",
    };
    if reason.is_none_or(|reason| reason.trim().is_empty()) {
        let help = "add `reason: …`: the artefacts say otherwise";
        faults.add(at, format!("this {what} something without a reason"), help);
    }
}
