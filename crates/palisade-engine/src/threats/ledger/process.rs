//! What is known about the threats to a process.

use palisade_knowledge::Stride;

use super::standing::Standing;
use super::{Ledger, hardening};
use crate::kube::Pod;
use crate::system::{Element, ElementId, Evidence, System};

impl Ledger<'_> {
    /// What is known about a category of threat to a process.
    pub(super) fn process(&self, element: &Element, category: Stride) -> Standing {
        if element.id.as_str() == ElementId::API_SERVER && category == Stride::Repudiation {
            return self.api_server_record(element);
        }
        if element.templates.is_empty() {
            return Standing::unknown(
                "how it is set up is not part of what was read",
                element.evidence.iter().take(1).cloned().collect(),
            );
        }
        match category {
            Stride::Spoofing => self.callers(element),
            Stride::Tampering => known(
                hardening::unchangeable(element, self.signatures.verified(element)),
                "its files are read-only, and its image is named by digest or its signature is verified",
                "a read-only root file system, and images named by digest or signed and verified, would settle it",
                element,
            ),
            Stride::Repudiation => self.process_record(element),
            Stride::InformationDisclosure => self.what_it_knows(element),
            Stride::DenialOfService => known(
                hardening::durable(element),
                "it is limited, probed and runs more than once",
                "memory limits, probes and a second replica would settle it",
                element,
            ),
            Stride::ElevationOfPrivilege => known(
                hardening::confined(element),
                "it runs without root, capabilities or a way to gain privileges",
                "a non-root user, `allowPrivilegeEscalation: false` and dropped capabilities would settle it",
                element,
            ),
        }
    }

    fn callers(&self, element: &Element) -> Standing {
        let policies = self.policies(&element.isolation.ingress);
        if !policies.is_empty() {
            return Standing::mitigated("only callers that a NetworkPolicy names can connect", policies);
        }
        let mut incoming = self
            .flows
            .iter()
            .filter(|((_, to), _)| **to == element.id)
            .flat_map(|(_, flows)| flows);
        let Some(first) = incoming.next() else {
            return Standing::unknown("nothing here says who calls it, or how it knows them", place(element));
        };
        Standing::unknown(
            "nothing here says how it and its callers know each other: mutual TLS, tokens, a NetworkPolicy",
            first.evidence.iter().take(1).cloned().collect(),
        )
    }

    fn what_it_knows(&self, element: &Element) -> Standing {
        let policies = self.policies(&element.isolation.egress);
        if !policies.is_empty() {
            return Standing::mitigated("what it knows can only go where a NetworkPolicy allows", policies);
        }
        let reads = element
            .templates
            .iter()
            .any(|template| !Pod::new(template.node()).secrets().is_empty());
        match (reads, no_token(element, self.system)) {
            (false, Some(evidence)) => Standing::mitigated("it holds no token and no Secret", evidence),
            _ => Standing::unknown(
                "an egress NetworkPolicy, or holding no token and no Secret, would settle it",
                place(element),
            ),
        }
    }

    /// The policies of these ids, each with where it stands.
    pub(super) fn policies(&self, ids: &[crate::system::ElementId]) -> Vec<Evidence> {
        let policies = ids.iter().filter_map(|id| self.system.element(id.as_str()));
        policies.filter_map(|policy| policy.evidence.first()).cloned().collect()
    }
}

/// Mitigated where the evidence is there, else unknown.
fn known(evidence: Option<Vec<Evidence>>, because: &str, question: &str, element: &Element) -> Standing {
    match evidence {
        Some(evidence) => Standing::mitigated(because, evidence),
        None => Standing::unknown(question, place(element)),
    }
}

/// Where it stands.
pub(super) fn place(element: &Element) -> Vec<Evidence> {
    element.evidence.iter().take(1).cloned().collect()
}

/// Where it is said that its pods get no token for the API server.
pub(super) fn no_token(element: &Element, system: &System) -> Option<Vec<Evidence>> {
    const SETTING: &str = "automountServiceAccountToken";
    let account = element.identity.as_ref().and_then(|id| system.element(id.as_str()));
    let account = account.and_then(|account| system.resources.get(account.resource.as_ref()?));
    let said = element.templates.iter().map(|template| {
        let pod = Pod::new(template.node());
        if pod.api_token(account.map(|account| &*account.content)).is_some() {
            return None;
        }
        let note = "no token is mounted";
        if pod.node().at(&["spec", SETTING]).is_some() {
            let path = template.path.child("spec").child(SETTING);
            return Some(Evidence::at(&template.file, &template.document, &path, note));
        }
        let account = account?;
        let path = palisade_inventory::FieldPath::root().child(SETTING);
        Some(Evidence::at(&account.content_file, &account.content, &path, note))
    });
    said.collect()
}
