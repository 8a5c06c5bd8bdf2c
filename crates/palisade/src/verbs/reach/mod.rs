//! `palisade reach`: who can open a connection to whom.

mod list;
mod pair;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use palisade_engine::network::{Fault, HostNetwork, Network, Ports, Protocol};
use palisade_engine::system::Resources;
use palisade_inventory::{Coverage, Resource, Root};

use super::Done;
use crate::cli::{HostNetworkPods, Reach};
use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::pipeline;

/// One system of the input.
struct Part {
    root: Arc<Root>,
    resources: Resources,
    network: Network,
}

pub(crate) fn run<'a>(args: &'a Reach, console: &Console) -> anyhow::Result<Done<'a>> {
    let (ends, paths) = match args.words.as_slice() {
        paths if args.all => (None, paths),
        [from, to, paths @ ..] => (Some((from, to)), paths),
        _ => {
            let help = "say FROM and TO, or --all to list every connection";
            return Err(Failure::new("whose connection to whom?", help).into());
        }
    };
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    let reading = pipeline::read(&paths, false, console)?;
    let mut problems: Vec<String> = pipeline::unreadable(&reading.coverage).collect();
    problems.extend(redefined(&reading.coverage));
    let parts = parts(reading.resources, args);
    if parts.is_empty() {
        let seen = problems
            .first()
            .map_or("no Kubernetes object was found", String::as_str);
        let help = "name a folder or file with Kubernetes manifests, or pipe `kubectl get all,networkpolicy -A -o json` into `palisade reach --all -`";
        return Err(Failure::new(format!("nothing was evaluated: {seen}"), help).into());
    }
    for part in &parts {
        problems.extend(part.network.faults().iter().map(Fault::to_string));
        for (_, unclear) in part.network.ambiguous() {
            console.note(format_args!(
                "{}:{}:{}: {}",
                unclear.file, unclear.line, unclear.column, unclear.note
            ));
        }
    }
    for skipped in reading
        .coverage
        .skipped
        .iter()
        .filter(|skipped| skipped.code == "not-kubernetes")
    {
        console.note(format_args!("not read: {}", pipeline::told(skipped)));
    }
    for problem in &problems {
        console.note(format_args!("not usable: {problem}"));
    }
    let mut done = match ends {
        None => list::run(parts, args),
        Some((from, to)) => pair::run(&parts, from, to, args)?,
    };
    if !problems.is_empty() {
        done.outcome = Outcome::Incomplete;
    }
    Ok(done)
}

/// Objects that are defined twice, in different words: which of them is meant is not clear.
fn redefined(coverage: &Coverage) -> impl Iterator<Item = String> {
    let redefined = coverage.notices.iter().filter(|notice| notice.code == "redefined");
    redefined.map(|notice| format!("{}:{}:{}: {}", notice.file, notice.line, notice.column, notice.message))
}

/// The systems of the input that were asked for.
fn parts(resources: Vec<Resource>, args: &Reach) -> Vec<Part> {
    let mode = match (args.host_network, args.all) {
        (Some(HostNetworkPods::Nodes), _) | (None, false) => HostNetwork::Nodes,
        (Some(HostNetworkPods::Pods), _) | (None, true) => HostNetwork::Pods,
    };
    let mut roots: BTreeMap<Arc<Root>, Resources> = BTreeMap::new();
    for resource in resources {
        let root = roots.entry(Arc::clone(&resource.root)).or_default();
        root.upsert(Arc::new(resource));
    }
    let wanted = roots
        .into_iter()
        .filter(|(root, _)| args.system.as_ref().is_none_or(|wanted| **wanted == *root.name));
    wanted
        .map(|(root, resources)| Part {
            network: Network::new(&resources, mode),
            root,
            resources,
        })
        .collect()
}

/// `5432`, `53/UDP`.
pub(crate) fn parse_port(text: &str) -> Result<Ports, String> {
    let (number, protocol) = text.split_once('/').unwrap_or((text, "TCP"));
    let protocol = Protocol::named(&protocol.to_ascii_uppercase());
    let protocol = protocol.ok_or_else(|| "the protocol is TCP, UDP or SCTP".to_owned())?;
    match number.parse() {
        Ok(number) if number > 0 => Ok(Ports::one(protocol, number)),
        _ => Err("a port is a number from 1 to 65535".to_owned()),
    }
}
