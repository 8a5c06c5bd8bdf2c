//! What a made-up cluster holds: decided first, small enough to keep, and then printed object by object.

use super::names;
use super::planted;
use crate::rng::Rng;

/// The whole cluster.
#[derive(Debug)]
pub(super) struct Cluster {
    pub(super) seed: u64,
    pub(super) nodes: Vec<Node>,
    pub(super) namespaces: Vec<Namespace>,
    pub(super) workloads: Vec<Workload>,
}

/// A node.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) address: String,
    pub(super) pool: Pool,
}

/// Which nodes are alike: a pod runs on those of one pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pool {
    ControlPlane,
    /// For builds alone: a taint keeps other pods away, agents included.
    Build,
    /// For contractors alone, likewise.
    Contractors,
    Workers,
}

impl Pool {
    /// The label that its nodes have, and the taint that keeps others away.
    pub(super) const fn mark(self) -> Option<&'static str> {
        match self {
            Self::ControlPlane => Some("node-role.kubernetes.io/control-plane"),
            Self::Build => Some("synthetic.example/build"),
            Self::Contractors => Some("synthetic.example/contractors"),
            Self::Workers => None,
        }
    }
}

/// A namespace and how well it is kept.
#[derive(Debug)]
pub(super) struct Namespace {
    pub(super) name: String,
    /// The level that Pod Security admission enforces, if one.
    pub(super) enforce: Option<&'static str>,
    /// Whether its pods are isolated, with a few ways in.
    pub(super) isolated: bool,
    pub(super) team: &'static str,
}

/// One pod template and the pods made from it.
#[derive(Clone, Debug)]
pub(super) struct Workload {
    /// Its number, which seeds all that is random about it.
    pub(super) index: usize,
    pub(super) kind: Kind,
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) pods: usize,
    /// How many pods there are before its first.
    pub(super) first_pod: usize,
    pub(super) app: App,
    pub(super) service_account: String,
    /// Addresses that its environment names.
    pub(super) calls: Vec<String>,
    pub(super) exposure: Exposure,
    pub(super) privilege: Privilege,
    /// Where its pods run.
    pub(super) pool: Pool,
    pub(super) hardened: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Deployment,
    StatefulSet,
    DaemonSet,
    CronJob,
    Pod,
}

/// What runs in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum App {
    /// A service of the company's own, on port 8080.
    Service,
    Postgres,
    Redis,
    /// Part of the platform.
    Agent,
    /// Runs and ends.
    Batch,
}

impl App {
    pub(super) const fn port(self) -> u16 {
        match self {
            Self::Service => 8080,
            Self::Postgres => 5432,
            Self::Redis => 6379,
            Self::Agent => 9100,
            Self::Batch => 0,
        }
    }

    const fn scheme(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Redis => "redis",
            _ => "http",
        }
    }
}

/// How it is reached from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exposure {
    /// Not at all, but by a Service inside.
    Inside,
    Ingress,
    LoadBalancer,
    NodePort,
    HostPort,
    /// Nothing answers.
    Silent,
}

/// What it may do to its node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Privilege {
    None,
    RuntimeSocket,
    /// The host's whole disk.
    HostDisk,
    /// Log files of the host, read-only, on every node.
    HostLogs,
}

impl Workload {
    /// Its random choices; `purpose` keeps those of different objects apart.
    pub(super) fn rng(&self, seed: u64, purpose: u64) -> Rng {
        Rng::of(seed, &[self.index as u64, purpose])
    }

    /// Its address inside the cluster, as callers write it.
    fn address(&self) -> String {
        format!(
            "{}://{}.{}.svc.cluster.local:{}",
            self.app.scheme(),
            self.name,
            self.namespace,
            self.app.port()
        )
    }
}

const TEAMS: &[&str] = &[
    "growth",
    "logistics",
    "identity",
    "billing",
    "search",
    "data",
    "platform",
];
const NOUNS: &[&str] = &[
    "account",
    "address",
    "audit",
    "basket",
    "billing",
    "booking",
    "campaign",
    "catalogue",
    "claim",
    "contract",
    "coupon",
    "customer",
    "delivery",
    "discount",
    "document",
    "export",
    "feed",
    "fraud",
    "gift",
    "import",
    "inventory",
    "invoice",
    "ledger",
    "loyalty",
    "mail",
    "media",
    "order",
    "partner",
    "payment",
    "price",
    "profile",
    "quote",
    "rating",
    "refund",
    "report",
    "review",
    "route",
    "search",
    "session",
    "shipment",
    "stock",
    "tax",
    "ticket",
    "user",
];
const ROLES: &[&str] = &["api", "gateway", "worker", "indexer", "sync", "web", "events", "rules"];

impl Cluster {
    /// A cluster of exactly `pods` pods.
    pub(super) fn plan(pods: usize, seed: u64) -> Self {
        let nodes = nodes(pods);
        let mut namespaces = planted::namespaces();
        let mut rng = Rng::of(seed, &[0]);
        namespaces.extend(ordinary_namespaces(pods, &mut rng));

        let mut workloads = planted::workloads();
        let workers = nodes.iter().filter(|node| node.pool == Pool::Workers).count();
        let mut left = pods.saturating_sub(workloads.iter().map(|workload| workload.pods).sum());
        for agent in ["kube-proxy", "cni-agent", "node-exporter", "log-shipper"] {
            // Small clusters have fewer agents, or there would be nothing else.
            if workers.saturating_mul(8) > left {
                break;
            }
            left = left.saturating_sub(workers);
            workloads.push(daemon(agent, workers));
        }
        workloads.extend(ordinary_workloads(left, &namespaces, &mut rng));

        let mut first_pod = 0;
        for (index, workload) in workloads.iter_mut().enumerate() {
            workload.index = index;
            workload.first_pod = first_pod;
            first_pod = first_pod.saturating_add(workload.pods);
        }
        Self {
            seed,
            nodes,
            namespaces,
            workloads,
        }
    }

    /// The node that a workload's pod runs on.
    pub(super) fn node_of(&self, workload: &Workload, pod: usize) -> Option<&Node> {
        // Nodes of a pool stand together in the list.
        let pools = self.nodes.chunk_by(|a, b| a.pool == b.pool);
        let eligible = pools
            .into_iter()
            .find(|pool| pool.first().is_some_and(|node| node.pool == workload.pool))?;
        let number = match workload.kind {
            Kind::DaemonSet => pod,
            _ => workload.first_pod.saturating_add(pod),
        };
        eligible.get(number.checked_rem(eligible.len())?)
    }
}

/// About eighty pods a node, three nodes for the control plane, and two that are set apart.
fn nodes(pods: usize) -> Vec<Node> {
    let node = |(index, (name, pool)): (usize, (String, Pool))| Node {
        name,
        address: names::node_address(index),
        pool,
    };
    let control_plane = (1..=3).map(|number| (format!("control-plane-{number}"), Pool::ControlPlane));
    let apart = [("build-1", Pool::Build), ("contractors-1", Pool::Contractors)];
    let apart = apart.map(|(name, pool)| (name.to_owned(), pool));
    let workers = (1..=pods.div_ceil(80)).map(|number| (format!("worker-{number:04}"), Pool::Workers));
    control_plane
        .chain(apart)
        .chain(workers)
        .enumerate()
        .map(node)
        .collect()
}

fn ordinary_namespaces(pods: usize, rng: &mut Rng) -> Vec<Namespace> {
    let count = pods.checked_div(260).unwrap_or(0).clamp(3, 400);
    (0..count)
        .map(|number| Namespace {
            name: match number.checked_div(NOUNS.len()) {
                Some(0) | None => NOUNS.get(number).copied().unwrap_or("team").to_owned(),
                Some(round) => {
                    let noun = NOUNS
                        .get(number.checked_rem(NOUNS.len()).unwrap_or(0))
                        .copied()
                        .unwrap_or("team");
                    format!("{noun}-{}", round.saturating_add(1))
                }
            },
            enforce: Some(if rng.chance(50) { "restricted" } else { "baseline" }),
            isolated: rng.chance(70),
            team: TEAMS
                .get(number.checked_rem(TEAMS.len()).unwrap_or(0))
                .copied()
                .unwrap_or("platform"),
        })
        .collect()
}

fn daemon(name: &str, pods: usize) -> Workload {
    Workload {
        index: 0,
        kind: Kind::DaemonSet,
        namespace: "kube-system".to_owned(),
        name: name.to_owned(),
        pods,
        first_pod: 0,
        app: App::Agent,
        service_account: name.to_owned(),
        calls: Vec::new(),
        exposure: Exposure::Silent,
        privilege: if name == "log-shipper" {
            Privilege::HostLogs
        } else {
            Privilege::None
        },
        pool: Pool::Workers,
        hardened: true,
    }
}

/// Fills the cluster: about fifty pods a template, in every namespace in turn.
fn ordinary_workloads(pods: usize, namespaces: &[Namespace], rng: &mut Rng) -> Vec<Workload> {
    let ordinary: Vec<&Namespace> = namespaces
        .iter()
        .filter(|namespace| namespace.enforce.is_some())
        .collect();
    let mut workloads: Vec<Workload> = Vec::new();
    let mut left = pods;
    while left > 0 {
        let number = workloads.len();
        let Some(namespace) = number.checked_rem(ordinary.len()).and_then(|index| ordinary.get(index)) else {
            break;
        };
        let round = number.checked_div(ordinary.len()).unwrap_or(0);
        let workload = ordinary_workload(namespace, number, round, left, rng, &workloads);
        left = left.saturating_sub(workload.pods);
        workloads.push(workload);
    }
    workloads
}

fn ordinary_workload(
    namespace: &Namespace,
    number: usize,
    round: usize,
    left: usize,
    rng: &mut Rng,
    earlier: &[Workload],
) -> Workload {
    let (kind, app, size) = match round.checked_rem(8) {
        Some(1) if rng.chance(60) => (Kind::StatefulSet, App::Postgres, rng.below(3).saturating_add(1)),
        Some(3) if rng.chance(60) => (Kind::Deployment, App::Redis, rng.below(3).saturating_add(1)),
        Some(5) if rng.chance(60) => (Kind::CronJob, App::Batch, 3),
        _ => (Kind::Deployment, App::Service, rng.below(100).saturating_add(15)),
    };
    let noun = NOUNS
        .get(number.wrapping_mul(7).checked_rem(NOUNS.len()).unwrap_or(0))
        .copied()
        .unwrap_or("thing");
    let role = match app {
        App::Postgres => "db",
        App::Redis => "cache",
        App::Batch => "nightly",
        App::Service | App::Agent => rng.pick(ROLES),
    };
    let name = match round {
        0 => format!("{noun}-{role}"),
        _ => format!("{noun}-{role}-{round}"),
    };
    let neighbours = earlier
        .iter()
        .rev()
        .filter(|other| other.namespace == namespace.name && other.app != App::Batch);
    Workload {
        index: 0,
        kind,
        namespace: namespace.name.clone(),
        service_account: if rng.chance(70) {
            name.clone()
        } else {
            "default".to_owned()
        },
        name,
        pods: usize::try_from(size).unwrap_or(1).min(left),
        first_pod: 0,
        app,
        calls: match app {
            App::Service | App::Batch => neighbours.take(2).map(Workload::address).collect(),
            _ => Vec::new(),
        },
        exposure: match (app, round) {
            (App::Service, 0) => Exposure::Ingress,
            (App::Batch, _) => Exposure::Silent,
            _ => Exposure::Inside,
        },
        privilege: Privilege::None,
        pool: Pool::Workers,
        hardened: namespace.enforce == Some("restricted") || rng.chance(60),
    }
}
