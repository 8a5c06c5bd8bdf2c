//! What leads to pods from outside the cluster. Policies say who may come in; this says by which way anybody could.

use palisade_inventory::FieldPath;

use super::ends::End;
use super::{Network, PodGroup};
use crate::kube::Selector;
use crate::system::{Evidence, Resources};

impl Network {
    /// The ways into these pods from outside: Services that the outside reaches, routes, ports of the node.
    pub fn ways_in(&self, end: &End, resources: &Resources) -> Vec<Evidence> {
        let End::Pods(groups) = end else { return Vec::new() };
        let mut ways = Vec::new();
        for (index, group) in groups
            .iter()
            .filter_map(|&index| Some((index, self.groups.get(index)?)))
        {
            ways.extend(services(group, resources));
            let admitted = self.admitted.iter().filter(|admitted| admitted.group == index);
            ways.extend(admitted.flat_map(|admitted| admitted.routes.iter().cloned()));
            ways.extend(of_node(group));
        }
        ways.sort();
        ways.dedup();
        ways
    }
}

fn services<'r>(group: &'r PodGroup, resources: &'r Resources) -> impl Iterator<Item = Evidence> + 'r {
    let labels = group.pod().labels();
    let services = resources
        .of_kind("Service")
        .filter(|service| service.id.group.is_empty());
    services.filter_map(move |service| {
        let is_meant = service.id.namespace == group.namespace
            && Selector::of_map(service.content.at(&["spec", "selector"])).matches(&labels);
        let kind = service.content.text(&["spec", "type"]);
        let (field, what) = match kind {
            Some(kind @ ("LoadBalancer" | "NodePort")) => ("type", kind),
            _ if !service.content.items(&["spec", "externalIPs"]).is_empty() => ("externalIPs", "at addresses outside"),
            _ => return None,
        };
        let note = format!(
            "Service {}/{} leads to it: {what}",
            service.id.namespace, service.id.name
        );
        let path = FieldPath::root().child("spec").child(field);
        is_meant.then(|| Evidence::at(&service.content_file, &service.content, &path, note))
    })
}

/// Ports of the node that are the pods' own.
fn of_node(group: &PodGroup) -> Vec<Evidence> {
    if group.host_network {
        return vec![group.evidence("spec.hostNetwork", "it listens on its node's own network")];
    }
    let ports = group
        .pod()
        .containers()
        .flat_map(|container| container.ports().collect::<Vec<_>>());
    let bound = ports.filter_map(|port| Some((port.host_port?, port.path.child("hostPort"))));
    let evidence = |(port, path): (u16, FieldPath)| {
        let path = group.template.path.join(&path);
        let note = format!("port {port} of its node leads to it");
        Evidence::at(&group.template.file, &group.template.document, &path, note)
    };
    bound.map(evidence).collect()
}
