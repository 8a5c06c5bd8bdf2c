//! Whether a service mesh takes a pod in.

use palisade_inventory::Node;

use super::labels::Labels;
use super::pod::Pod;

/// A service mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mesh {
    /// Istio, with proxies beside pods or on nodes.
    Istio,
    /// Linkerd.
    Linkerd,
}

const ISTIO_INJECT: &str = "sidecar.istio.io/inject";
const ISTIO_MODE: &str = "istio.io/dataplane-mode";
const LINKERD_INJECT: &str = "linkerd.io/inject";

impl Mesh {
    /// `istio`, `linkerd`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Istio => "istio",
            Self::Linkerd => "linkerd",
        }
    }

    /// The mesh that takes in the pods of a namespace that say nothing themselves.
    pub fn of_namespace(namespace: &Node) -> Option<Self> {
        let labels = Labels::of(namespace);
        if labels.get("istio-injection") == Some("enabled")
            || labels.get("istio.io/rev").is_some()
            || labels.get(ISTIO_MODE) == Some("ambient")
        {
            return Some(Self::Istio);
        }
        let linkerd = namespace.text(&["metadata", "annotations", LINKERD_INJECT]);
        matches!(linkerd, Some("enabled" | "ingress")).then_some(Self::Linkerd)
    }

    /// The mesh that a pod is in: what the pod says counts before what its namespace says.
    pub fn of_pod(pod: Pod<'_>, namespace: Option<&Node>) -> Option<Self> {
        if pod.host_network() {
            return None;
        }
        for container in pod.containers() {
            match container.name() {
                "istio-proxy" => return Some(Self::Istio),
                "linkerd-proxy" => return Some(Self::Linkerd),
                _ => {}
            }
        }
        let labels = pod.labels();
        let annotation = |name: &str| pod.node().text(&["metadata", "annotations", name]);
        let istio = labels.get(ISTIO_INJECT).or_else(|| annotation(ISTIO_INJECT));
        let linkerd = annotation(LINKERD_INJECT);
        match (istio, linkerd, labels.get(ISTIO_MODE)) {
            (Some("true" | "enabled"), ..) | (None, _, Some("ambient")) => Some(Self::Istio),
            (None, Some("enabled" | "ingress"), _) => Some(Self::Linkerd),
            (None, None, None) => namespace.and_then(Self::of_namespace),
            _ => None,
        }
    }
}
