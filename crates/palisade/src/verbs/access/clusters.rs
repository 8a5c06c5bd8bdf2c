//! The systems of the input, each as the cluster that it would be.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use palisade_engine::rbac::Authorizer;
use palisade_engine::system::Resources;
use palisade_inventory::{Resource, Root, RootKind};
use palisade_report::Pattern;

use crate::cli::access::Question;
use crate::console::Console;
use crate::failure::Failure;
use crate::pipeline;

/// A system of the input as a cluster.
pub(crate) struct Cluster {
    /// The folders and files that hold it, as the user named them.
    pub(crate) root: String,
    pub(crate) resources: Resources,
    pub(crate) authorizer: Authorizer,
}

/// Reads the input. Everything named is one cluster, except for what is a system of its own: overlays, charts, variants.
pub(crate) fn clusters(paths: &[PathBuf], question: &Question, console: &Console) -> anyhow::Result<Vec<Cluster>> {
    let reading = pipeline::read(paths, question.render, console)?;
    for skipped in pipeline::unreadable(&reading.coverage) {
        console.note(format_args!("not read: {skipped}"));
    }
    if reading.resources.is_empty() {
        let first = pipeline::unreadable(&reading.coverage).next();
        let first = first.unwrap_or_else(|| "no Kubernetes object was found".to_owned());
        return Err(Failure::new(
            format!("nothing was evaluated: {first}"),
            "name files or folders that hold roles and bindings, or pipe `kubectl get \
             clusterroles,clusterrolebindings,roles,rolebindings -A -o json` into -",
        )
        .into());
    }
    let by_root = by_root(reading.resources);
    let wanted: Vec<Pattern> = question.systems.iter().map(Pattern::new).collect();
    let names: Vec<String> = by_root.keys().cloned().collect();
    let clusters: Vec<Cluster> = by_root
        .into_iter()
        .filter(|(root, _)| wanted.is_empty() || wanted.iter().any(|pattern| pattern.matches(root)))
        .map(|(root, resources)| Cluster {
            root,
            authorizer: Authorizer::of_cluster(&resources),
            resources,
        })
        .collect();
    if clusters.is_empty() {
        let message = "nothing was evaluated: no system has a root that --system asks for";
        return Err(Failure::new(message, format!("the systems are {}", names.join(", "))).into());
    }
    Ok(clusters)
}

fn by_root(resources: Vec<Resource>) -> BTreeMap<String, Resources> {
    let mut given: Vec<Arc<Root>> = Vec::new();
    for resource in &resources {
        if resource.root.kind == RootKind::Given && !given.contains(&resource.root) {
            given.push(Arc::clone(&resource.root));
        }
    }
    let names: Vec<&str> = given.iter().map(|root| &*root.name).collect();
    let together = names.join(" ");
    let mut by_root: BTreeMap<String, Resources> = BTreeMap::new();
    for resource in resources {
        let root = match resource.root.kind {
            RootKind::Given => together.clone(),
            _ => resource.root.name.to_string(),
        };
        by_root.entry(root).or_default().upsert(Arc::new(resource));
    }
    by_root
}
