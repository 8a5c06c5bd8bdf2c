//! What Kubernetes itself does: the API server that tokens are for, the kubelets that probe, the DNS that resolves names.

use crate::design::boundaries::{CLUSTER, CONTROL_PLANE};
use crate::design::cluster::Cluster;
use crate::design::drawing::{self, Claim, Drawing};
use crate::design::mentions::Mention;
use crate::design::services::{PortRef, Service};
use crate::design::workloads::{Shape, Workload};
use crate::kube::{ApiToken, Container};
use crate::system::{Basis, Confidence, ElementId, ElementKind, Evidence};

/// Adds the flows to and from Kubernetes itself.
pub(super) fn add(cluster: &Cluster<'_>, drawing: &mut Drawing) {
    for (_, workload) in cluster.workloads() {
        for shape in workload.distinct_shapes() {
            add_token(cluster, workload, shape, drawing);
            for container in shape.pod().containers() {
                add_probes(workload, shape, &container, drawing);
            }
        }
    }
}

/// The API server's element.
pub(super) fn api_server(evidence: &Evidence, drawing: &mut Drawing) -> ElementId {
    element(ElementId::API_SERVER, CONTROL_PLANE, evidence, drawing)
}

/// A workload says that it calls the API server.
pub(super) fn declared_call(from: &ElementId, mention: Mention<'_>, drawing: &mut Drawing) {
    add_api_call(from, mention.evidence, Confidence::High, drawing);
}

fn add_api_call(from: &ElementId, word: Vec<Evidence>, confidence: Confidence, drawing: &mut Drawing) {
    let Some(first) = word.first() else { return };
    let to = api_server(first, drawing);
    drawing.claim(Claim {
        from: from.clone(),
        to,
        basis: Basis::Platform,
        protocol: "TCP",
        application: Some("https".to_owned()),
        ports: vec![443],
        encrypted: Some(true),
        confidence,
        word,
        way: Vec::new(),
    });
}

/// A token for the API server is there to be used.
fn add_token(cluster: &Cluster<'_>, workload: &Workload<'_>, shape: &Shape<'_>, drawing: &mut Drawing) {
    let (account, _) = shape.pod().service_account();
    let account = cluster.core("ServiceAccount", &workload.namespace, account);
    let Some(token) = shape.pod().api_token(account.map(|account| &*account.content)) else {
        return;
    };
    let (evidence, confidence) = match &token {
        ApiToken::Projected(path) => (
            shape.evidence(path, "mounts a token for the API server"),
            Confidence::High,
        ),
        ApiToken::PodSetting(path) => (
            shape.evidence(path, "asks for a token for the API server"),
            Confidence::High,
        ),
        ApiToken::AccountSetting(path) => {
            let Some(account) = account else { return };
            let note = "its service account asks for a token for the API server";
            let evidence = Evidence::at(&account.content_file, &account.content, path, note);
            (evidence, Confidence::High)
        }
        ApiToken::Default(path) => {
            let note = "nothing keeps Kubernetes from mounting a token for the API server";
            (shape.evidence(path, note), Confidence::Medium)
        }
    };
    add_api_call(&workload.id, vec![evidence], confidence, drawing);
}

/// The kubelet connects to what a probe names, if that is not a command or another host.
fn add_probes(workload: &Workload<'_>, shape: &Shape<'_>, container: &Container<'_>, drawing: &mut Drawing) {
    const PROBES: [&str; 3] = ["startupProbe", "livenessProbe", "readinessProbe"];
    const HANDLERS: [(&str, Option<&str>); 3] =
        [("httpGet", Some("http")), ("tcpSocket", None), ("grpc", Some("grpc"))];
    for probe in PROBES {
        let found = HANDLERS.iter().find_map(|(handler, application)| {
            let node = container.node.at(&[probe, handler])?;
            Some((*handler, *application, node))
        });
        let Some((handler, application, node)) = found else {
            continue;
        };
        if node.get("host").is_some() {
            continue;
        }
        let port = node.get("port").and_then(PortRef::of).and_then(|port| match port {
            PortRef::Number(number) => Some(number),
            PortRef::Name(name) => container
                .ports()
                .find(|port| port.name == Some(name))
                .map(|port| port.port),
        });
        let path = container.path.child(probe).child(handler);
        let evidence = shape.evidence(&path, format!("{probe} of container {}", container.name()));
        let tls = node.text(&["scheme"]) == Some("HTTPS");
        let from = element(ElementId::KUBELET, CLUSTER, &evidence, drawing);
        drawing.claim(Claim {
            from,
            to: workload.id.clone(),
            basis: Basis::Platform,
            protocol: "TCP",
            application: application.map(|application| if tls { "https" } else { application }.to_owned()),
            ports: port.into_iter().collect(),
            encrypted: (handler == "httpGet").then_some(tls),
            confidence: Confidence::High,
            word: vec![evidence],
            way: Vec::new(),
        });
    }
}

/// Adds the DNS lookups of one who calls others by name. The evidence is the name.
pub(super) fn add_lookup(cluster: &Cluster<'_>, from: &ElementId, name: &Evidence, drawing: &mut Drawing) {
    let service = cluster.services.get("kube-system", "kube-dns");
    let mut servers: Vec<ElementId> = service
        .iter()
        .flat_map(|service| &service.backends)
        .filter_map(|&backend| Some(cluster.workloads.get(backend)?.id.clone()))
        .collect();
    if servers.is_empty() {
        servers.push(element(ElementId::DNS, CLUSTER, name, drawing));
    }
    for to in servers {
        drawing.claim(Claim {
            from: from.clone(),
            to,
            basis: Basis::Platform,
            protocol: "UDP",
            application: Some("dns".to_owned()),
            ports: vec![53],
            encrypted: Some(false),
            confidence: Confidence::Medium,
            word: vec![name.clone()],
            way: service.map(Service::evidence).into_iter().collect(),
        });
    }
}

fn element(id: &'static str, boundary: &str, evidence: &Evidence, drawing: &mut Drawing) -> ElementId {
    let id = ElementId::from(id);
    if !drawing.has(&id) {
        let kind = ElementKind::Process;
        drawing.element(drawing::element(
            id.clone(),
            kind,
            boundary.to_owned(),
            vec![evidence.clone()],
        ));
    }
    id
}
