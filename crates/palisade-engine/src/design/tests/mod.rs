//! The whole compilation on small systems, told in lines.

mod calls;
mod diagram;
mod exposure;
mod live;
mod policies;
mod routes;
mod stores;

use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use palisade_inventory::{Root, RootKind};
use palisade_knowledge::Catalogue;

use crate::system::{Basis, Flow, Resources, System};

/// The system of these manifests.
fn system(manifests: &str) -> System {
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::builtin().expect("the catalogue loads"));
    let reading = palisade_sources::read_bytes("test.yaml", manifests.as_bytes());
    assert_eq!(reading.coverage.skipped, [], "a test manifest is not understood");
    let mut resources = Resources::default();
    for resource in reading.resources {
        resources.upsert(Arc::new(resource));
    }
    let root = Root {
        name: "test.yaml".into(),
        kind: RootKind::Given,
    };
    super::compile(&root, &resources, &CATALOGUE)
}

/// A workload and, where `port` is given, a Service of its name.
fn app(name: &str, port: Option<u16>, container: &str) -> String {
    in_namespace("default", name, port, container)
}

fn in_namespace(namespace: &str, name: &str, port: Option<u16>, container: &str) -> String {
    let mut text = format!(
        "---\n{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: {name}, namespace: {namespace}}}, spec: {{selector: {{matchLabels: {{app: {name}}}}}, \
         template: {{metadata: {{labels: {{app: {name}}}}}, spec: {{automountServiceAccountToken: false, containers: [{{name: main, image: example/{name}, {container}}}]}}}}}}}}\n"
    );
    if let Some(port) = port {
        let _ = write!(
            text,
            "---\n{{apiVersion: v1, kind: Service, metadata: {{name: {name}, namespace: {namespace}}}, spec: {{selector: {{app: {name}}}, ports: [{{port: {port}}}]}}}}\n"
        );
    }
    text
}

/// A container's environment with one variable.
fn env(name: &str, value: &str) -> String {
    format!("env: [{{name: {name}, value: '{value}'}}]")
}

/// `from → to PROTOCOL ports`, for flows of this basis over the network.
fn flows(system: &System, basis: Basis) -> Vec<String> {
    let is_network = |flow: &&Flow| !matches!(&*flow.protocol, "mount" | "env");
    let of_basis = system
        .flows
        .iter()
        .filter(|flow| flow.basis == basis)
        .filter(is_network);
    of_basis.map(shown).collect()
}

fn declared(manifests: &str) -> Vec<String> {
    flows(&system(manifests), Basis::Declared)
}

fn shown(flow: &Flow) -> String {
    let short = |id: &str| id.replace("/default/", "/");
    let (from, to) = (short(flow.from.as_str()), short(flow.to.as_str()));
    let ports: Vec<String> = flow.ports.iter().map(u16::to_string).collect();
    format!("{from} → {to} {} {}", flow.protocol, ports.join(","))
        .trim_end()
        .to_owned()
}

/// `from → host:port`.
fn dangling(manifests: &str) -> Vec<String> {
    let system = system(manifests);
    let dangling = system.dangling.iter();
    let line = |one: &crate::system::Dangling| {
        let port = one.port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("{} → {}{port}", one.from.as_str().replace("/default/", "/"), one.host)
    };
    dangling.map(line).collect()
}

/// `element code`.
fn unknowns(system: &System, code: &str) -> Vec<String> {
    let of_code = system.unknowns.iter().filter(|unknown| unknown.code == code);
    of_code
        .map(|unknown| unknown.element.as_str().replace("/default/", "/"))
        .collect()
}

fn ids<'a>(elements: impl IntoIterator<Item = &'a crate::system::Element>) -> Vec<&'a str> {
    elements.into_iter().map(|element| element.id.as_str()).collect()
}
