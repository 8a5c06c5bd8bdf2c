//! The diagram while it is drawn: what several artefacts say of one flow becomes one flow.

use std::collections::{BTreeMap, BTreeSet};

use crate::design::boundaries;
use crate::system::{
    Basis, Confidence, Dangling, Element, ElementId, ElementKind, Evidence, Flow, Isolation, System, Unknown,
};

/// More evidence than this for one thing tells a reader nothing new.
const MOST_EVIDENCE: usize = 16;

/// Elements, flows and open questions so far.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    elements: BTreeMap<ElementId, Element>,
    flows: BTreeMap<(ElementId, ElementId, Basis, &'static str), Draft>,
    dangling: BTreeMap<(ElementId, String, Option<u16>, String), Vec<Evidence>>,
    unknowns: BTreeSet<Unknown>,
}

/// What one artefact says about a flow.
#[derive(Debug)]
pub(super) struct Claim {
    pub(super) from: ElementId,
    pub(super) to: ElementId,
    pub(super) basis: Basis,
    pub(super) protocol: &'static str,
    pub(super) application: Option<String>,
    pub(super) ports: Vec<u16>,
    pub(super) encrypted: Option<bool>,
    pub(super) confidence: Confidence,
    /// Where it is said.
    pub(super) word: Vec<Evidence>,
    /// What leads there: Services on the way.
    pub(super) way: Vec<Evidence>,
}

/// What all artefacts so far say about a flow.
#[derive(Debug)]
struct Draft {
    applications: BTreeSet<Option<String>>,
    ports: BTreeSet<u16>,
    /// One of the claims does not say which ports.
    any_port: bool,
    encrypted: BTreeSet<Option<bool>>,
    confidence: Confidence,
    word: Vec<Evidence>,
    way: Vec<Evidence>,
}

impl Drawing {
    /// Adds an element. One that is there already keeps what it knows and gains the evidence.
    pub(super) fn element(&mut self, element: Element) {
        match self.elements.get_mut(&element.id) {
            None => {
                self.elements.insert(element.id.clone(), element);
            }
            Some(known) => {
                append(&mut known.evidence, element.evidence);
                known.confidence = known.confidence.max(element.confidence);
            }
        }
    }

    /// Whether there is such an element.
    pub(super) fn has(&self, id: &ElementId) -> bool {
        self.elements.contains_key(id)
    }

    /// An element, to complete it.
    pub(super) fn element_mut(&mut self, id: &ElementId) -> Option<&mut Element> {
        self.elements.get_mut(id)
    }

    /// From, to and basis of all flows.
    pub(super) fn flows(&self) -> impl Iterator<Item = (&ElementId, &ElementId, Basis)> {
        self.flows.keys().map(|(from, to, basis, _)| (from, to, *basis))
    }

    /// Flows over the network that somebody declares: from, to, protocol, ports (none: not known), and where that is said.
    pub(super) fn declared(
        &self,
    ) -> impl Iterator<Item = (&ElementId, &ElementId, &'static str, &BTreeSet<u16>, &[Evidence])> {
        let declared = self
            .flows
            .iter()
            .filter(|((_, _, basis, _), _)| *basis == Basis::Declared);
        declared.map(|((from, to, _, protocol), draft)| (from, to, *protocol, &draft.ports, &*draft.word))
    }

    /// Who is called, and what callers say is spoken.
    pub(super) fn spoken_to(&self) -> impl Iterator<Item = (&ElementId, &str)> {
        let declared = self
            .flows
            .iter()
            .filter(|((_, _, basis, _), _)| *basis == Basis::Declared);
        declared.flat_map(|((_, to, ..), draft)| {
            let applications = draft.applications.iter().flatten();
            applications.map(move |application| (to, &**application))
        })
    }

    /// Takes back that flows over TCP are in the clear, where `may_encrypt` says that something below may encrypt them.
    pub(super) fn doubt_plaintext(&mut self, may_encrypt: impl Fn(&ElementId, &ElementId) -> bool) {
        for ((from, to, _, protocol), draft) in &mut self.flows {
            if *protocol == "TCP" && draft.encrypted.contains(&Some(false)) && may_encrypt(from, to) {
                draft.encrypted.remove(&Some(false));
                draft.encrypted.insert(None);
            }
        }
    }

    /// Adds what is said about a flow. What an element says of itself is no flow.
    pub(super) fn claim(&mut self, claim: Claim) {
        if claim.from == claim.to {
            return;
        }
        let key = (claim.from, claim.to, claim.basis, claim.protocol);
        let draft = self.flows.entry(key).or_insert_with(|| Draft {
            applications: BTreeSet::new(),
            ports: BTreeSet::new(),
            any_port: false,
            encrypted: BTreeSet::new(),
            confidence: claim.confidence,
            word: Vec::new(),
            way: Vec::new(),
        });
        draft.any_port |= claim.ports.is_empty();
        draft.applications.insert(claim.application);
        draft.ports.extend(claim.ports);
        draft.encrypted.insert(claim.encrypted);
        draft.confidence = draft.confidence.max(claim.confidence);
        append(&mut draft.word, claim.word);
        append(&mut draft.way, claim.way);
    }

    /// Adds an address that nothing here answers.
    pub(super) fn dangling(&mut self, from: ElementId, host: &str, port: Option<u16>, reason: String, word: Evidence) {
        let evidence = self.dangling.entry((from, host.to_owned(), port, reason)).or_default();
        append(evidence, [word]);
    }

    /// The elements that name an address that nothing here answers.
    pub(super) fn dangling_from(&self) -> impl Iterator<Item = &ElementId> {
        self.dangling.keys().map(|(from, ..)| from)
    }

    /// Adds an open question.
    pub(super) fn unknown(&mut self, unknown: Unknown) {
        self.unknowns.insert(unknown);
    }

    /// The finished diagram. A flow to or from what is no element would say nothing: every end gets one.
    pub(super) fn finish(self, system: &mut System) {
        let boundaries = boundaries::of(self.elements.values());
        system.flows = self
            .flows
            .into_iter()
            .map(|((from, to, basis, protocol), draft)| {
                let side = |id: &ElementId| self.elements.get(id).map_or("", |element| &*element.boundary);
                let crosses = boundaries::crossed(&boundaries, side(&from), side(&to));
                draft.into_flow(from, to, basis, protocol, crosses)
            })
            .collect();
        system.dangling = self
            .dangling
            .into_iter()
            .map(|((from, host, port, reason), evidence)| Dangling {
                from,
                host,
                port,
                reason,
                evidence,
            })
            .collect();
        system.elements = self.elements.into_values().collect();
        system.unknowns = self.unknowns.into_iter().collect();
        system.boundaries = boundaries.into_values().collect();
    }
}

impl Draft {
    fn into_flow(self, from: ElementId, to: ElementId, basis: Basis, protocol: &str, crosses: Vec<String>) -> Flow {
        let mut evidence = self.word;
        append(&mut evidence, self.way);
        let mut applications = self.applications.into_iter().flatten();
        let application = applications.next();
        Flow {
            from,
            to,
            basis,
            protocol: protocol.to_owned(),
            // Where two claims differ, neither is the whole truth.
            application: application.filter(|_| applications.next().is_none()),
            ports: if self.any_port && basis == Basis::Allowed {
                Vec::new()
            } else {
                self.ports.into_iter().collect()
            },
            encrypted: worst(&self.encrypted),
            crosses,
            evidence,
            confidence: self.confidence,
        }
    }
}

/// In the clear as soon as one claim says so; encrypted only when all do.
fn worst(encrypted: &BTreeSet<Option<bool>>) -> Option<bool> {
    if encrypted.contains(&Some(false)) {
        Some(false)
    } else if encrypted.contains(&None) {
        None
    } else {
        encrypted.contains(&Some(true)).then_some(true)
    }
}

/// Adds what is new, in order.
pub(super) fn append(evidence: &mut Vec<Evidence>, more: impl IntoIterator<Item = Evidence>) {
    for one in more {
        if evidence.len() < MOST_EVIDENCE && !evidence.contains(&one) {
            evidence.push(one);
        }
    }
}

/// An element about which nothing more is known yet.
pub(super) fn element(id: ElementId, kind: ElementKind, boundary: String, evidence: Vec<Evidence>) -> Element {
    Element {
        id,
        kind,
        boundary,
        namespace: None,
        technology: None,
        store: None,
        owner: None,
        instances: 0,
        nodes: Vec::new(),
        images: Vec::new(),
        identity: None,
        isolation: Isolation::default(),
        evidence,
        confidence: Confidence::High,
        templates: Vec::new(),
        resource: None,
    }
}
