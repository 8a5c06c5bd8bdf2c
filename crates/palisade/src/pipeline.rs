//! The whole run: read → model → assess → narrow → judge.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use palisade_engine::{Assessment, Model, Settings};
use palisade_inventory::{Change, Coverage, Intent, Skipped};
use palisade_knowledge::{Catalogue, Severity};
use palisade_report::{Pattern, Scope};
use palisade_sources::{Input as Source, Options, Progress, Reading, SourceError};

use crate::cli::Input;
use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::intent;

/// What a verb hands to the console, and how the run ends.
pub(crate) struct Assessed {
    /// What was found out, narrowed to what was asked for.
    pub(crate) assessment: Assessment,
    /// Judged before `--severity` hides anything.
    pub(crate) outcome: Outcome,
}

/// Reads the input and assesses it.
pub(crate) fn assess(input: &Input, catalogue: &Arc<Catalogue>, console: &Console) -> anyhow::Result<Assessed> {
    let intent = intent::load(input, catalogue, console)?;
    assess_with(input, catalogue, intent, console)
}

/// Reads the input and assesses it with what is declared.
pub(crate) fn assess_with(
    input: &Input,
    catalogue: &Arc<Catalogue>,
    intent: Intent,
    console: &Console,
) -> anyhow::Result<Assessed> {
    let settings = Settings {
        intent: Arc::new(intent),
        as_of: Some(input.as_of.unwrap_or_else(intent::today)),
    };
    let reading = read(input, console)?;
    check(&reading.coverage, input)?;
    let mut assessment = {
        let _progress = console.progress("looking for what can go wrong");
        let mut model = Model::new(Arc::clone(catalogue), settings);
        model.apply(
            reading
                .resources
                .into_iter()
                .map(|resource| Change::Upsert(Box::new(resource))),
        );
        model.assess(reading.coverage)
    };
    narrow(&mut assessment, input)?;
    let outcome = judge(&assessment, input.fail_on.map(Severity::from));
    if let Some(severity) = input.severity {
        palisade_report::keep_at_least(&mut assessment, severity.into());
    }
    Ok(Assessed { assessment, outcome })
}

fn read(input: &Input, console: &Console) -> Result<Reading, SourceError> {
    let inputs: Vec<Source> = match input.paths.as_slice() {
        [] => vec![Source::Path(".".into())],
        paths => paths.iter().map(|path| source(path)).collect(),
    };
    let progress = console.progress("reading");
    let say = |far: Progress| progress.say(format!("reading {} of {} files", far.files_read, far.files));
    palisade_sources::read(
        &inputs,
        &Options {
            render: input.render,
            as_written: false,
            progress: Some(&say),
        },
    )
}

/// Reads every object as it is written, secrets included: for verbs that evaluate values and never print them.
pub(crate) fn read_as_written(paths: &[PathBuf], console: &Console) -> Result<Reading, SourceError> {
    let inputs: Vec<Source> = paths.iter().map(|path| source(path)).collect();
    let progress = console.progress("reading");
    let say = |far: Progress| progress.say(format!("reading {} of {} files", far.files_read, far.files));
    palisade_sources::read(
        &inputs,
        &Options {
            render: false,
            as_written: true,
            progress: Some(&say),
        },
    )
}

fn source(path: &Path) -> Source {
    match path.to_str() {
        Some("-") => Source::Stdin,
        _ => Source::Path(path.to_owned()),
    }
}

/// What of the input should have been read and was not: everything skipped that is not simply something else than
/// Kubernetes.
pub(crate) fn unreadable(coverage: &Coverage) -> impl Iterator<Item = String> {
    let skipped = coverage
        .skipped
        .iter()
        .filter(|skipped| skipped.code != "not-kubernetes");
    skipped.map(|skipped| format!("{}: {}", place(skipped), skipped.reason))
}

fn place(skipped: &Skipped) -> String {
    if skipped.line == 0 {
        skipped.file.clone()
    } else {
        format!("{}:{}:{}", skipped.file, skipped.line, skipped.column)
    }
}

/// Nothing evaluated is never a success, and neither is anything skipped when `--strict`.
fn check(coverage: &Coverage, input: &Input) -> Result<(), Failure> {
    let first = coverage.skipped.first();
    let first = first.map(|skipped| format!("{}: {}", place(skipped), skipped.reason));
    if coverage.understood == 0 {
        let seen = match (&first, coverage.documents) {
            (Some(first), _) => format!("no document was understood, the first because: {first}"),
            (None, _) => "no Kubernetes object was found".to_owned(),
        };
        return Err(Failure::new(
            format!("nothing was evaluated: {seen}"),
            "name a folder or file with Kubernetes manifests, or pipe `kubectl get all -A -o json` into `palisade assess -`",
        ));
    }
    match first {
        Some(first) if input.strict => Err(Failure::new(
            format!("{} could not be understood, the first: {first}", coverage.skipped.len()),
            "without --strict they are shown under coverage and the rest is assessed",
        )),
        _ => Ok(()),
    }
}

/// Narrows to the namespaces, owners and systems asked for. Nothing left is an error that says what there is.
fn narrow(assessment: &mut Assessment, input: &Input) -> Result<(), Failure> {
    let patterns = |texts: &[String]| texts.iter().map(Pattern::new).collect();
    let scope = Scope {
        systems: patterns(&input.systems),
        namespaces: patterns(&input.namespaces),
        without_namespaces: patterns(&input.without_namespaces),
        owners: patterns(&input.owners),
    };
    if scope.is_everything() {
        return Ok(());
    }
    let there_is = palisade_report::choices(assessment);
    palisade_report::narrow(assessment, &scope);
    if assessment.systems.is_empty() {
        return Err(Failure::new(
            "nothing was evaluated: no element is in the namespaces, owners and systems asked for",
            there_is,
        ));
    }
    Ok(())
}

fn judge(assessment: &Assessment, fail_on: Option<Severity>) -> Outcome {
    let worst = assessment.systems.iter().flat_map(|system| {
        let findings = system.findings.iter().map(|finding| finding.severity);
        findings.chain(system.paths.iter().map(|path| path.severity))
    });
    match fail_on {
        Some(limit) if worst.max().is_some_and(|worst| worst >= limit) => Outcome::Found,
        _ => Outcome::Fine,
    }
}
