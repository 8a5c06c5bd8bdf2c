//! `palisade can`: may somebody do something, and what decides it.

mod batch;

use std::fmt::Write;
use std::path::Path;

use anyhow::Context;
use palisade_engine::rbac::Decision;
use serde::Serialize;

use super::Done;
use super::access::{Asked, Cluster, Subject, Target, Told, clusters, doubts, lines};
use crate::cli::ListFormat;
use crate::cli::access::Can;
use crate::console::{Console, Report};
use crate::failure::{Failure, Outcome};

/// The answer, as `--format json` writes it.
#[derive(Debug, Serialize)]
struct Answer {
    /// The user name; none for a group.
    user: Option<String>,
    groups: Vec<String>,
    /// It is allowed in one of the systems.
    allowed: bool,
    systems: Vec<InSystem>,
}

/// The answer of one system.
#[derive(Debug, Serialize)]
struct InSystem {
    root: String,
    request: Target,
    allowed: bool,
    /// In the words of the API server; may be empty.
    reason: String,
    /// What allowed it: `rbac`, `node` or `system:masters`; none if nothing did.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'static str>,
    /// Every grant that allows it; the first is the one that the reason names.
    grants: Vec<Told>,
    /// Of writing roles and bindings: which roles may be handed out, and whether something is gained by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    hands_out: Option<HandsOut>,
}

/// Roles that somebody who may make bindings can hand out.
#[derive(Debug, Serialize)]
struct HandsOut {
    /// By the verb `bind`: more than is held already.
    by_bind: Vec<String>,
    /// Because everything that they allow is held already.
    held: usize,
}

pub(crate) fn run<'a>(args: &'a Can, console: &Console) -> anyhow::Result<Done<'a>> {
    if let Some(file) = &args.batch {
        return batch::run(file, &args.question, console);
    }
    let subject = args.subject.as_deref().unwrap_or_default();
    let subject = Subject::parse(subject, &args.groups)?;
    let asked = Asked::parse(&args.question, Path::exists)?;
    let clusters = clusters(&asked.paths, &args.question, console)?;
    for doubt in doubts(&clusters, Some(&subject), &asked.target) {
        console.note(format_args!("{doubt}"));
    }
    let systems: Vec<InSystem> = clusters
        .iter()
        .map(|cluster| ask(cluster, &subject, &asked.target))
        .collect();
    let allowed = systems.iter().any(|system| system.allowed);
    let report = match args.format {
        ListFormat::Text => text(&subject, &systems)?,
        ListFormat::Json => {
            let answer = Answer {
                user: subject.user,
                groups: subject.groups,
                allowed,
                systems,
            };
            serde_json::to_string_pretty(&answer).context("cannot write JSON")? + "\n"
        }
    };
    Ok(Done {
        report: Report::Plain(report),
        output: args.question.output.as_deref(),
        outcome: if allowed { Outcome::Fine } else { Outcome::Found },
    })
}

fn ask(cluster: &Cluster, subject: &Subject, target: &Target) -> InSystem {
    let target = target.within(&cluster.resources);
    let (user, groups) = (subject.user.as_deref(), subject.groups.as_slice());
    let request = target.request();
    let decision = cluster.authorizer.decide(user, groups, &request);
    let by = match &decision {
        Decision::Allowed(_) => Some("rbac"),
        Decision::Superuser => Some("system:masters"),
        Decision::Node => Some("node"),
        Decision::Denied(_) => None,
    };
    let grants = match &decision {
        Decision::Allowed(_) => {
            let allowing = cluster.authorizer.allowing(user, groups, &request);
            allowing.map(|granted| Told::from(&granted)).collect()
        }
        _ => Vec::new(),
    };
    InSystem {
        root: cluster.root.clone(),
        allowed: decision.is_allowed(),
        reason: decision.to_string(),
        by,
        grants,
        hands_out: (by == Some("rbac"))
            .then(|| hands_out(cluster, subject, &target))
            .flatten(),
        request: target,
    }
}

/// Making a binding is no way to more permissions by itself: the API server asks for `bind` on the role, or for
/// everything that the role allows.
fn hands_out(cluster: &Cluster, subject: &Subject, target: &Target) -> Option<HandsOut> {
    let makes_bindings = target.group == "rbac.authorization.k8s.io"
        && matches!(&*target.resource, "rolebindings" | "clusterrolebindings")
        && matches!(&*target.verb, "create" | "update" | "patch");
    let of = (subject.user.as_deref(), subject.groups.as_slice());
    makes_bindings.then(|| {
        let bindable = cluster.authorizer.bindable(of, &target.namespace);
        let (by_bind, held): (Vec<_>, Vec<_>) = bindable.into_iter().partition(|role| role.by_verb);
        HandsOut {
            by_bind: by_bind.iter().map(ToString::to_string).collect(),
            held: held.len(),
        }
    })
}

fn text(subject: &Subject, systems: &[InSystem]) -> Result<String, Failure> {
    let mut text = String::new();
    write_text(&mut text, subject, systems).map_err(|error| Failure::new(error.to_string(), ""))?;
    Ok(text)
}

fn write_text(text: &mut String, subject: &Subject, systems: &[InSystem]) -> std::fmt::Result {
    for system in systems {
        let word = if system.allowed { "yes" } else { "no" };
        let target = &system.request;
        let place = match (&target.url, &*target.namespace) {
            (Some(_), _) => String::new(),
            (None, "") => ", cluster-wide".to_owned(),
            (None, namespace) => format!(", in namespace {namespace}"),
        };
        let of_system = match systems {
            [_] => String::new(),
            _ => format!(", in {}", system.root),
        };
        let said = format!("{word}  {}: {target}{place}{of_system}", subject.shown);
        writeln!(text, "{}", palisade_report::clean(&said))?;
        for line in reasons(system) {
            writeln!(text, "  {line}")?;
        }
    }
    Ok(())
}

fn reasons(system: &InSystem) -> Vec<String> {
    let mut reasons: Vec<String> = match system.by {
        Some("system:masters") => vec!["whoever is in group system:masters may do everything".to_owned()],
        Some("node") => {
            vec!["the Node authoriser allows it: it is the node's own, or a pod there refers to it".to_owned()]
        }
        Some(_) => Vec::new(),
        None if system.reason.is_empty() => vec!["nothing grants it".to_owned()],
        None => system.reason.lines().map(palisade_report::clean).collect(),
    };
    reasons.extend(system.grants.iter().flat_map(lines));
    if let Some(hands_out) = &system.hands_out {
        let more = match hands_out.by_bind.as_slice() {
            [] => "it may bind no role that gives it more".to_owned(),
            [first, rest @ ..] if rest.len() > 2 => format!("it may bind {first} and {} more roles", rest.len()),
            roles => format!("it may bind {}", roles.join(", ")),
        };
        let line = format!("{more}; {} roles allow nothing that it does not hold", hands_out.held);
        reasons.push(palisade_report::clean(&line));
    }
    reasons
}
