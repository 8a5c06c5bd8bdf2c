//! Pods as attackers start them.

use palisade_inventory::Node;
use palisade_knowledge::StartedPod;

use crate::views::nodes::{flag, list, map, text};

/// A pod of this sort, and otherwise as harmless as can be.
pub(super) fn pod(sort: StartedPod) -> Node {
    match sort {
        StartedPod::Plain => harmless(),
        StartedPod::Privileged => of(&[], PRIVILEGED, None),
        StartedPod::HostPath => of(&[], HARDENED, Some("/")),
        StartedPod::HostNamespaces => of(&["hostPID", "hostNetwork", "hostIPC"], HARDENED, None),
    }
}

/// A pod that meets the Pod Security level `restricted`.
pub(super) fn harmless() -> Node {
    of(&[], HARDENED, None)
}

/// A document's pod or pod template as the object that a request carries.
pub(super) fn object(pod: &Node, namespace: &str) -> Node {
    let metadata = pod.entries(&["metadata"]).iter();
    let metadata = metadata.filter(|entry| &*entry.key != "namespace");
    let metadata = metadata.map(|entry| (&*entry.key, entry.value.clone()));
    map([
        ("apiVersion", text("v1")),
        ("kind", text("Pod")),
        ("metadata", map(metadata.chain([("namespace", text(namespace))]))),
        ("spec", pod.get("spec").cloned().unwrap_or_else(|| map([]))),
    ])
}

/// What a pod may have whatever sort it is of. A privileged container can't also forbid to gain privileges.
const ALWAYS: [(&str, bool); 2] = [("runAsNonRoot", true), ("readOnlyRootFilesystem", true)];
const PRIVILEGED: (&str, bool) = ("privileged", true);
const HARDENED: (&str, bool) = ("allowPrivilegeEscalation", false);

fn of(host: &[&str], privilege: (&str, bool), host_path: Option<&str>) -> Node {
    let flags = ALWAYS.iter().chain([&privilege]);
    let mut context: Vec<(&str, Node)> = flags.map(|(name, value)| (*name, flag(*value))).collect();
    let drop = list([text("ALL")].into_iter());
    context.push(("capabilities", map([("drop", drop)])));
    context.push(("seccompProfile", map([("type", text("RuntimeDefault"))])));
    let some = || map([("cpu", text("100m")), ("memory", text("64Mi"))]);
    let mut container = vec![
        ("name", text("pod")),
        ("image", text("registry.example.com/pod:1")),
        ("resources", map([("limits", some()), ("requests", some())])),
        ("securityContext", map(context)),
    ];
    let mut spec: Vec<(&str, Node)> = host.iter().map(|name| (*name, flag(true))).collect();
    spec.push(("automountServiceAccountToken", flag(false)));
    if let Some(path) = host_path {
        let mount = map([("name", text("host")), ("mountPath", text("/host"))]);
        container.push(("volumeMounts", list([mount].into_iter())));
        let volume = map([("name", text("host")), ("hostPath", map([("path", text(path))]))]);
        spec.push(("volumes", list([volume].into_iter())));
    }
    spec.push(("containers", list([map(container)].into_iter())));
    map([("metadata", map([("name", text("pod"))])), ("spec", map(spec))])
}
