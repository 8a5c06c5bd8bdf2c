//! The node's network, processes and inter-process communication.

use crate::pod_security::containers::{Pod, spec_path};
use crate::pod_security::refusal::Refusal;

pub(in crate::pod_security) fn check(pod: Pod<'_>) -> Option<Refusal> {
    let mut fields = vec!["hostNetwork", "hostPID", "hostIPC"];
    fields.retain(|field| pod.is_set(&[field]));
    let details: Vec<_> = fields.iter().map(|field| format!("{field}=true")).collect();
    let paths = fields.iter().map(|field| spec_path(&[field])).collect();
    (!details.is_empty()).then(|| Refusal::new("host namespaces", details.join(", "), paths))
}
