//! `palisade who-can`: everybody who may do something, and what decides it.

use std::fmt::Write;
use std::path::Path;

use anyhow::Context;
use palisade_engine::rbac::Granted;
use serde::Serialize;

use super::Done;
use super::access::{Asked, Cluster, Target, Told, clusters, doubts, lines};
use crate::cli::ListFormat;
use crate::cli::access::WhoCan;
use crate::console::{Console, Report};
use crate::failure::Outcome;

/// The answer of one system, as `--format json` writes it.
#[derive(Debug, Serialize)]
struct InSystem {
    root: String,
    request: Target,
    subjects: Vec<Holder>,
}

/// A subject and the grants that allow it.
#[derive(Debug, Serialize)]
struct Holder {
    subject: String,
    grants: Vec<Told>,
}

pub(crate) fn run<'a>(args: &'a WhoCan, console: &Console) -> anyhow::Result<Done<'a>> {
    let asked = Asked::parse(&args.question, Path::exists)?;
    let namespace = args.question.namespace.as_deref();
    let clusters = clusters(&asked.paths, &args.question, console)?;
    for doubt in doubts(&clusters, None, &asked.target) {
        console.note(format_args!("{doubt}"));
    }
    let systems: Vec<InSystem> = clusters
        .iter()
        .map(|cluster| ask(cluster, &asked.target, namespace))
        .collect();
    let somebody = systems.iter().any(|system| !system.subjects.is_empty());
    let report = match args.format {
        ListFormat::Text => text(&systems),
        ListFormat::Json => serde_json::to_string_pretty(&systems).context("cannot write JSON")? + "\n",
    };
    Ok(Done {
        report: Report::Plain(report),
        output: args.question.output.as_deref(),
        outcome: if somebody { Outcome::Fine } else { Outcome::Found },
    })
}

fn ask(cluster: &Cluster, target: &Target, namespace: Option<&str>) -> InSystem {
    let mut target = target.within(&cluster.resources);
    let granted = match &target.url {
        Some(url) => cluster.authorizer.who_can_url(&target.verb, url),
        None => cluster.authorizer.who_can(&target.permission()),
    };
    let mut of_kubernetes = Vec::new();
    let mut subjects: Vec<Holder> = Vec::new();
    for granted in granted.iter().filter(|granted| holds_in(granted, namespace)) {
        let told = Told::from(granted);
        let holders = if told.built_in {
            &mut of_kubernetes
        } else {
            &mut subjects
        };
        match holders.last_mut() {
            Some(last) if last.subject == told.subject => last.grants.push(told),
            _ => holders.push(Holder {
                subject: told.subject.clone(),
                grants: vec![told],
            }),
        }
    }
    subjects.append(&mut of_kubernetes);
    namespace.unwrap_or_default().clone_into(&mut target.namespace);
    InSystem {
        root: cluster.root.clone(),
        request: target,
        subjects,
    }
}

fn holds_in(granted: &Granted<'_>, namespace: Option<&str>) -> bool {
    match (&granted.scope, namespace) {
        (palisade_engine::rbac::Scope::Namespace(of), Some(namespace)) => **of == *namespace,
        _ => true,
    }
}

fn text(systems: &[InSystem]) -> String {
    let mut text = String::new();
    for system in systems {
        if systems.len() > 1 {
            let _ = writeln!(text, "{}", palisade_report::clean(&system.root));
        }
        if system.subjects.is_empty() {
            let nobody = format!("nobody may {}", system.request);
            let _ = writeln!(text, "{}", palisade_report::clean(&nobody));
        }
        for holder in &system.subjects {
            let _ = writeln!(text, "{}", palisade_report::clean(&holder.subject));
            for told in &holder.grants {
                let names = match told.names.as_slice() {
                    [] => String::new(),
                    names => format!(", only {}", names.join(", ")),
                };
                let scope = palisade_report::clean(&format!("{}{names}", told.scope));
                let _ = writeln!(text, "  in {scope}");
                for line in lines(told) {
                    let _ = writeln!(text, "    {line}");
                }
            }
        }
    }
    text
}
