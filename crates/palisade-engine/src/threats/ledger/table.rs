//! Which categories of threat apply to what, and what makes each of the three words true. `docs/stride.md` is made from it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use palisade_knowledge::Stride;

use crate::system::{BoundaryKind, ElementKind};

use Stride::{
    DenialOfService as D, ElevationOfPrivilege as E, InformationDisclosure as I, Repudiation as R, Spoofing as S,
    Tampering as T,
};

/// Every category, in the order of the word.
const ALL: [Stride; 6] = [S, T, R, I, D, E];

/// The categories that apply to a drawn element.
pub(super) const fn of_element(kind: ElementKind) -> &'static [Stride] {
    match kind {
        ElementKind::ExternalEntity => &[S, R],
        ElementKind::Process => &ALL,
        ElementKind::DataStore => &[T, R, I, D],
        _ => &[],
    }
}

/// The categories that apply to every flow.
const OF_FLOW: &[Stride] = &[T, I, D];

/// The categories that crossing a boundary adds for what travels on a network.
pub(super) const fn of_crossing(kind: BoundaryKind) -> &'static [Stride] {
    match kind {
        BoundaryKind::Outside | BoundaryKind::ExternalServices | BoundaryKind::ClusterEdge => &[S, R],
        BoundaryKind::ControlPlane | BoundaryKind::Namespace | BoundaryKind::Declared => &[S],
        BoundaryKind::Node => &[],
    }
}

/// The categories of a flow by the boundaries that it crosses, in the order of the word. `on_node`: the kubelet hands it
/// over, so that nobody is called; what matters then is whether it leads to the node's own files.
pub(super) fn of_flow(crosses: &BTreeSet<BoundaryKind>, on_node: bool, to_node_files: bool) -> Vec<Stride> {
    let crossing = crosses.iter().flat_map(|kind| of_crossing(*kind)).filter(|_| !on_node);
    let way_out = to_node_files.then_some(&E);
    let all: BTreeSet<Stride> = OF_FLOW.iter().chain(crossing).chain(way_out).copied().collect();
    ALL.into_iter().filter(|category| all.contains(category)).collect()
}

/// What a row is about, in the tables of the documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    ExternalEntity,
    Process,
    DataStore,
    Flow,
}

/// One cell: what the ledger calls mitigated, exposed and unknown.
pub(super) struct Cell {
    pub(super) subject: Subject,
    pub(super) category: Stride,
    mitigated: &'static str,
    exposed: &'static str,
    unknown: &'static str,
}

const fn cell(
    subject: Subject,
    category: Stride,
    mitigated: &'static str,
    exposed: &'static str,
    unknown: &'static str,
) -> Cell {
    Cell {
        subject,
        category,
        mitigated,
        exposed,
        unknown,
    }
}

/// All cells, by subject and category.
pub(super) const CELLS: [Cell; 18] = [
    cell(
        Subject::ExternalEntity,
        S,
        "-",
        "requests without a login are granted rights",
        "how it proves who it is",
    ),
    cell(
        Subject::ExternalEntity,
        R,
        "everything that it asks is logged where it arrives, by a mesh or by a proxy whose log is carried off",
        "requests without a login are granted rights: the log knows them as `system:anonymous` only",
        "whether what it asks for is recorded",
    ),
    cell(
        Subject::Process,
        S,
        "a NetworkPolicy names who may connect",
        "-",
        "how it and its callers know each other",
    ),
    cell(
        Subject::Process,
        T,
        "its files are read-only, and its image is named by digest or its signature is verified at admission",
        "-",
        "a read-only root file system, digests, verified signatures",
    ),
    cell(
        Subject::Process,
        R,
        "a mesh logs its requests, or a collector carries what it writes off the node; the API server: it keeps an audit log",
        "it calls the API server under an account that other workloads use as well; the API server: it keeps no audit log",
        "a collector or an access log",
    ),
    cell(
        Subject::Process,
        I,
        "a NetworkPolicy names where it may connect to, or it holds no token and no Secret",
        "-",
        "an egress policy, or holding nothing",
    ),
    cell(
        Subject::Process,
        D,
        "memory limits, probes and a second replica",
        "-",
        "limits, probes, a second replica",
    ),
    cell(
        Subject::Process,
        E,
        "no root, no capabilities, no way to gain privileges, no namespace of the node",
        "-",
        "the same settings",
    ),
    cell(
        Subject::DataStore,
        T,
        "a database: a NetworkPolicy names who may connect; an object: it is immutable",
        "an object: a role that is bound lets somebody change it",
        "who may write to it",
    ),
    cell(
        Subject::DataStore,
        R,
        "an object: the API server follows an audit policy",
        "a database: several clients log in with one password; an object: the API server keeps no audit log, the policy \
         leaves it out, or who may change it is an account that several workloads use",
        "whether it records who read and wrote what",
    ),
    cell(
        Subject::DataStore,
        I,
        "a database: a NetworkPolicy names who may connect",
        "a Secret: a role that is bound lets somebody read it",
        "who may read it, and whether it is encrypted at rest",
    ),
    cell(
        Subject::DataStore,
        D,
        "limits, probes and a second replica",
        "-",
        "replicas, backups, who may delete it",
    ),
    cell(
        Subject::Flow,
        S,
        "it is encrypted, so that the other end shows a certificate, or a NetworkPolicy names who may call",
        "it is sent in the clear: anybody on the way can answer",
        "how the ends know each other",
    ),
    cell(
        Subject::Flow,
        T,
        "it is encrypted on the way, or the kubelet hands it over",
        "it is sent in the clear",
        "whether it is encrypted",
    ),
    cell(
        Subject::Flow,
        R,
        "each request is logged on our side, by a mesh or by a proxy whose log is carried off",
        "-",
        "whether requests are logged",
    ),
    cell(
        Subject::Flow,
        I,
        "it is encrypted on the way, or the kubelet hands it over as files",
        "it is sent in the clear",
        "whether it is encrypted; variables of the environment",
    ),
    cell(
        Subject::Flow,
        D,
        "a NetworkPolicy names who may connect",
        "-",
        "who may use up its connections, and how fast",
    ),
    cell(
        Subject::Flow,
        E,
        "all folders of the node are mounted read-only",
        "a folder of the node is mounted and may be written to",
        "-",
    ),
];

impl Subject {
    const EVERY: [Self; 4] = [Self::ExternalEntity, Self::Process, Self::DataStore, Self::Flow];

    const fn title(self) -> &'static str {
        match self {
            Self::ExternalEntity => "External entity",
            Self::Process => "Process",
            Self::DataStore => "Data store",
            Self::Flow => "Flow",
        }
    }
}

const fn words(category: Stride) -> &'static str {
    match category {
        S => "Spoofing",
        T => "Tampering",
        R => "Repudiation",
        I => "Information disclosure",
        D => "Denial of service",
        E => "Elevation of privilege",
    }
}

/// The tables of `docs/stride.md`.
pub(crate) fn page() -> String {
    let mut page = String::from(HEAD);
    let marks = |applies: &[Stride]| -> String {
        let mark = |category| if applies.contains(category) { " ✓ |" } else { "  |" };
        ALL.iter().map(mark).collect()
    };
    let header = " S | T | R | I | D | E |";
    let row = |page: &mut String, title: &str, applies: &[Stride]| {
        let _ = writeln!(page, "| {title} |{}", marks(applies));
    };
    let _ = write!(page, "\n| what |{header}\n|---|---|---|---|---|---|---|\n");
    row(&mut page, "external entity", of_element(ElementKind::ExternalEntity));
    row(&mut page, "process", of_element(ElementKind::Process));
    row(&mut page, "data store", of_element(ElementKind::DataStore));
    row(&mut page, "flow", OF_FLOW);
    page.push_str(CROSSINGS);
    let _ = write!(
        page,
        "\n| a flow that crosses |{header}\n|---|---|---|---|---|---|---|\n"
    );
    for (title, kind) in BOUNDARIES {
        let crosses = BTreeSet::from([kind]);
        let is_node = kind == BoundaryKind::Node;
        row(&mut page, title, &of_flow(&crosses, is_node, is_node));
    }
    page.push_str(WORDS);
    for subject in Subject::EVERY {
        let _ = write!(
            page,
            "\n### {}\n\n| category | mitigated | exposed | unknown: what is asked |\n|---|---|---|---|\n",
            subject.title()
        );
        for cell in CELLS.iter().filter(|cell| cell.subject == subject) {
            let _ = writeln!(
                page,
                "| {} | {} | {} | {} |",
                words(cell.category),
                cell.mitigated,
                cell.exposed,
                cell.unknown
            );
        }
    }
    page.push_str(TAIL);
    page
}

/// Kinds of boundaries, as the documentation calls them.
const BOUNDARIES: [(&str, BoundaryKind); 7] = [
    ("the outside", BoundaryKind::Outside),
    ("services of others", BoundaryKind::ExternalServices),
    ("the cluster's edge", BoundaryKind::ClusterEdge),
    ("the control plane", BoundaryKind::ControlPlane),
    ("a namespace", BoundaryKind::Namespace),
    ("a node, to its files", BoundaryKind::Node),
    ("a boundary that intent declares", BoundaryKind::Declared),
];

const HEAD: &str = "\
# STRIDE: what applies to what, and when it is which word

The ledger (`palisade threats`) has one row for each element of the data-flow diagram, and for each pair of elements that
data flows between, and each category of threat that applies. Flows of Kubernetes itself (probes, name service) are not
judged.

A row is *exposed* when a weakness of that category was found there, or on a role, binding or policy that acts on it;
otherwise by the tables below. *Mitigated* and *exposed* always carry a place in what was read. Where nothing was read
that tells, the row is *unknown* and says what would settle it. Unknown is never counted as fine.

## Which categories apply
";

const CROSSINGS: &str = "
A flow that crosses a boundary of trust has more to it: the ends can't take each other for granted, and beyond the
cluster's edge one of them may deny what was asked. What the kubelet hands to a pod on its node (Secrets, ConfigMaps,
volumes) has no caller, so that nothing is added; the files of the node are a way out of the container.
";

const WORDS: &str = "
## Which word it is
";

const TAIL: &str = "
## What counts as a record

Repudiation needs two things to be met: a record that its subject can't change, and a name in it that belongs to one alone.

- **Audit log of the API server**: `--audit-policy-file` with `--audit-log-path` or `--audit-webhook-config-file` among the
  arguments of `kube-apiserver`, in its pod or in the configuration of kubeadm. A Policy of `audit.k8s.io` is followed as
  the API server follows it: the first rule that fits decides, and level `None` leaves no record. A policy without a
  server that uses it is *unknown*.
- **Collectors**: Fluent Bit, Fluentd, Vector, Promtail, Alloy, the OpenTelemetry Collector, Filebeat and their like, by
  image or by the container's name, as a DaemonSet that mounts the node's logs. They carry off what a program writes; whether it writes who did what, only the
  program tells.
- **Access logs of a mesh**: `Telemetry` of Istio with `accessLogging` for workloads that get a proxy, the annotation
  `config.linkerd.io/access-log`. They tell which workload sent which request.
- **Signatures**: images verified at admission (sigstore's ClusterImagePolicy, Kyverno) tell who built what runs. They
  count against tampering.
- **Shared names**: one service account for several workloads that carry its token and are granted something, one
  password for several clients of a database, rights for requests without a login, stores and interfaces without a
  login. A record under such a name proves nothing.
";
