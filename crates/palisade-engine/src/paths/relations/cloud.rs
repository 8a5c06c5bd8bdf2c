//! The cloud around the cluster: its metadata service, and roles that lead back in.

use std::net::{IpAddr, Ipv4Addr};

use palisade_inventory::{FieldPath, Node, Resource, Value};

use crate::paths::cost::Chance;
use crate::paths::ends::{End, Instance};
use crate::paths::graph::Reason;
use crate::paths::world::{Workload, World};
use crate::system::{Evidence, System};

/// Where cloud providers answer for a node.
const METADATA: IpAddr = IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254));
/// The port that they answer on.
const PORT: i64 = 80;

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
    let asking = world
        .workloads
        .iter()
        .filter(|workload| !workload.is_egress_isolated() || allows_metadata(workload, world.system));
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
    if workload.host_network {
        workload.evidence("spec.hostNetwork", format!("{id} shares its node's network"))
    } else {
        workload.evidence("metadata.labels", format!("no policy keeps {id} from 169.254.169.254"))
    }
}

/// Whether one of the policies that isolate it lets it through all the same.
fn allows_metadata(workload: &Workload<'_>, system: &System) -> bool {
    let isolating = &workload.element.isolation.egress;
    let policies = system.resources.of_kind("NetworkPolicy");
    policies
        .filter(|policy| isolating.iter().any(|id| *id.as_str() == *policy.id.to_string()))
        .flat_map(|policy| policy.content.items(&["spec", "egress"]))
        .any(|rule| to_metadata(rule) && over_http(rule))
}

fn to_metadata(rule: &Node) -> bool {
    let peers = rule.items(&["to"]);
    peers.is_empty() || peers.iter().any(|peer| peer.get("ipBlock").is_some_and(holds_metadata))
}

fn holds_metadata(block: &Node) -> bool {
    let holds = |cidr: &str| is_in(METADATA, cidr);
    let mut excepted = block.items(&["except"]).iter().filter_map(Node::as_str);
    block.text(&["cidr"]).is_some_and(holds) && !excepted.any(holds)
}

/// Whether an address is in a block; a block that can't be read holds nothing.
fn is_in(address: IpAddr, cidr: &str) -> bool {
    let Some((base, length)) = cidr.split_once('/') else {
        return false;
    };
    match (address, base.parse(), length.parse::<u32>()) {
        (IpAddr::V4(address), Ok(IpAddr::V4(base)), Ok(length)) if length <= 32 => {
            let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
            address.to_bits() & mask == base.to_bits() & mask
        }
        _ => false,
    }
}

fn over_http(rule: &Node) -> bool {
    let ports = rule.items(&["ports"]);
    let is_http = |port: &Node| {
        let number = |key| port.get(key).and_then(Node::as_int);
        let is_tcp = matches!(port.text(&["protocol"]), None | Some("TCP"));
        is_tcp
            && match (port.get("port"), number("port"), number("endPort")) {
                (None, _, _) => true,
                (_, Some(first), Some(last)) => (first..=last).contains(&PORT),
                (_, port, None) => port == Some(PORT),
                (_, None, Some(_)) => false,
            }
    };
    ports.is_empty() || ports.iter().any(is_http)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_hold_what_their_prefix_says() {
        for (cidr, holds) in [
            ("0.0.0.0/0", true),
            ("169.254.0.0/16", true),
            ("169.254.169.254/32", true),
            ("169.254.169.253/32", false),
            ("10.0.0.0/8", false),
            ("::/0", false),
            ("169.254.169.254", false),
            ("0.0.0.0/33", false),
        ] {
            assert_eq!(is_in(METADATA, cidr), holds, "{cidr}");
        }
    }
}
