//! What keeps a record of who did what: the API server's audit log, collectors of logs, access logs of a mesh.

use std::sync::Arc;

use palisade_inventory::{FieldPath, Node, Resource};

use super::audit_policy;
use crate::kube::{Pod, VolumeSource};
use crate::system::{Element, Evidence, PodTemplate, System};
use crate::views::{Component, control_plane_components};

/// Programs that carry away what containers write, by the last part of their image's repository or by their container's
/// name.
const COLLECTORS: [&str; 17] = [
    "alloy",
    "aws-for-fluent-bit",
    "cloudwatch-agent",
    "elastic-agent",
    "filebeat",
    "fluent-bit",
    "fluentd",
    "fluentd-elasticsearch",
    "fluentd-kubernetes-daemonset",
    "logging-agent",
    "opentelemetry-collector",
    "opentelemetry-collector-contrib",
    "opentelemetry-collector-k8s",
    "promtail",
    "splunk-otel-collector",
    "vector",
    "vmagent-logs",
];

/// Folders of the node where the kubelet and the runtime keep what containers write.
const LOG_FOLDERS: [&str; 4] = ["/", "/var", "/var/log", "/var/lib/docker/containers"];

/// What is known about the API server's audit log.
#[derive(Debug)]
pub(super) enum Audit {
    /// Nothing tells.
    Unseen,
    /// The API server is here and is not told to keep one.
    Off(Vec<Evidence>),
    /// A policy is written, but nothing shows that the API server follows it.
    Written(Vec<Evidence>),
    /// The API server is told to keep one.
    On(Vec<Evidence>),
}

/// Everything in a system that keeps a record.
#[derive(Debug)]
pub(super) struct Records<'a> {
    pub(super) audit: Audit,
    policies: Vec<&'a Arc<Resource>>,
    /// Where each collector of logs is told to read the node's.
    collectors: Vec<Evidence>,
    /// Telemetry settings of a mesh that log each request, with the namespace that they are for; empty: all.
    access_logs: Vec<(&'a str, Evidence)>,
}

impl<'a> Records<'a> {
    /// Looks through a system.
    pub(super) fn of(system: &'a System) -> Self {
        let policies: Vec<_> = system
            .resources
            .of_kind("Policy")
            .filter(|policy| &*policy.id.group == "audit.k8s.io")
            .collect();
        Self {
            audit: audit(system, &policies),
            policies,
            collectors: system.elements.iter().filter_map(collector).collect(),
            access_logs: system
                .resources
                .of_kind("Telemetry")
                .filter_map(|telemetry| access_log(telemetry))
                .collect(),
        }
    }

    /// Where an audit policy says that changes of a core resource are not recorded.
    pub(super) fn left_out(&self, resource: &str) -> Option<Evidence> {
        self.policies
            .iter()
            .find_map(|policy| audit_policy::left_out(policy, resource))
    }

    /// Where it is said that the output of all pods is carried off their nodes.
    pub(super) fn collected(&self) -> Option<Evidence> {
        self.collectors.first().cloned()
    }

    /// Where it is said that the mesh logs each request to and from an element.
    pub(super) fn access_logged(&self, system: &System, element: &Element) -> Option<Evidence> {
        let namespace = element.namespace.as_deref()?;
        let own = element
            .templates
            .first()
            .and_then(|template| annotated(template, "config.linkerd.io/access-log"));
        own.or_else(|| {
            let of_namespace = self
                .access_logs
                .iter()
                .find(|(scope, _)| scope.is_empty() || *scope == namespace);
            let (_, evidence) = of_namespace?;
            in_istio(system, element).then(|| evidence.clone())
        })
    }
}

fn audit(system: &System, policies: &[&Arc<Resource>]) -> Audit {
    let components = control_plane_components(system);
    let servers: Vec<_> = components
        .iter()
        .filter(|component| component.name == "kube-apiserver")
        .collect();
    let untold: Vec<Evidence> = servers
        .iter()
        .filter(|server| audit_flag(server).is_none())
        .map(|server| Evidence {
            note: "the API server is told of no audit policy, or of no place for its audit log".to_owned(),
            ..server.evidence.clone()
        })
        .collect();
    if !untold.is_empty() {
        return Audit::Off(untold);
    }
    let told = servers.iter().filter_map(|server| {
        Some(Evidence {
            note: "the API server follows an audit policy".to_owned(),
            ..audit_flag(server)?.clone()
        })
    });
    if !servers.is_empty() {
        return Audit::On(told.collect());
    }
    if policies.is_empty() {
        return Audit::Unseen;
    }
    Audit::Written(
        policies
            .iter()
            .map(|policy| place_of(policy, "an audit policy"))
            .collect(),
    )
}

/// Where an API server is told to keep an audit log: by a policy, and to a file or a webhook.
fn audit_flag(server: &Component) -> Option<&Evidence> {
    let policy = server.told("audit-policy-file")?;
    let is_kept = ["audit-log-path", "audit-webhook-config-file"]
        .iter()
        .any(|flag| server.told(flag).is_some());
    is_kept.then_some(policy)
}

/// Where a DaemonSet that carries logs away mounts them.
fn collector(element: &Element) -> Option<Evidence> {
    let is_daemon = element.resource.as_ref().is_some_and(|id| &*id.kind == "DaemonSet");
    let template = element.templates.first().filter(|_| is_daemon)?;
    let pod = Pod::new(template.node());
    let carries = pod.containers().any(|container| {
        let image = container.image().unwrap_or_default();
        COLLECTORS.contains(&repository(image))
            || COLLECTORS.contains(&container.name())
            || image.contains("datadog/agent")
    });
    if !carries {
        return None;
    }
    let logs = pod.volumes().find(|volume| match volume.source {
        VolumeSource::HostPath(path) => {
            let path = path.trim_end_matches('/');
            LOG_FOLDERS.contains(&path) || path.starts_with("/var/log/") || path.is_empty()
        }
        _ => false,
    })?;
    let path = template.path.join(&logs.path);
    let note = format!("{} carries the output of containers away", element.id);
    Some(Evidence::at(&template.file, &template.document, &path, note))
}

/// The settings of a mesh that log requests. Those of the root namespace are for all.
fn access_log(telemetry: &Resource) -> Option<(&str, Evidence)> {
    if &*telemetry.id.group != "telemetry.istio.io" {
        return None;
    }
    let settings = telemetry.content.items(&["spec", "accessLogging"]);
    let logs = |setting: &Node| setting.get("disabled").and_then(Node::as_bool) != Some(true);
    let is_narrow = telemetry.content.at(&["spec", "selector"]).is_some();
    if is_narrow || !settings.iter().any(logs) {
        return None;
    }
    let scope = match &*telemetry.id.namespace {
        "istio-system" => "",
        namespace => namespace,
    };
    let path = FieldPath::parse("spec.accessLogging");
    let note = "the mesh logs each request";
    let evidence = Evidence::at(&telemetry.content_file, &telemetry.content, &path, note);
    Some((scope, evidence))
}

/// Whether all pods of an element get a proxy of Istio.
fn in_istio(system: &System, element: &Element) -> bool {
    const SETTING: &str = "sidecar.istio.io/inject";
    let namespaces = system.resources.of_kind("Namespace");
    let labels = namespaces
        .filter(|namespace| Some(&*namespace.id.name) == element.namespace.as_deref())
        .find_map(|namespace| namespace.content.at(&["metadata", "labels"]));
    let of_namespace = labels.is_some_and(|labels| {
        labels.text(&["istio-injection"]) == Some("enabled") || labels.get("istio.io/rev").is_some()
    });
    element.templates.iter().all(|template| {
        let metadata = |field| template.node().text(&["metadata", field, SETTING]);
        match metadata("labels").or_else(|| metadata("annotations")) {
            Some(said) => said == "true",
            None => of_namespace,
        }
    })
}

fn annotated(template: &PodTemplate, annotation: &str) -> Option<Evidence> {
    template.node().at(&["metadata", "annotations", annotation])?;
    let path = template.path.child("metadata").child("annotations").child(annotation);
    let note = "its proxy logs each request";
    Some(Evidence::at(&template.file, &template.document, &path, note))
}

/// Where an object stands.
pub(super) fn place_of(resource: &Resource, note: &str) -> Evidence {
    Evidence::at(&resource.content_file, &resource.content, &FieldPath::root(), note)
}

/// The last part of an image's repository: `fluent-bit` of `cr.fluentbit.io/fluent/fluent-bit:4.1`.
fn repository(image: &str) -> &str {
    let name = image.split('@').next().unwrap_or(image);
    let last = name.rsplit('/').next().unwrap_or(name);
    last.split(':').next().unwrap_or(last)
}
