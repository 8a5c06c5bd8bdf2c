//! The whole run: read → model → assess → narrow → judge.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use palisade_engine::{Assessment, Model, Settings, System};
use palisade_inventory::{Change, Coverage, Resource, Skipped};
use palisade_knowledge::Catalogue;
use palisade_report::{Pattern, Scope};
use palisade_sources::{Input as Source, Options, Progress, Reading, SourceError};

use crate::cli::{self, Input};
use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::gate::Gate;
use crate::intent;

/// What a verb hands to the console, and how the run ends.
pub(crate) struct Assessed {
    /// What was found out, narrowed to what was asked for.
    pub(crate) assessment: Assessment,
    /// Judged before `--severity` hides anything.
    pub(crate) outcome: Outcome,
}

/// Reads the input and assesses it.
pub(crate) fn assess(
    input: &Input,
    catalogue: &Arc<Catalogue>,
    settings: &Settings,
    console: &Console,
) -> anyhow::Result<Assessed> {
    assess_with(input, catalogue, settings, console, |_| ())
}

/// The same; `ask` may look further into what was found out, before it is narrowed.
pub(crate) fn assess_with(
    input: &Input,
    catalogue: &Arc<Catalogue>,
    settings: &Settings,
    console: &Console,
    ask: impl FnOnce(&mut Assessment),
) -> anyhow::Result<Assessed> {
    let settings = declared(input, catalogue, settings, console)?;
    assess_as(input, catalogue, &settings, console, ask)
}

/// The settings with what is declared beside the input, and the day by which it counts.
pub(crate) fn declared(
    input: &Input,
    catalogue: &Catalogue,
    settings: &Settings,
    console: &Console,
) -> anyhow::Result<Settings> {
    Ok(Settings {
        intent: Arc::new(intent::load(input, catalogue, console)?),
        as_of: Some(input.as_of.unwrap_or_else(intent::today)),
        ..settings.clone()
    })
}

/// Reads the input and assesses it, whatever is declared beside it.
pub(crate) fn assess_as(
    input: &Input,
    catalogue: &Arc<Catalogue>,
    settings: &Settings,
    console: &Console,
    ask: impl FnOnce(&mut Assessment),
) -> anyhow::Result<Assessed> {
    let gate = Gate(&input.fail_on);
    let settings = &gate.settings(settings);
    let reading = read(&input.paths, input.render, console)?;
    check(&reading, input.strict)?;
    let mut reasons;
    let mut assessment = {
        let _progress = console.progress("looking for what can go wrong");
        let mut assessment = model(reading.resources, catalogue, settings).assess(reading.coverage);
        is_anything_known(&assessment)?;
        keep_systems(&mut assessment, &input.systems)?;
        reasons = gate.of_whole(&assessment, catalogue, settings)?;
        ask(&mut assessment);
        assessment
    };
    narrow(&mut assessment, input)?;
    reasons.extend(gate.of_part(&assessment));
    for reason in &reasons {
        console.note(format_args!("fails: {reason}"));
    }
    let outcome = if reasons.is_empty() {
        Outcome::Fine
    } else {
        Outcome::Found
    };
    if let Some(severity) = input.severity {
        palisade_report::keep_at_least(&mut assessment, severity.into());
    }
    Ok(Assessed { assessment, outcome })
}

/// Reads the input and compiles the system of each root, for verbs that only look at those.
pub(crate) fn compile(
    source: &cli::graph::Source,
    catalogue: &Arc<Catalogue>,
    settings: &Settings,
    console: &Console,
) -> anyhow::Result<(Vec<System>, Coverage)> {
    let reading = read(&source.paths, source.render, console)?;
    check(&reading, source.strict)?;
    let mut systems = model(reading.resources, catalogue, settings).compile();
    let roots: Vec<String> = systems.iter().map(|system| system.root.to_string()).collect();
    let wanted: Vec<Pattern> = source.systems.iter().map(Pattern::new).collect();
    systems.retain(|system| wanted.is_empty() || wanted.iter().any(|pattern| pattern.matches(&system.root)));
    if systems.is_empty() {
        return Err(Failure::new(
            "nothing was evaluated: no system has a root as it was asked for",
            format!("systems: {}", roots.join(", ")),
        )
        .into());
    }
    Ok((systems, reading.coverage))
}

/// A model of what was read.
pub(crate) fn model(resources: Vec<Resource>, catalogue: &Arc<Catalogue>, settings: &Settings) -> Model {
    let mut model = Model::new(Arc::clone(catalogue), settings.clone());
    model.apply(resources.into_iter().map(|resource| Change::Upsert(Box::new(resource))));
    model
}

/// Reads files and folders; the current folder where none is named.
pub(crate) fn read(paths: &[PathBuf], render: bool, console: &Console) -> Result<Reading, SourceError> {
    let inputs: Vec<Source> = match paths {
        [] => vec![Source::Path(".".into())],
        paths => paths.iter().map(|path| source(path)).collect(),
    };
    read_sources(&inputs, render, console)
}

/// Reads these inputs.
pub(crate) fn read_sources(inputs: &[Source], render: bool, console: &Console) -> Result<Reading, SourceError> {
    let progress = console.progress("reading");
    let say = |far: Progress| progress.say(format!("reading {} of {} files", far.files_read, far.files));
    palisade_sources::read(
        inputs,
        &Options {
            render,
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
    skipped.map(told)
}

/// A document that was not understood: where it is, and why.
pub(crate) fn told(skipped: &Skipped) -> String {
    format!("{}: {}", place(skipped), skipped.reason)
}

/// How many documents are something else than Kubernetes objects, and where the first stands; none where there are none.
pub(crate) fn others(coverage: &Coverage) -> Option<String> {
    let mut others = coverage
        .skipped
        .iter()
        .filter(|skipped| skipped.code == "not-kubernetes");
    let first = place(others.next()?);
    Some(match others.count() {
        0 => format!("{first} is no Kubernetes object"),
        more => format!("{} documents are no Kubernetes objects, the first at {first}", more + 1),
    })
}

fn place(skipped: &Skipped) -> String {
    if skipped.line == 0 {
        skipped.file.clone()
    } else {
        format!("{}:{}:{}", skipped.file, skipped.line, skipped.column)
    }
}

/// Nothing evaluated is never a success, and neither is anything skipped when `--strict`.
fn check(reading: &Reading, strict: bool) -> Result<(), Failure> {
    let coverage = &reading.coverage;
    let first = coverage.skipped.first();
    let first = first.map(told);
    if reading.resources.is_empty() {
        return Err(Failure::new(
            format!("nothing was evaluated: {}", why_nothing(coverage, first.as_deref())),
            "name a folder or file with Kubernetes manifests, or pipe `kubectl get all -A -o json` into `palisade assess -`",
        ));
    }
    match first {
        Some(first) if strict => Err(Failure::new(
            format!("{} could not be understood, the first: {first}", coverage.skipped.len()),
            "without --strict they are shown under coverage and the rest is assessed",
        )),
        _ => Ok(()),
    }
}

/// Why there is nothing to assess, by the first document that tells.
fn why_nothing(coverage: &Coverage, skipped: Option<&str>) -> String {
    let left_out = coverage.notices.iter().find(|notice| notice.code == "fragment");
    match (skipped, left_out) {
        (Some(first), _) if coverage.understood == 0 => {
            format!("no document was understood, the first because: {first}")
        }
        (_, Some(left)) => format!("{}:{}:{}: {}", left.file, left.line, left.column, left.message),
        (Some(first), None) => format!("what was read holds no object to assess; the first skipped: {first}"),
        (None, None) if coverage.understood > 0 => "what was read holds no object to assess".to_owned(),
        (None, None) => "no Kubernetes object was found".to_owned(),
    }
}

/// Objects of kinds that mean nothing here are kept and counted, and nothing is said about them.
fn is_anything_known(assessment: &Assessment) -> Result<(), Failure> {
    let mut systems = assessment.systems.iter();
    if systems.any(|one| !one.system.elements.is_empty() || !one.findings.is_empty() || !one.projects.is_empty()) {
        return Ok(());
    }
    let kinds: Vec<&str> = assessment.coverage.opaque.keys().map(String::as_str).collect();
    Err(Failure::new(
        format!(
            "nothing was evaluated: no kind of object that was read means anything here: {}",
            kinds.join(", ")
        ),
        "name a folder or file with workloads, or pipe `kubectl get all -A -o json` into `palisade assess -`",
    ))
}

/// Leaves the systems asked for. None left is an error that says which there are.
fn keep_systems(assessment: &mut Assessment, wanted: &[String]) -> Result<(), Failure> {
    if wanted.is_empty() {
        return Ok(());
    }
    let there_is = palisade_report::choices(assessment);
    let wanted: Vec<Pattern> = wanted.iter().map(Pattern::new).collect();
    let systems = &mut assessment.systems;
    systems.retain(|system| wanted.iter().any(|pattern| pattern.matches(&system.system.root)));
    if systems.is_empty() {
        return Err(Failure::new(
            "nothing was evaluated: no system has a root as it was asked for",
            there_is,
        ));
    }
    Ok(())
}

/// Narrows to the namespaces and owners asked for. Nothing left is an error that says what there is.
fn narrow(assessment: &mut Assessment, input: &Input) -> Result<(), Failure> {
    let patterns = |texts: &[String]| texts.iter().map(Pattern::new).collect();
    let scope = Scope {
        systems: Vec::new(),
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
            "nothing was evaluated: no element is in the namespaces and owners asked for",
            there_is,
        ));
    }
    Ok(())
}
