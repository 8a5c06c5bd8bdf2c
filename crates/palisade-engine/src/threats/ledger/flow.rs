//! What is known about the threats to data on its way.

use palisade_knowledge::Stride;

use super::Ledger;
use super::standing::Standing;
use crate::assessment::ThreatState;
use crate::kube::{Pod, VolumeSource};
use crate::system::{ElementId, Evidence, Flow};

impl Ledger<'_> {
    /// What is known about a category of threat to the flows between two elements.
    pub(super) fn flow(&self, flows: &[&Flow], category: Stride) -> Standing {
        let said: Vec<Evidence> = flows.iter().filter_map(|flow| flow.evidence.first()).cloned().collect();
        let on_node = is_handed_over(flows);
        match category {
            Stride::Spoofing => self.other_end(flows, said),
            Stride::Repudiation => self.flow_record(flows, said),
            Stride::ElevationOfPrivilege => self.way_out(flows, said),
            Stride::DenialOfService => self.interruption(flows, said, on_node),
            _ if on_node => handed_over(flows, category, said),
            _ => in_transit(flows, said),
        }
    }

    /// Whether each end knows that the other is who it says.
    fn other_end(&self, flows: &[&Flow], said: Vec<Evidence>) -> Standing {
        let standing = in_transit(flows, said.clone());
        let target = flows.first().and_then(|flow| self.system.element(flow.to.as_str()));
        let policies = target
            .map(|target| self.policies(&target.isolation.ingress))
            .unwrap_or_default();
        match standing.state {
            ThreatState::Mitigated => {
                Standing::mitigated("it is encrypted, so that the other end shows a certificate", said)
            }
            _ if !policies.is_empty() => Standing::mitigated("a NetworkPolicy names who may call", policies),
            ThreatState::Exposed => {
                Standing::exposed("it is sent in the clear, and anybody on the way can answer", said)
            }
            _ => Standing::unknown("nothing here says how the ends know each other", said),
        }
    }

    /// Whether the files of the node that a pod mounts can be changed from it.
    fn way_out(&self, flows: &[&Flow], said: Vec<Evidence>) -> Standing {
        let from = flows.first().and_then(|flow| self.system.element(flow.from.as_str()));
        let writes = from.is_some_and(|from| {
            from.templates
                .iter()
                .any(|template| writes_to_node(Pod::new(template.node())))
        });
        if writes {
            Standing::exposed("a folder of the node is mounted and may be written to", said)
        } else {
            Standing::mitigated("all folders of the node are mounted read-only", said)
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

/// Whether the kubelet hands all of it over, so that it crosses no network.
pub(super) fn is_handed_over(flows: &[&Flow]) -> bool {
    flows.iter().all(|flow| matches!(&*flow.protocol, "mount" | "env"))
}

/// Whether they lead to the files of the node.
pub(super) fn is_of_node_files(flows: &[&Flow]) -> bool {
    flows.iter().any(|flow| flow.to.as_str() == ElementId::NODE_FILES)
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

fn writes_to_node(pod: Pod<'_>) -> bool {
    let of_node: Vec<&str> = pod
        .volumes()
        .filter(|volume| matches!(volume.source, VolumeSource::HostPath(_)))
        .map(|volume| volume.name)
        .collect();
    pod.containers()
        .flat_map(|container| container.mounts())
        .any(|mount| !mount.read_only && of_node.contains(&mount.volume))
}
