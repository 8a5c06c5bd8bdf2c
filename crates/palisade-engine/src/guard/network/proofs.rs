//! Network policies are proved by deciding connections with them in place.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use super::needs;
use super::{WrittenPolicy, word};
use crate::guard::{Guardrail, Input, Proof};
use crate::network::{Direction, HostNetwork, Network, Ports, Protocol};
use crate::system::{Basis, ElementId, Flow};

/// An address that is outside whatever the cluster is: it is set aside for documentation (RFC 5737).
const SOMEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 1));
/// Others that are told by name.
const TOLD: usize = 3;

/// Proves each: what the workload needs gets through, and nobody else does.
pub(super) fn add(input: &Input<'_>, written: &mut [WrittenPolicy<'_>]) {
    let before = &*input.system().network;
    for direction in [Direction::Ingress, Direction::Egress] {
        let of = |one: &&WrittenPolicy<'_>| one.needs.direction == direction;
        // Each is about pods of its own, so that all of one direction can be looked at together.
        let with = input.with(written.iter().filter(of).map(|one| &one.guardrail));
        let after = Network::new(&with, HostNetwork::default());
        let everybody: Vec<&ElementId> = input
            .system()
            .elements
            .iter()
            .filter(|one| !one.templates.is_empty())
            .map(|one| &one.id)
            .collect();
        for one in written.iter_mut().filter(|one| one.needs.direction == direction) {
            let id = &one.element.id;
            let others = |network: &Network| -> Vec<&ElementId> {
                let is_more = |other: &&&ElementId| {
                    let (from, to) = ends(direction, id, other);
                    let needed =
                        needed(&one.needs.flows, from, to).union(&open_to_all(&one.needs.flows, to, direction));
                    **other != id && !network.allowed(from, to).difference(&needed).is_empty()
                };
                everybody.iter().filter(is_more).copied().collect()
            };
            let (could, can) = (others(before), others(&after));
            one.is_so = could.is_empty() && !before.isolating(id, direction).is_empty();
            one.guardrail.proofs = vec![
                reached(input, &after, &one.needs.flows),
                nobody_else(direction, could.len(), &can),
            ];
        }
    }
}

/// With the policy that denies all in place, and all others that are ready, the flows of its workloads still get through.
pub(super) fn of_namespace(
    input: &Input<'_>,
    deny: &Guardrail,
    written: &[&WrittenPolicy<'_>],
    elements: &BTreeSet<&ElementId>,
) -> Vec<Proof> {
    let others = written.iter().map(|one| &one.guardrail);
    let after = Network::new(&input.with(others.chain([deny])), HostNetwork::default());
    let flows = input.system().flows.iter().filter(|flow| {
        let is_told = flow.basis == Basis::Declared || flow.basis == Basis::Observed;
        is_told && (elements.contains(&flow.from) || elements.contains(&flow.to))
    });
    vec![reached(input, &after, &flows.collect::<Vec<_>>())]
}

fn ends<'e>(direction: Direction, id: &'e ElementId, other: &'e ElementId) -> (&'e ElementId, &'e ElementId) {
    match direction {
        Direction::Ingress => (other, id),
        Direction::Egress => (id, other),
    }
}

/// The ports of a flow at the receiving end; none where it is no connection.
fn ports(flow: &Flow) -> Ports {
    let Some(protocol) = Protocol::named(&flow.protocol) else {
        return Ports::None;
    };
    if flow.ports.is_empty() {
        return Ports::every(protocol);
    }
    let each = flow.ports.iter().map(|port| Ports::one(protocol, *port));
    each.fold(Ports::None, |all, one| all.union(&one))
}

fn needed(flows: &[&Flow], from: &ElementId, to: &ElementId) -> Ports {
    let flows = flows.iter().filter(|flow| flow.from == *from && flow.to == *to);
    flows.fold(Ports::None, |all, flow| all.union(&ports(flow)))
}

/// Whom the whole world reaches, everybody does.
fn open_to_all(flows: &[&Flow], to: &ElementId, direction: Direction) -> Ports {
    let is_world = |flow: &&&Flow| {
        let from = flow.from.as_str();
        flow.to == *to && (from.starts_with("External/") || from.starts_with("Platform/"))
    };
    match direction {
        Direction::Ingress => flows
            .iter()
            .filter(is_world)
            .fold(Ports::None, |all, flow| all.union(&ports(flow))),
        Direction::Egress => Ports::None,
    }
}

/// Everything that is needed gets through as it did.
fn reached(input: &Input<'_>, after: &Network, flows: &[&Flow]) -> Proof {
    let before = &*input.system().network;
    let about = "every flow that somebody tells of still gets through";
    let system = input.system();
    let has_pods = |id: &ElementId| system.element(id.as_str()).is_some_and(needs::has_pods);
    let got = |network: &Network, flow: &Flow| -> Ports {
        let all = match (has_pods(&flow.from), has_pods(&flow.to)) {
            (true, true) => network.allowed(&flow.from, &flow.to),
            (false, true) => network.open_to_outside(&flow.to),
            (true, false) if network.reaches_outside(&flow.from, SOMEWHERE, &ports(flow)) => ports(flow),
            (true, false) => Ports::None,
            (false, false) => Ports::All,
        };
        all.intersection(&ports(flow))
    };
    let lost = flows
        .iter()
        .filter(|flow| !got(before, flow).difference(&got(after, flow)).is_empty());
    let lost: Vec<String> = lost.map(|flow| format!("{} → {}", flow.from, flow.to)).collect();
    if lost.is_empty() {
        Proof::proved(about, format!("{} flows decided with the policy in place", flows.len()))
    } else {
        Proof::refuted(about, format!("no longer possible: {}", lost.join(", ")))
    }
}

fn nobody_else(direction: Direction, before: usize, after: &[&ElementId]) -> Proof {
    let about = match direction {
        Direction::Ingress => "no other workload connects to it",
        Direction::Egress => "it connects to no other workload",
    };
    match after {
        [] => Proof::proved(
            about,
            format!(
                "{before} could before, none can with the {} policy in place",
                word(direction)
            ),
        ),
        some => {
            let told: Vec<String> = some.iter().take(TOLD).map(ToString::to_string).collect();
            let more = some.len().saturating_sub(told.len());
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            Proof::refuted(about, format!("other policies still let it: {}{more}", told.join(", ")))
        }
    }
}
