//! Workloads that carry traffic for Ingresses and Gateways.

use crate::design::cluster::Cluster;
use crate::design::workloads::Workload;
use crate::kube::{Labels, Selector};

/// The ingress controllers that are part of a system.
#[derive(Debug, Default)]
pub(in crate::design) struct Controllers {
    /// Brand and workload number.
    found: Vec<(&'static str, usize)>,
    /// Ingress classes and what their controller is called.
    classes: Vec<(String, String)>,
}

/// Technologies and `app.kubernetes.io/name` labels of controllers that carry the traffic themselves, and the word by which
/// their classes are known.
const KNOWN: [(&str, &str); 8] = [
    ("ingress-nginx", "nginx"),
    ("nginx-ingress", "nginx"),
    ("nginx-ingress-controller", "nginx"),
    ("traefik", "traefik"),
    ("kong", "kong"),
    ("haproxy-ingress", "haproxy"),
    ("kubernetes-ingress", "haproxy"),
    ("caddy-ingress-controller", "caddy"),
];

/// Kinds that run for long: a controller's jobs are not it.
const LASTING: [&str; 5] = ["DaemonSet", "Deployment", "Pod", "ReplicaSet", "StatefulSet"];

impl Controllers {
    /// Finds them by image, failing that by their usual label.
    pub(super) fn of(cluster: &Cluster<'_>) -> Self {
        let found = cluster
            .workloads()
            .filter(|(_, workload)| LASTING.contains(&&*workload.kind))
            .filter_map(|(index, workload)| Some((brand_of(cluster, index, workload)?, index)))
            .collect();
        let classes = cluster
            .resources
            .of_kind("IngressClass")
            .map(|class| {
                let controller = class.content.text(&["spec", "controller"]).unwrap_or_default();
                (class.id.name.to_string(), controller.to_owned())
            })
            .collect();
        Self { found, classes }
    }

    /// Those that carry the traffic of this class. Without a class, or one that tells nothing, the only brand there is.
    pub(super) fn of_class(&self, class: Option<&str>) -> Vec<usize> {
        let brands: Vec<&str> = KNOWN.iter().map(|(_, brand)| *brand).collect();
        let controller = class.and_then(|class| self.classes.iter().find(|(name, _)| name == class));
        let told = controller
            .map(|(_, controller)| controller.as_str())
            .or(class)
            .unwrap_or_default();
        let brand = brands.iter().find(|brand| told.contains(**brand));
        let of_brand = |brand: &str| {
            let found = self.found.iter().filter(|(found, _)| *found == brand);
            found.map(|(_, index)| *index).collect()
        };
        match (brand, self.found.first()) {
            (Some(brand), _) => of_brand(brand),
            (None, Some((only, _))) if self.found.iter().all(|(brand, _)| brand == only) && !is_cloud(told) => {
                of_brand(only)
            }
            _ => Vec::new(),
        }
    }

    /// The workloads that stand for a Gateway of the Gateway API: implementations label them with its name.
    pub(super) fn of_gateway(cluster: &Cluster<'_>, namespace: &str, name: &str) -> Vec<usize> {
        const LABEL: &str = "gateway.networking.k8s.io/gateway-name";
        cluster.workloads.select(namespace, &Selector::equal([(LABEL, name)]))
    }
}

fn brand_of(cluster: &Cluster<'_>, index: usize, workload: &Workload<'_>) -> Option<&'static str> {
    let technology = cluster.recognised(index).technology.map(|technology| &*technology.id);
    let labels = workload.shapes.first().map(|shape| Labels::of(shape.node))?;
    let component = labels.get("app.kubernetes.io/component").unwrap_or("controller");
    let label = labels
        .get("app.kubernetes.io/name")
        .filter(|_| component == "controller");
    KNOWN
        .iter()
        .find(|(known, _)| technology == Some(*known) || label == Some(*known))
        .map(|(_, brand)| *brand)
}

/// Whether a class is a cloud's own: it carries the traffic outside the cluster.
fn is_cloud(class: &str) -> bool {
    const WORDS: [&str; 8] = ["alb", "aws", "azure", "gce", "gke", "oci", "cce", "openshift"];
    class
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| WORDS.contains(&word))
}
