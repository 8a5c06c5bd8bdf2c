//! Makes up a cluster, as `kubectl get -A -o json` prints one: to measure with, and to check what is found in it.
//!
//! The same options give the same bytes. Nothing is kept but the plan, so memory does not grow with the pods.

mod cluster;
mod list;
mod meta;
mod names;
mod network;
mod planted;
mod pod;
mod settings;
mod template;
mod workload;

use std::io::{self, Write};

use serde_json::{Value, json};

use cluster::Cluster;
pub use list::Layout;
use list::ListWriter;
pub use planted::PlantedPath;

/// What to make up.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many pods, at least fifty.
    pub pods: usize,
    /// What all that looks random follows from.
    pub seed: u64,
    /// How the list is laid out.
    pub layout: Layout,
    /// Whether objects carry `metadata.managedFields`, which kubectl hides unless asked.
    pub managed_fields: bool,
}

/// Writes a cluster, and tells which attack paths are in it.
pub fn write(options: Options, out: impl Write) -> io::Result<Vec<PlantedPath>> {
    let cluster = Cluster::plan(options.pods, options.seed);
    let mut list = ListWriter::begin(out, options.layout)?;
    for_each_object(&cluster, |mut object| {
        if options.managed_fields {
            meta::manage(&mut object, "kube-controller-manager", "2026-03-02T10:00:00Z");
        }
        list.item(&object)
    })?;
    list.end()?;
    Ok(planted::paths(&cluster))
}

/// Every object, kind by kind, as kubectl lists them when asked for several kinds.
fn for_each_object(cluster: &Cluster, mut give: impl FnMut(Value) -> io::Result<()>) -> io::Result<()> {
    for (number, node) in cluster.nodes.iter().enumerate() {
        give(settings::node(cluster, number, node))?;
    }
    for (number, namespace) in cluster.namespaces.iter().enumerate() {
        give(settings::namespace(cluster, number, namespace))?;
    }
    for workload in &cluster.workloads {
        let template = template::spec(workload);
        for number in 0..workload.pods {
            give(pod::pod(cluster, workload, &template, number))?;
        }
    }
    for workload in &cluster.workloads {
        workload::controllers(cluster.seed, workload)
            .into_iter()
            .try_for_each(&mut give)?;
    }
    for workload in &cluster.workloads {
        network::objects(cluster, workload)
            .into_iter()
            .try_for_each(&mut give)?;
        settings::configuration(cluster, workload)
            .into_iter()
            .try_for_each(&mut give)?;
        settings::account(cluster, workload)
            .into_iter()
            .try_for_each(&mut give)?;
    }
    for (number, namespace) in cluster.namespaces.iter().enumerate() {
        settings::born_with(cluster, number, namespace)
            .into_iter()
            .try_for_each(&mut give)?;
        network::policies(cluster, number, namespace)
            .into_iter()
            .try_for_each(&mut give)?;
    }
    give(cluster_admin())?;
    planted::objects(cluster.seed).into_iter().try_for_each(&mut give)
}

/// The role that every cluster is born with.
fn cluster_admin() -> Value {
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {
            "annotations": {"rbac.authorization.kubernetes.io/autoupdate": "true"},
            "labels": {"kubernetes.io/bootstrapping": "rbac-defaults"},
            "name": "cluster-admin",
        },
        "rules": [
            {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},
            {"nonResourceURLs": ["*"], "verbs": ["*"]},
        ],
    })
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use serde_json::Value;

    use super::{Layout, Options, write};

    fn cluster(pods: usize, seed: u64) -> String {
        let options = Options {
            pods,
            seed,
            layout: Layout::Compact,
            managed_fields: false,
        };
        let mut out = Vec::new();
        write(options, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn items(text: &str) -> Vec<Value> {
        let list: Value = serde_json::from_str(text).unwrap();
        list.get("items").and_then(Value::as_array).cloned().unwrap()
    }

    #[test]
    fn the_same_options_give_the_same_bytes() {
        assert_eq!(cluster(300, 1), cluster(300, 1));
        assert_ne!(cluster(300, 1), cluster(300, 2));
    }

    #[test]
    fn it_has_exactly_the_pods_asked_for() {
        for pods in [50, 333, 2_000] {
            let count = items(&cluster(pods, 7))
                .iter()
                .filter(|item| item["kind"] == "Pod")
                .count();
            assert_eq!(count, pods);
        }
    }

    #[test]
    fn no_two_objects_share_a_name_and_every_owner_exists() {
        let items = items(&cluster(2_000, 1));
        let mut uids = BTreeMap::new();
        let mut names = BTreeSet::new();
        for item in &items {
            let meta = &item["metadata"];
            let name = (
                item["kind"].to_string(),
                meta["namespace"].to_string(),
                meta["name"].to_string(),
            );
            uids.insert(meta["uid"].to_string(), name.clone());
            assert!(names.insert(name.clone()), "{name:?} is there twice");
        }
        for item in &items {
            let meta = &item["metadata"];
            for owner in meta["ownerReferences"].as_array().into_iter().flatten() {
                let (kind, namespace, name) = &uids[&owner["uid"].to_string()];
                assert_eq!((kind, name), (&owner["kind"].to_string(), &owner["name"].to_string()));
                assert_eq!(namespace, &meta["namespace"].to_string());
            }
        }
    }

    #[test]
    fn endpoints_are_the_pods_behind_a_service() {
        let items = items(&cluster(400, 1));
        let addresses: BTreeMap<String, String> = items
            .iter()
            .filter(|item| item["kind"] == "Pod")
            .map(|pod| (pod["metadata"]["uid"].to_string(), pod["status"]["podIP"].to_string()))
            .collect();
        let mut endpoints = 0;
        for slice in items.iter().filter(|item| item["kind"] == "EndpointSlice") {
            for endpoint in slice["endpoints"].as_array().unwrap() {
                let pod = &addresses[&endpoint["targetRef"]["uid"].to_string()];
                assert_eq!(pod, &endpoint["addresses"][0].to_string());
                endpoints += 1;
            }
        }
        assert!(endpoints > 300, "only {endpoints}");
    }
}
