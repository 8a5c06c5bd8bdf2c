//! What can be typed: the flags of every verb.

pub(crate) mod access;
pub(crate) mod catalogue;
pub(crate) mod compliance;
pub(crate) mod diff;
pub(crate) mod graph;
pub(crate) mod guard;
pub(crate) mod plan;
pub(crate) mod questions;
pub(crate) mod report;
pub(crate) mod verify;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use palisade_inventory::Date;
use palisade_knowledge::{KubernetesVersion, Severity};

use crate::gate::FailOn;
use crate::own::Own;

/// A threat model that is compiled, not written.
///
/// Palisade reads Kubernetes artefacts, compiles a data-flow diagram with trust boundaries from them, finds what can go
/// wrong, and shows the ways an attacker would take. It works offline and changes nothing.
///
/// Exit codes: 0 fine (findings alone do not fail), 1 it came to what --fail-on names, 2 wrong usage, unreadable
/// input, or nothing evaluated.
#[derive(Debug, Parser)]
#[command(name = "palisade", version, propagate_version = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) verb: Verb,
    #[command(flatten)]
    pub(crate) own: Own,
    #[command(flatten)]
    pub(crate) screen: Screen,
    /// The version of Kubernetes whose behaviour counts, where versions differ
    #[arg(long, global = true, value_name = "1.N", default_value_t, help_heading = "Reading")]
    pub(crate) kubernetes_version: KubernetesVersion,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Answer everything at once: the system, the worst paths, the fixes that matter most
    Assess(Assess),
    /// Draw what we are working on: the data-flow diagram
    Model(Model),
    /// List what can go wrong: the STRIDE ledger, the highest risk first
    Threats(Threats),
    /// Show the ways an attacker would take, step by step
    Paths(graph::Paths),
    /// Say what the compromise of one element gives: all that follows, and by which step
    BlastRadius(graph::BlastRadius),
    /// Say what the risk is in money, and which few controls pay
    Plan(plan::Plan),
    /// Write guardrails: controls as files that machines enforce, each with its proof
    ///
    /// For the controls of the plan, or for those named with --control: admission policies, changes to workloads, roles,
    /// network policies, rules of detection, pipelines. Each file says at its head what it answers, how to roll it out (what
    /// only warns lies below trial/), how to take it back, and what was proved of it. What is not ready lies below proposed/.
    ///
    /// Files that an earlier run wrote are replaced, and removed where they are no longer needed; a file that somebody else
    /// wrote or changed is never overwritten, and nothing is written outside of --out.
    Guard(guard::Guard),
    /// Hold what is assumed, accepted, claimed and required against the model
    ///
    /// What palisade.yaml declares becomes tests: assumptions hold or are broken, and then by what; acceptances and waivers
    /// end on their day; controls that are declared are contradicted by what was read, or not; requirements are met, or not;
    /// guardrails of an earlier run are there still, as they were written (--guardrails).
    /// What can't be told is not evaluated, which is never the same as that it holds. docs/claims.md has the language of
    /// assumptions.
    ///
    /// Exit codes: 0 nothing is broken, 1 something is, or came to what --fail-on names, 2 wrong usage, unreadable input,
    /// or nothing to verify.
    Verify(verify::Verify),
    /// Say what a change did: elements, flows, boundaries crossed, attack paths, risk
    ///
    /// BASE and HEAD are folders, files, git revisions, or assessments that `assess --format json` wrote; - is standard
    /// input. A revision stands for the current folder as it was then, REVISION:PATH for what was at that path of the
    /// repository, and BASE...HEAD in one word for all that HEAD did since the two parted. What has another name and the same
    /// content is the same thing: a rename or a move alone is no difference.
    ///
    /// Both sides are judged by the same catalogue, each by what is declared beside it.
    ///
    /// Exit codes: 0 fine, 1 the change comes to what --fail-on names, 2 wrong usage, unreadable input, or nothing compared.
    Diff(diff::Diff),
    /// Ask what should be known next, and say how to answer it
    Questions(questions::Questions),
    /// Hold frameworks against what was seen: met, partly, a gap, or not evaluated
    ///
    /// A requirement is met only where every control that refers to it is seen in place, everywhere, and no weakness stands
    /// open that one of them would stop. What people declare counts as declared, which is not seen. What nothing that was
    /// read could show is not evaluated, and never met. Narrowing leaves systems out, and changes no verdict.
    Compliance(compliance::Compliance),
    /// Write a report for those who decide, build and check
    ///
    /// --output names a file, whose ending tells the format (.html, .md, .csv, .json), or a folder, into which everything is
    /// written: threat-model.html, threat-model.md, risk-register.csv and attack-navigator.json. The HTML is one file that
    /// opens offline, loads nothing and runs no script. Long lists are cut and say so; assess --format json has everything.
    Report(report::Report),
    /// Show all ways to an asset as a tree of AND and OR
    Tree(report::Tree),
    /// Write the whole attack graph for other tools
    Graph(graph::Graph),
    /// Say what an id means: an entry of the catalogue, an element, a threat, a path
    Explain(Explain),
    /// Say whether somebody may do something, and what decides: kubectl auth can-i, offline
    ///
    /// Decides as the API server of a cluster with these objects would: RBAC with aggregated roles, implicit groups,
    /// system:masters, and the Node authoriser. The roles and bindings that every cluster is born with (of Kubernetes 1.36)
    /// count where the input holds none of their name.
    ///
    /// RESOURCE may be a plural, a singular or a short name (po, deploy); pods/exec names a subresource; a word that
    /// begins with / is a path that is no resource. Without -n the namespace is `default`, as for kubectl. Quote *.
    ///
    /// With several systems in the input the answer is given for each, and is yes if it is in one of them.
    ///
    /// Exit codes: 0 yes, 1 no, 2 wrong usage, unreadable input, or a line of --batch that could not be answered.
    Can(access::Can),
    /// Say who may do something: every subject, with the grants that decide
    ///
    /// Without -n, grants in any namespace are told, each with where it holds; with NAME, those that hold for that object.
    /// Groups are told as groups. Bindings that every cluster is born with are told last.
    ///
    /// Exit codes: 0 somebody may, 1 nobody, 2 wrong usage or unreadable input.
    WhoCan(access::WhoCan),
    /// Write a first palisade.yaml from what is seen, to be completed by hand
    ///
    /// It declares what no artefact can tell: what matters, what losing it costs, who would attack it, what is assumed and
    /// accepted. It is written beside what was read, unless --output says where, and never over another file without --force.
    Init(Init),
    /// Look into what is known: weaknesses, attack steps, techniques, controls …
    #[command(subcommand)]
    Catalogue(catalogue::Catalogue),
    /// Judge pods as Kubernetes' Pod Security admission would
    ///
    /// Without --level, each line tells the strictest Pod Security level that a pod or pod template meets, and what keeps
    /// it from the next. With --level, each line says allowed or forbidden, and why.
    ///
    /// Exit codes: 0 nothing is forbidden, 1 something is, 2 nothing was evaluated or part of the input could not be.
    PodSecurity(PodSecurity),
    /// Say whether one thing can connect to another, and which policies decide that
    ///
    /// Network policies of every tier are asked in both directions, as Kubernetes asks them. FROM and TO are an element's id
    /// (Deployment/shop/web), a pod's name, namespace/name, External/internet, an address or a range of them, or
    /// ingress-controller. The first two words are FROM and TO, whatever follows is read; with --all every word is.
    ///
    /// Exit codes: 0 it can, or --all; 1 it cannot; 2 wrong usage, or part of the input could not be read.
    Reach(Reach),
    /// Print a completion script for a shell
    Completion(Completion),
    /// Print the version
    Version,
}

/// How the terminal is used.
#[derive(Debug, Args)]
pub(crate) struct Screen {
    /// When to use colour; the environment variable `NO_COLOR` is honoured as well
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "WHEN",
        help_heading = "Screen"
    )]
    pub(crate) color: Colour,
    /// The same as --color never
    #[arg(long, global = true, help_heading = "Screen")]
    pub(crate) no_color: bool,
    /// No progress and no remarks on standard error; errors still show
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Screen")]
    pub(crate) quiet: bool,
    /// Show everything rather than the most important
    #[arg(short, long, global = true, help_heading = "Screen")]
    pub(crate) verbose: bool,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal that has it
    #[default]
    Auto,
    /// Even in a pipe
    Always,
    /// Not at all
    Never,
}

/// What is read, and which part of the answer is wanted.
#[derive(Debug, Default, Args)]
pub(crate) struct Input {
    /// Files and folders to read, or - for standard input; the current folder when none is named
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Only these namespaces; * stands for any text
    #[arg(
        short,
        long = "namespace",
        value_name = "NAMESPACE",
        value_delimiter = ',',
        help_heading = "Narrowing"
    )]
    pub(crate) namespaces: Vec<String>,
    /// Not these namespaces
    #[arg(
        long = "exclude-namespace",
        value_name = "NAMESPACE",
        value_delimiter = ',',
        help_heading = "Narrowing"
    )]
    pub(crate) without_namespaces: Vec<String>,
    /// Only what these owners own (labels owner, team, app.kubernetes.io/part-of)
    #[arg(
        long = "owner",
        value_name = "OWNER",
        value_delimiter = ',',
        help_heading = "Narrowing"
    )]
    pub(crate) owners: Vec<String>,
    /// Only the systems with these roots
    #[arg(
        long = "system",
        value_name = "ROOT",
        value_delimiter = ',',
        help_heading = "Narrowing"
    )]
    pub(crate) systems: Vec<String>,
    /// The least severity to show
    #[arg(long, value_enum, value_name = "LEVEL", help_heading = "Narrowing")]
    pub(crate) severity: Option<Level>,
    /// Take what you declare from this file rather than from a palisade.yaml beside or above PATH
    #[arg(long, value_name = "FILE", help_heading = "Reading")]
    pub(crate) intent: Option<PathBuf>,
    /// The day by which acceptances have ended or not; today when none is named
    #[arg(long, value_name = "DATE", value_parser = Date::parse, help_heading = "Reading")]
    pub(crate) as_of: Option<Date>,
    /// Render every kustomization and chart found, not only those named (with kubectl and helm, offline)
    #[arg(long, help_heading = "Reading")]
    pub(crate) render: bool,
    /// Fail when anything could not be understood
    #[arg(long, help_heading = "Reading")]
    pub(crate) strict: bool,
    /// Exit with 1 when it comes to this; what somebody bears, or a baseline has, does not count
    #[arg(
        long,
        value_enum,
        value_name = "WHAT",
        value_delimiter = ',',
        help_heading = "Output"
    )]
    pub(crate) fail_on: Vec<FailOn>,
    /// Write to this file instead of standard output
    #[arg(short, long, visible_alias = "out", value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
}

/// A severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Level {
    /// Little is lost, or it is hard to use
    Low,
    /// Worth a plan
    Medium,
    /// Worth doing today
    High,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Low => Severity::Low,
            Level::Medium => Severity::Medium,
            Level::High => Severity::High,
        }
    }
}

/// Flags of `assess`.
#[derive(Debug, Args)]
pub(crate) struct Assess {
    #[command(flatten)]
    pub(crate) input: Input,
    /// How to write it
    #[arg(
        short,
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub(crate) format: AssessFormat,
    /// What this saved assessment has is known, whatever it is called now: it is marked, and fails nothing
    ///
    /// `palisade assess --format json --output baseline.json` writes one.
    #[arg(long, value_name = "FILE", help_heading = "Reading")]
    pub(crate) baseline: Option<PathBuf>,
    /// Only findings and paths that the baseline does not have
    #[arg(long, requires = "baseline", help_heading = "Narrowing")]
    pub(crate) new_only: bool,
}

/// Formats of `assess`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum AssessFormat {
    /// A page to read in a terminal
    #[default]
    Text,
    /// The whole assessment; its JSON Schema is published
    Json,
    /// The same on one line
    JsonCompact,
    /// A page for a pull request or a wiki
    Markdown,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// `JUnit`, for the tests of any pipeline
    Junit,
    /// Annotations that GitHub Actions shows beside the lines
    Github,
    /// GitLab's code quality report
    Gitlab,
}

/// Flags of `model`.
#[derive(Debug, Args)]
pub(crate) struct Model {
    #[command(flatten)]
    pub(crate) input: Input,
    /// How to write it
    #[arg(
        short,
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub(crate) format: ModelFormat,
    /// Draw flows of Kubernetes itself as well: API server, DNS, kubelet
    #[arg(long, help_heading = "Narrowing")]
    pub(crate) platform: bool,
}

/// Formats of `model`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModelFormat {
    /// An outline: elements by namespace, and their flows
    #[default]
    Text,
    /// Mermaid, as GitHub and GitLab draw it
    Mermaid,
    /// Graphviz
    Dot,
    /// A picture that stands alone
    Svg,
    /// Elements, flows and boundaries
    Json,
}

/// Flags of `threats`.
#[derive(Debug, Args)]
pub(crate) struct Threats {
    #[command(flatten)]
    pub(crate) input: Input,
    /// Drill down into one element: its id or a part of it
    #[arg(long, value_name = "ELEMENT", help_heading = "Narrowing")]
    pub(crate) focus: Option<String>,
    /// How to write it
    #[arg(
        short,
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub(crate) format: ListFormat,
}

/// Formats of `threats` and `paths`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// To read in a terminal
    #[default]
    Text,
    /// The same rows, as they stand in the whole assessment
    Json,
}

/// Flags of `explain`.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// PAL-W001, PAL-C094, T1611, AC-6, argo-cd, Deployment/shop/cart, TM-…, AP-…
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Look among the requirements of this framework (or whose id begins so): cis, nist-800-53 …
    #[arg(long, value_name = "FRAMEWORK", help_heading = "Narrowing")]
    pub(crate) framework: Option<String>,
    #[command(flatten)]
    pub(crate) input: Input,
}

/// Flags of `init`.
#[derive(Debug, Args)]
pub(crate) struct Init {
    #[command(flatten)]
    pub(crate) input: Input,
    /// Overwrite the file if it is there already
    #[arg(long, help_heading = "Output")]
    pub(crate) force: bool,
}

/// Flags of `pod-security`.
#[derive(Debug, Args)]
pub(crate) struct PodSecurity {
    /// Files and folders to read, or - for standard input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// The level to judge by
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub(crate) level: Option<PodSecurityLevel>,
    /// How to write it
    #[arg(
        short,
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub(crate) format: ListFormat,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
}

/// A Pod Security level that forbids something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PodSecurityLevel {
    /// The known ways to the node are closed
    Baseline,
    /// Hardened as a pod should be
    Restricted,
}

/// Flags of `reach`.
#[derive(Debug, Args)]
pub(crate) struct Reach {
    /// FROM TO and the files and folders to read, or - for standard input; the current folder when none is named
    #[arg(value_name = "FROM TO [PATH]...")]
    pub(crate) words: Vec<String>,
    /// List every allowed connection: between workloads, with what is outside, and from ingress controllers
    ///
    /// Then every word is a PATH.
    #[arg(long, conflicts_with = "port")]
    pub(crate) all: bool,
    /// Only this port of the target, TCP unless the protocol is named: 5432, 53/UDP
    #[arg(long, value_name = "PORT[/PROTOCOL]", value_parser = crate::verbs::reach::parse_port)]
    pub(crate) port: Option<palisade_engine::network::Ports>,
    /// How the network plugin treats pods in their node's network: most let no policy touch them (nodes, the default for
    /// FROM TO), some treat them as any other pod (pods, the default for --all)
    #[arg(long, value_enum, value_name = "AS")]
    pub(crate) host_network: Option<HostNetworkPods>,
    /// Only the system with this root
    #[arg(long, value_name = "ROOT")]
    pub(crate) system: Option<String>,
    /// How to write it
    #[arg(
        short,
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub(crate) format: ReachFormat,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
}

/// What pods in their node's network are to policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum HostNetworkPods {
    /// Their node: policies don't apply
    Nodes,
    /// Pods as any other
    Pods,
}

/// Formats of `reach`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReachFormat {
    /// Lines to read and to compare
    #[default]
    Text,
    /// For programs
    Json,
    /// A table; of --all
    Csv,
}

/// Flags of `completion`.
#[derive(Debug, Args)]
pub(crate) struct Completion {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}
