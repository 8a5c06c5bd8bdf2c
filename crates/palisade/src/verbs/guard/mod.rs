//! `palisade guard`: controls as files that machines enforce.

pub(super) mod folder;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use anyhow::Context;
use palisade_engine::Settings;
use palisade_engine::guard::{Guardrails, Known, Wanted, guard};
use palisade_engine::plan::Planning;
use palisade_inventory::{AuditLog, Resource};
use palisade_knowledge::Catalogue;

use super::Done;
use crate::cli::guard::Guard;
use crate::console::{Console, Report};
use crate::failure::{Failure, Outcome};
use crate::own::Own;
use crate::pipeline;

pub(crate) fn run(args: &Guard, own: &Own, settings: &Settings, console: &Console) -> anyhow::Result<Done<'static>> {
    let path = args.input.output.as_deref().unwrap_or(Path::new("guardrails"));
    let folder = folder::Folder::open(path)?;
    let catalogue = own.load(&args.input.paths, console)?.catalogue;
    let wanted = Wanted {
        targets: args.targets.iter().copied().collect(),
        controls: controls(&args.controls, &catalogue)?,
    };
    let audit = args
        .audit_log
        .as_deref()
        .map(|path| audit_log(path, console))
        .transpose()?;
    let settings = Settings {
        // Who names controls needs no plan.
        planning: wanted.controls.is_empty().then(Planning::default),
        ..settings.clone()
    };
    let settings = pipeline::declared(&args.input, &catalogue, &settings, console)?;
    let assessed = pipeline::assess_as(&args.input, &catalogue, &settings, console, |_| ())?;
    let known = Known {
        catalogue: &catalogue,
        settings: &settings,
        read: &read,
        audit: audit.as_ref(),
        wanted: &wanted,
    };
    let guardrails = {
        let _progress = console.progress("making guardrails and proving them");
        guard(&assessed.assessment, known)
    };
    let files = palisade_report::guard_folder(&guardrails)?;
    let written = folder.write(&files)?;
    console.note(format_args!("wrote {written} files to {}", path.display()));
    Ok(Done {
        outcome: Outcome::Fine,
        ..Done::with(Report::Plain(told(&guardrails)))
    })
}

/// The requests that an audit log tells of.
fn audit_log(path: &Path, console: &Console) -> anyhow::Result<AuditLog> {
    let cannot_read = || format!("cannot read `{}`", path.display());
    let file = File::open(path).with_context(cannot_read)?;
    let log = palisade_sources::read_audit_log(BufReader::new(file)).with_context(cannot_read)?;
    if log.events == 0 {
        return Err(Failure::new(
            format!("`{}` holds no audit event", path.display()),
            "hand over what the API server wrote with --audit-log-path: one event of audit.k8s.io a line, as JSON",
        )
        .into());
    }
    if let Some(first) = log.not_understood.first() {
        let (count, name) = (log.not_understood.len(), path.display());
        console.note(format_args!(
            "{count} lines of {name} are no audit event, the first is line {first}"
        ));
    }
    Ok(log)
}

/// The manifests of an example of the catalogue.
fn read(manifest: &str) -> Result<Vec<Resource>, String> {
    let reading = palisade_sources::read_bytes("example.yaml", manifest.as_bytes());
    match reading.coverage.skipped.first() {
        Some(skipped) => Err(skipped.reason.clone()),
        None => Ok(reading.resources),
    }
}

/// What was written, a line a guardrail.
fn told(guardrails: &Guardrails) -> String {
    let mut text = String::new();
    for system in &guardrails.systems {
        for guardrail in &system.guardrails {
            let state = if guardrail.is_ready() { "ready" } else { "proposed" };
            let _ = writeln!(
                text,
                "{state}  {}  {}",
                guardrail.target.as_str(),
                palisade_report::clean(&guardrail.title)
            );
        }
        for one in &system.unanswered {
            let _ = writeln!(text, "none  {} {}: {}", one.id, one.title, one.why);
        }
    }
    text
}

/// The controls that are named; `all` is every control that a file can put in place.
fn controls(named: &[String], catalogue: &Catalogue) -> Result<BTreeSet<String>, Failure> {
    let mut controls = BTreeSet::new();
    for name in named {
        if name == "all" {
            let all = catalogue
                .controls
                .values()
                .filter(|control| !control.guardrails.is_empty());
            controls.extend(all.map(|control| control.id.clone()));
        } else if catalogue.controls.contains_key(name) {
            controls.insert(name.clone());
        } else {
            return Err(Failure::new(
                format!("no control is called `{name}`"),
                "`palisade catalogue list controls` lists all of them",
            ));
        }
    }
    Ok(controls)
}
