//! What is known about the threats to data on its way.

use palisade_knowledge::Stride;

use super::Ledger;
use super::standing::Standing;
use crate::system::{Evidence, Flow};

impl Ledger<'_> {
    /// What is known about a category of threat to the flows between two elements.
    pub(super) fn flow(&self, flows: &[&Flow], category: Stride) -> Standing {
        let said: Vec<Evidence> = flows.iter().filter_map(|flow| flow.evidence.first()).cloned().collect();
        let on_node = flows.iter().all(|flow| matches!(&*flow.protocol, "mount" | "env"));
        match category {
            Stride::DenialOfService => self.interruption(flows, said, on_node),
            _ if on_node => handed_over(flows, category, said),
            _ => in_transit(flows, said),
        }
    }

    fn interruption(&self, flows: &[&Flow], said: Vec<Evidence>, on_node: bool) -> Standing {
        if on_node {
            return Standing::unknown("a pod does not start while what it mounts is missing", said);
        }
        let target = flows.first().and_then(|flow| self.system.element(flow.to.as_str()));
        let policies = target
            .map(|target| self.policies(&target.isolation.ingress))
            .unwrap_or_default();
        if policies.is_empty() {
            Standing::unknown("nothing here limits who may use up its connections, or how fast", said)
        } else {
            Standing::mitigated("only what a NetworkPolicy names can use up its connections", policies)
        }
    }
}

/// What the kubelet hands to a pod does not cross a network that others are on.
fn handed_over(flows: &[&Flow], category: Stride, said: Vec<Evidence>) -> Standing {
    let env = flows.iter().any(|flow| flow.protocol == "env");
    match category {
        Stride::InformationDisclosure if env => Standing::unknown(
            "environment variables show in crash reports and to every child process",
            said,
        ),
        _ => Standing::mitigated(
            "the kubelet hands it to the pod; it crosses no network of the pods",
            said,
        ),
    }
}

fn in_transit(flows: &[&Flow], said: Vec<Evidence>) -> Standing {
    let is = |word| flows.iter().any(|flow| flow.encrypted == Some(word));
    let unsaid = flows.iter().any(|flow| flow.encrypted.is_none());
    if is(false) {
        Standing::exposed("it is sent in the clear", said)
    } else if unsaid {
        Standing::unknown("nothing here says whether it is encrypted on the way", said)
    } else {
        Standing::mitigated("it is encrypted on the way", said)
    }
}
