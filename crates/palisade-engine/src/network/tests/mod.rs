//! Reachability on small clusters, and against a reference that looks at each pair of pods and each port by itself.

pub(crate) mod manifest;
pub(crate) mod property;
pub(crate) mod reference;
mod traps;

use super::{HostNetwork, Network};
use crate::testing::resources;

/// Pods `web` and `db` of namespace `shop`, `spy` of namespace `other`; `db` listens on `sql`.
const PODS: &str = "
{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: shop}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}}, spec: {containers: [{name: a, image: a}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: db, namespace: shop, labels: {app: db}}, spec: {containers: [{name: a, image: a, ports: [{name: sql, containerPort: 5432}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: spy, namespace: other, labels: {app: spy}}, spec: {containers: [{name: a, image: a}]}}
";

fn network(yaml: &str) -> Network {
    Network::new(&resources(yaml).1, HostNetwork::Nodes)
}

/// What gets from one end to another.
fn ports(yaml: &str, from: &str, to: &str) -> String {
    let (_, resources) = resources(yaml);
    let network = Network::new(&resources, HostNetwork::Nodes);
    assert_eq!(network.faults(), [], "{yaml}");
    let end = |text| network.end(text, &resources).expect("it is there");
    let answers = network.between(&end(from), &end(to));
    let ports: Vec<String> = answers.iter().map(|answer| answer.ports.to_string()).collect();
    ports.join(" | ")
}
