//! The cloud around the cluster: its metadata service, and roles that lead back in.

use std::net::{IpAddr, Ipv4Addr};

use palisade_inventory::{FieldPath, Node, Resource, Value};

use crate::kube::Pod;
use crate::network::{Ports, Protocol};
use crate::paths::cost::Chance;
use crate::paths::ends::{End, Instance};
use crate::paths::graph::Reason;
use crate::paths::world::{Workload, World};
use crate::system::Evidence;

/// Where cloud providers answer for a node, and at which port.
const METADATA: (IpAddr, u16) = (IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)), 80);

/// Objects that give a cloud role something in a cluster, by kind and group.
const ADMISSIONS: [(&str, &str); 7] = [
    ("ConfigMap", ""),
    ("AccessEntry", "eks.services.k8s.aws"),
    ("AccessEntry", "eks.aws.upbound.io"),
    ("AccessPolicyAssociation", "eks.aws.upbound.io"),
    ("IAMPolicyMember", "iam.cnrm.cloud.google.com"),
    ("ProjectIAMMember", "cloudplatform.gcp.upbound.io"),
    ("RoleAssignment", "authorization.azure.com"),
];
/// What gives the whole cluster, as those objects write it.
const WHOLE_CLUSTER: [&str; 5] = [
    "system:masters",
    "AmazonEKSClusterAdminPolicy",
    "roles/container.admin",
    "Azure Kubernetes Service RBAC Cluster Admin",
    "Azure Kubernetes Service Cluster Admin Role",
];
/// Annotations of a service account that name its cloud role.
const ROLE: [&str; 3] = [
    "eks.amazonaws.com/role-arn",
    "iam.gke.io/gcp-service-account",
    "azure.workload.identity/client-id",
];

/// workload → its nodes: no policy keeps it from their metadata service.
pub(super) fn asks_metadata<'w, 'a>(world: &'w World<'a>) -> Vec<Instance<'w, 'a>> {
    let (address, port) = METADATA;
    let ports = Ports::one(Protocol::Tcp, port);
    let network = &world.system.network;
    let may_ask = |workload: &&Workload<'_>| network.reaches_outside(&workload.element.id, address, &ports);
    let asking = world.workloads.iter().filter(may_ask);
    asking
        .map(|workload| Instance {
            from: End::Workload(workload),
            to: End::NodesOf(workload),
            chance: Chance::CERTAIN,
            reason: Reason::Written(unlimited(workload)),
            flow: None,
        })
        .collect()
}

fn unlimited(workload: &Workload<'_>) -> Vec<Evidence> {
    let id = &workload.element.id;
    let mut templates = workload.element.templates.iter();
    if templates.any(|template| Pod::new(template.node()).host_network()) {
        workload.evidence("spec.hostNetwork", format!("{id} shares its node's network"))
    } else {
        workload.evidence("metadata.labels", format!("no policy keeps {id} from 169.254.169.254"))
    }
}

/// cloud role → cluster: an object here gives the role of a service account the whole cluster.
pub(super) fn admits<'w, 'a>(world: &'w World<'a>) -> Vec<Instance<'w, 'a>> {
    let admissions: Vec<&Resource> = ADMISSIONS
        .iter()
        .flat_map(|&(kind, group)| {
            let of_kind = world.system.resources.of_kind(kind);
            of_kind.filter(move |resource| &*resource.id.group == group && is_admission(resource))
        })
        .map(|resource| &**resource)
        .collect();
    let mut instances = Vec::new();
    for identity in world.identities.iter().filter(|_| !admissions.is_empty()) {
        let Some(account) = world.account(identity) else {
            continue;
        };
        let annotation = |name: &&str| account.content.text(&["metadata", "annotations", name]);
        let Some(role) = ROLE.iter().find_map(annotation) else {
            continue;
        };
        if let Some(resource) = admissions.iter().find(|resource| admits_role(resource, role)) {
            let note = format!("{} gives {role} the whole cluster", resource.id);
            let path = FieldPath::parse(if resource.id.group.is_empty() { "data" } else { "spec" });
            let evidence = Evidence::at(&resource.content_file, &resource.content, &path, note);
            instances.push(Instance {
                from: End::Identity(identity),
                to: End::Cluster,
                chance: Chance::CERTAIN,
                reason: Reason::Written(vec![evidence]),
                flow: None,
            });
        }
    }
    instances
}

/// Of ConfigMaps only the one that EKS reads.
fn is_admission(resource: &Resource) -> bool {
    let (namespace, name) = (&*resource.id.namespace, &*resource.id.name);
    !resource.id.group.is_empty() || (namespace == "kube-system" && name == "aws-auth")
}

/// Whether it names the role and gives it everything; of a list in a text, one item must do both.
fn admits_role(resource: &Resource, role: &str) -> bool {
    let gives_all = |text: &str| WHOLE_CLUSTER.iter().any(|right| text.contains(right));
    if resource.id.group.is_empty() {
        let does_both = |text: &str| {
            let mut items = text.split("\n- ");
            items.any(|item| item.contains(role) && gives_all(item))
        };
        return says(&resource.content, &does_both);
    }
    says(&resource.content, &|text| text.contains(role)) && says(&resource.content, &gives_all)
}

/// Whether some text of a document is so.
fn says(node: &Node, is_so: &dyn Fn(&str) -> bool) -> bool {
    match &node.value {
        Value::Text(text) => is_so(text),
        Value::List(items) => items.iter().any(|item| says(item, is_so)),
        Value::Map(map) => map.entries().iter().any(|entry| says(&entry.value, is_so)),
        _ => false,
    }
}
