//! What the pod templates of an element say about its hardening, each with where it is said. All containers must say it.

use palisade_inventory::{FieldPath, Node};
use palisade_knowledge::ContainerRole;

use crate::kube::{Container, Pod};
use crate::system::{Element, Evidence, PodTemplate};

/// A demand on one container: the field below the pod that meets it.
type Demand = fn(Pod<'_>, &Container<'_>) -> Option<FieldPath>;

/// Where every container of an element meets a demand; none where one does not. Init containers count as well, except
/// where a demand is about long-running ones.
fn everywhere(element: &Element, demand: Demand, running_only: bool, note: &str) -> Option<Vec<Evidence>> {
    let mut evidence = Vec::new();
    for template in &element.templates {
        let pod = Pod::new(template.node());
        for container in pod.containers() {
            if running_only && !matches!(container.role, ContainerRole::Container | ContainerRole::Sidecar) {
                continue;
            }
            evidence.push(at(template, &demand(pod, &container)?, note));
        }
    }
    evidence.dedup();
    (!evidence.is_empty()).then_some(evidence)
}

/// No root, no way to gain privileges, no capabilities.
pub(super) fn confined(element: &Element) -> Option<Vec<Evidence>> {
    let mut evidence = everywhere(element, non_root, false, "does not run as root")?;
    evidence.extend(everywhere(element, no_escalation, false, "can't gain privileges")?);
    evidence.extend(everywhere(element, no_capabilities, false, "drops all capabilities")?);
    let shares_node = |template: &PodTemplate| {
        let pod = Pod::new(template.node());
        pod.host_network() || pod.host_pid() || pod.host_ipc()
    };
    (!element.templates.iter().any(shares_node)).then_some(evidence)
}

/// Its files can't be changed, and its image is named by digest or `signed`: where its signature is verified.
pub(super) fn unchangeable(element: &Element, signed: Option<Vec<Evidence>>) -> Option<Vec<Evidence>> {
    let mut evidence = everywhere(element, read_only, false, "can't change its own files")?;
    let pinned = everywhere(element, pinned, false, "the image is named by its digest");
    evidence.extend(pinned.or(signed)?);
    Some(evidence)
}

/// Limits, probes, and a second instance.
pub(super) fn durable(element: &Element) -> Option<Vec<Evidence>> {
    let mut evidence = everywhere(element, limited, true, "has a memory limit")?;
    evidence.extend(everywhere(element, probed, true, "is probed")?);
    (element.instances > 1).then_some(evidence)
}

fn non_root(pod: Pod<'_>, container: &Container<'_>) -> Option<FieldPath> {
    let is_number = |node: &Node| node.as_int().is_some_and(|uid| uid > 0);
    let is_true = |node: &Node| node.as_bool() == Some(true);
    let (path, user) = effective(pod, container, "runAsUser").unzip();
    if let Some(user) = user {
        return is_number(user).then_some(path?);
    }
    let (path, demanded) = effective(pod, container, "runAsNonRoot")?;
    is_true(demanded).then_some(path)
}

fn no_escalation(_: Pod<'_>, container: &Container<'_>) -> Option<FieldPath> {
    let field = ["securityContext", "allowPrivilegeEscalation"];
    let said = container.node.at(&field)?.as_bool()?;
    (!said).then(|| below(container, &field))
}

fn no_capabilities(_: Pod<'_>, container: &Container<'_>) -> Option<FieldPath> {
    let privileged = container
        .node
        .at(&["securityContext", "privileged"])
        .and_then(Node::as_bool);
    let added = container.node.items(&["securityContext", "capabilities", "add"]);
    let harmless = added
        .iter()
        .all(|capability| capability.as_str() == Some("NET_BIND_SERVICE"));
    let field = ["securityContext", "capabilities", "drop"];
    let dropped = container
        .node
        .items(&field)
        .iter()
        .any(|capability| capability.as_str() == Some("ALL"));
    (privileged != Some(true) && harmless && dropped).then(|| below(container, &field))
}

fn read_only(_: Pod<'_>, container: &Container<'_>) -> Option<FieldPath> {
    let field = ["securityContext", "readOnlyRootFilesystem"];
    let said = container.node.at(&field)?.as_bool()?;
    said.then(|| below(container, &field))
}

fn pinned(_: Pod<'_>, container: &Container<'_>) -> Option<FieldPath> {
    container
        .image()?
        .contains("@sha256:")
        .then(|| below(container, &["image"]))
}

fn limited(_: Pod<'_>, container: &Container<'_>) -> Option<FieldPath> {
    let field = ["resources", "limits", "memory"];
    container.node.at(&field).map(|_| below(container, &field))
}

fn probed(_: Pod<'_>, container: &Container<'_>) -> Option<FieldPath> {
    let probes = ["readinessProbe", "livenessProbe"];
    let probe = probes.into_iter().find(|probe| container.node.get(probe).is_some())?;
    Some(below(container, &[probe]))
}

/// A field of the container's security context, else of the pod's.
fn effective<'a>(pod: Pod<'a>, container: &Container<'a>, field: &str) -> Option<(FieldPath, &'a Node)> {
    let own = container.node.at(&["securityContext", field]);
    let of_container = own.map(|node| (below(container, &["securityContext", field]), node));
    of_container.or_else(|| {
        let node = pod.node().at(&["spec", "securityContext", field])?;
        let path = FieldPath::parse("spec.securityContext").child(field);
        Some((path, node))
    })
}

fn below(container: &Container<'_>, keys: &[&str]) -> FieldPath {
    keys.iter().fold(container.path.clone(), |path, key| path.child(*key))
}

fn at(template: &PodTemplate, path: &FieldPath, note: &str) -> Evidence {
    Evidence::at(&template.file, &template.document, &template.path.join(path), note)
}
