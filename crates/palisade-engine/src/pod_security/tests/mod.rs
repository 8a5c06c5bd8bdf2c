//! The checks against Kubernetes' own fixtures, and tables of our own for what they don't hold.

mod fixtures;
mod messages;
mod versions;
mod weaknesses;

use palisade_inventory::Node;
use palisade_knowledge::KubernetesVersion;

use super::{Level, Violation, evaluate};

/// A pod from YAML without redaction of what looks like a credential: no fixture has one.
fn pod(yaml: &str) -> Node {
    let reading = palisade_sources::read_bytes("pod.yaml", yaml.as_bytes());
    assert!(reading.coverage.skipped.is_empty(), "{:?}", reading.coverage.skipped);
    let resource = reading.resources.first().expect("there is a pod");
    Node::clone(&resource.content)
}

/// A pod with this `spec`, as flow YAML.
fn with_spec(spec: &str) -> Node {
    pod(&format!(
        "{{apiVersion: v1, kind: Pod, metadata: {{name: test}}, spec: {spec}}}"
    ))
}

fn violations(pod: &Node, level: Level, minor: u16) -> Vec<Violation> {
    evaluate(pod, level, KubernetesVersion::new(minor)).expect("it is well-formed")
}

fn names(violations: &[Violation]) -> Vec<&'static str> {
    violations.iter().map(|violation| violation.check).collect()
}
