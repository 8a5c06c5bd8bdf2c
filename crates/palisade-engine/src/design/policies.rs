//! Network policies: which workloads they isolate, the flows that they allow where they name both ends, and what about them
//! is worth a question.
//!
//! What is allowed is decided in [`crate::network`]; here it is only drawn.

use std::collections::BTreeSet;

use palisade_inventory::FieldPath;

use crate::design::cluster::Cluster;
use crate::design::drawing::{Claim, Drawing};
use crate::design::externals;
use crate::network::{Action, Direction, Intervals, Network, Peer, Policy, Ports, Protocol, Rule, Selected, Tier};
use crate::system::{Basis, Confidence, ElementId, Evidence, Unknown};

/// Flows that one policy may add. A policy that allows more names groups, not ends.
const MOST_PAIRS: usize = 10_000;

/// Adds what policies isolate and allow.
pub(super) fn add(cluster: &Cluster<'_>, network: &Network, drawing: &mut Drawing) {
    for (_, workload) in cluster.workloads() {
        let isolating = |direction| {
            let policies = network.isolating(&workload.id, direction).into_iter();
            policies.map(|policy| cluster.names.id(&policy.resource.id)).collect()
        };
        if let Some(element) = drawing.element_mut(&workload.id) {
            element.isolation.ingress = isolating(Direction::Ingress);
            element.isolation.egress = isolating(Direction::Egress);
        }
    }
    for policy in network.policies() {
        let id = cluster.names.id(&policy.resource.id);
        Drawn { network, policy, id }.add(drawing);
    }
    ask_about_faults(cluster, network, drawing);
}

/// Asks about calls that policies forbid.
pub(super) fn doubt(network: &Network, drawing: &mut Drawing) {
    let mut forbidden = Vec::new();
    for (from, to, protocol, ports, word) in drawing.declared() {
        let Some(protocol) = Protocol::named(protocol) else {
            continue;
        };
        let wanted = ports.iter().map(|port| Ports::one(protocol, *port));
        let wanted = wanted
            .reduce(|all, one| all.union(&one))
            .unwrap_or_else(|| Ports::every(protocol));
        let is_outside = from.as_str() == ElementId::INTERNET;
        let allowed = if is_outside && network.pods_of(to).next().is_some() {
            network.open_to_outside(to)
        } else {
            network.allowed(from, to)
        };
        if allowed.intersection(&wanted).is_empty() {
            let (element, question) = if is_outside {
                let question = "It is led to from outside, and policies let nobody outside in. Which of them is wrong?";
                (to, question.to_owned())
            } else {
                let question = format!("It says that it calls {to}, and policies forbid it. Which of them is wrong?");
                (from, question)
            };
            let mut evidence: Vec<Evidence> = word.iter().take(1).cloned().collect();
            evidence.extend(network.forbidding(from, to, &wanted));
            forbidden.push((element.clone(), question, evidence));
        }
    }
    for (element, question, evidence) in forbidden {
        drawing.unknown(Unknown {
            element,
            code: "forbidden".to_owned(),
            question,
            evidence,
        });
    }
}

/// Policies that Kubernetes would refuse, and those of which it does not say which comes first.
fn ask_about_faults(cluster: &Cluster<'_>, network: &Network, drawing: &mut Drawing) {
    for fault in network.faults().iter().filter(|fault| fault.is_of_policy()) {
        drawing.unknown(Unknown {
            element: cluster.names.id(&fault.resource),
            code: "refused".to_owned(),
            question: "Kubernetes would not take it, so it protects nothing. What was it meant to say?".to_owned(),
            evidence: vec![(*fault.at).clone()],
        });
    }
    for (policy, evidence) in network.ambiguous() {
        drawing.unknown(Unknown {
            element: cluster.names.id(&policy.id),
            code: "priority".to_owned(),
            question: "Another policy has the same priority: which of them decides?".to_owned(),
            evidence: vec![evidence],
        });
    }
}

/// A policy that is being drawn.
struct Drawn<'n> {
    network: &'n Network,
    policy: &'n Policy,
    id: ElementId,
}

impl Drawn<'_> {
    fn add(&self, drawing: &mut Drawing) {
        let subject = self.policy.subject();
        let named = subject.is_named.then(|| self.network.elements_in(subject));
        let selected = named.unwrap_or_default();
        if !self.network.has_pods_in(subject) {
            let field = if self.policy.tier == Tier::Namespace {
                "podSelector"
            } else {
                "subject"
            };
            let question = "It selects nothing that is here. What was it meant to protect?";
            self.ask(
                "subject",
                question,
                &FieldPath::root().child("spec").child(field),
                drawing,
            );
        }
        let mut pairs = 0;
        for direction in Direction::BOTH {
            for rule in self.policy.rules_of(direction) {
                self.add_rule(direction, rule, &selected, &mut pairs, drawing);
            }
        }
    }

    /// `selected` are those that the policy names; none where it is simply about everything.
    fn add_rule(
        &self,
        direction: Direction,
        rule: &Rule<Selected>,
        selected: &BTreeSet<&ElementId>,
        pairs: &mut usize,
        drawing: &mut Drawing,
    ) {
        for (number, peer) in rule.peers.iter().flatten().enumerate() {
            let path = rule.path.child(direction.peers()).child(number);
            match peer {
                Peer::Pods(pods) if !self.network.has_pods_in(pods) => {
                    let question = "It names a peer that matches nothing here. Who is that?";
                    self.ask("peer", question, &path, drawing);
                }
                Peer::Pods(pods) if rule.action == Action::Allow && pods.is_named && !selected.is_empty() => {
                    let found = self.network.elements_in(pods);
                    *pairs += found.len() * selected.len();
                    if *pairs > MOST_PAIRS {
                        let question = "It allows so many flows that they are not drawn one by one. Is that meant?";
                        return self.ask("breadth", question, &path, drawing);
                    }
                    let pairs = found
                        .iter()
                        .flat_map(|peer| selected.iter().map(move |one| (peer, one)));
                    for (peer, selected) in pairs {
                        self.allow(direction, rule, peer, selected, &path, drawing);
                    }
                }
                Peer::Outside(_) if !selected.is_empty() => {
                    let range = path.child("ipBlock").child("cidr");
                    let range = self
                        .policy
                        .resource
                        .content
                        .lookup(&range)
                        .and_then(|range| range.as_str());
                    let Some(range) = range else { continue };
                    let outside = self.range(range, &path, drawing);
                    for selected in selected {
                        let receiver = (direction == Direction::Ingress).then_some(*selected);
                        let ports = self.network.ports_of_rule(rule, receiver);
                        self.claim(direction, &outside, selected, &ports, &path, drawing);
                    }
                }
                _ => {}
            }
        }
    }

    /// The element of a range of addresses; all addresses are the internet.
    fn range(&self, range: &str, path: &FieldPath, drawing: &mut Drawing) -> ElementId {
        let evidence = self.evidence(path);
        if range.ends_with("/0") {
            externals::add_outside(ElementId::INTERNET, evidence, drawing)
        } else {
            externals::add_host(range, &[evidence], Confidence::High, drawing)
        }
    }

    /// A flow between workloads, as far as both ends' policies let it through.
    fn allow(
        &self,
        direction: Direction,
        rule: &Rule<Selected>,
        peer: &ElementId,
        selected: &ElementId,
        path: &FieldPath,
        drawing: &mut Drawing,
    ) {
        let (from, to) = match direction {
            Direction::Ingress => (peer, selected),
            Direction::Egress => (selected, peer),
        };
        let ports = self.network.allowed(from, to);
        let ports = ports.intersection(&self.network.ports_of_rule(rule, Some(to)));
        self.claim(direction, peer, selected, &ports, path, drawing);
    }

    fn claim(
        &self,
        direction: Direction,
        peer: &ElementId,
        selected: &ElementId,
        ports: &Ports,
        path: &FieldPath,
        drawing: &mut Drawing,
    ) {
        let (from, to) = match direction {
            Direction::Ingress => (peer, selected),
            Direction::Egress => (selected, peer),
        };
        for (protocol, ports) in by_protocol(ports) {
            drawing.claim(Claim {
                from: from.clone(),
                to: to.clone(),
                basis: Basis::Allowed,
                protocol,
                application: None,
                ports,
                encrypted: None,
                confidence: Confidence::High,
                word: vec![self.evidence(path)],
                way: Vec::new(),
            });
        }
    }

    fn evidence(&self, path: &FieldPath) -> Evidence {
        self.policy.at(path, format!("{} allows it", self.policy.told()))
    }

    fn ask(&self, code: &str, question: &str, path: &FieldPath, drawing: &mut Drawing) {
        drawing.unknown(Unknown {
            element: self.id.clone(),
            code: code.to_owned(),
            question: question.to_owned(),
            evidence: vec![self.policy.at(path, self.policy.told())],
        });
    }
}

/// Ports by protocol; none of a protocol: all, or so many that it is as good as all. All of every protocol: `unknown`.
fn by_protocol(ports: &Ports) -> Vec<(&'static str, Vec<u16>)> {
    /// A longer range is as good as all.
    const LONGEST_RANGE: u16 = 64;
    if *ports == Ports::All {
        return vec![("unknown", Vec::new())];
    }
    let of_protocol = |protocol: Protocol| {
        let ranges: Intervals<u16> = ports.of(protocol);
        let is_long = ranges.iter().any(|(first, last)| last - first > LONGEST_RANGE);
        let each = ranges
            .iter()
            .filter(|_| !is_long)
            .flat_map(|(first, last)| first..=last);
        (!ranges.is_empty()).then(|| (protocol.as_str(), each.collect()))
    };
    Protocol::ALL.into_iter().filter_map(of_protocol).collect()
}
