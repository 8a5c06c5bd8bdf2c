//! `palisade pod-security`: what Kubernetes' Pod Security admission would say.

use std::fmt::Write;

use anyhow::Context;
use palisade_engine::pod_security::{self, Level, Malformed, Violation};
use palisade_inventory::{FieldPath, Position, Resource};
use palisade_knowledge::{KubernetesVersion, pod_template};
use serde::Serialize;

use super::Done;
use crate::cli::{ListFormat, PodSecurity, PodSecurityLevel};
use crate::console::{Console, Report};
use crate::failure::{Failure, Outcome};
use crate::pipeline;

/// The report, as `--format json` writes it.
#[derive(Debug, Serialize)]
struct Judgement {
    kubernetes_version: String,
    /// The level asked for.
    level: Option<Level>,
    pods: Vec<Judged>,
    /// What could not be read, with its place.
    skipped: Vec<String>,
}

/// A pod or pod template.
#[derive(Debug, Serialize)]
struct Judged {
    id: String,
    #[serde(flatten)]
    place: Place,
    /// `allowed`, `forbidden` or `not-evaluated` by the level asked for; without, the strictest level met.
    verdict: &'static str,
    /// What forbids it; without a level asked for, what keeps it from the next.
    violations: Vec<Forbids>,
    /// Why it was not evaluated.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// A check that forbids a pod.
#[derive(Debug, Serialize)]
struct Forbids {
    check: &'static str,
    level: Level,
    reason: &'static str,
    detail: String,
    fields: Vec<Field>,
}

/// A field that makes a check forbid. Where it is missing, the place is its deepest part that is there.
#[derive(Debug, Serialize)]
struct Field {
    path: String,
    #[serde(flatten)]
    place: Place,
}

/// A place in the input, one-based.
#[derive(Debug, Serialize)]
struct Place {
    file: String,
    line: u32,
    column: u32,
}

const NOT_EVALUATED: &str = "not-evaluated";
const FORBIDDEN: &str = "forbidden";

pub(crate) fn run<'a>(
    args: &'a PodSecurity,
    version: KubernetesVersion,
    console: &Console,
) -> anyhow::Result<Done<'a>> {
    let reading = pipeline::read_as_written(&args.paths, console)?;
    let level = args.level.map(Level::from);
    let pods: Vec<Judged> = reading
        .resources
        .iter()
        .filter_map(|resource| judge(resource, level, version))
        .collect();
    let skipped: Vec<String> = pipeline::unreadable(&reading.coverage).collect();
    if pods.is_empty() {
        let first = skipped
            .first()
            .map_or("no pod and no pod template was found", String::as_str);
        return Err(Failure::new(
            format!("nothing was evaluated: {first}"),
            "name files that hold Pods, Deployments or other kinds with a pod template",
        )
        .into());
    }
    if let Some(others) = pipeline::others(&reading.coverage) {
        console.note(format_args!("{others}"));
    }
    for skipped in &skipped {
        console.note(format_args!("not read: {skipped}"));
    }
    let outcome = if pods.iter().any(|pod| pod.verdict == FORBIDDEN) {
        Outcome::Found
    } else if !skipped.is_empty() || pods.iter().any(|pod| pod.verdict == NOT_EVALUATED) {
        Outcome::Incomplete
    } else {
        Outcome::Fine
    };
    let judgement = Judgement {
        kubernetes_version: version.to_string(),
        level,
        pods,
        skipped,
    };
    let report = match args.format {
        ListFormat::Text => text(&judgement),
        ListFormat::Json => serde_json::to_string_pretty(&judgement).context("cannot write JSON")? + "\n",
    };
    Ok(Done {
        report: Report::Plain(report),
        output: args.output.as_deref(),
        outcome,
    })
}

/// The judgement on the pod or pod template of an object, if it has one.
fn judge(resource: &Resource, level: Option<Level>, version: KubernetesVersion) -> Option<Judged> {
    let (pod, below) = pod_template(&resource.id, &resource.content)?;
    let judged = match level {
        Some(level) => pod_security::evaluate(pod, level, version).map(|violations| {
            let verdict = if violations.is_empty() { "allowed" } else { FORBIDDEN };
            (verdict, violations)
        }),
        None => pod_security::strictest(pod, version).map(|(level, violations)| (level.as_str(), violations)),
    };
    let refused = |malformed: Malformed| {
        let error = Malformed {
            path: below.join(&malformed.path),
            ..malformed
        };
        (NOT_EVALUATED, Vec::new(), Some(error.to_string()))
    };
    let (verdict, violations, error) = judged.map_or_else(refused, |(verdict, violations)| (verdict, violations, None));
    Some(Judged {
        id: resource.id.to_string(),
        place: place(resource, resource.origin.position),
        verdict,
        violations: violations
            .into_iter()
            .map(|violation| reason(resource, &below, violation))
            .collect(),
        error,
    })
}

fn reason(resource: &Resource, below: &FieldPath, violation: Violation) -> Forbids {
    let fields = violation.paths.iter().map(|path| {
        let path = below.join(path);
        Field {
            place: place(resource, resource.content.locate(&path)),
            path: path.to_string(),
        }
    });
    Forbids {
        check: violation.check,
        level: violation.level,
        reason: violation.reason,
        fields: fields.collect(),
        detail: violation.detail,
    }
}

fn place(resource: &Resource, position: Position) -> Place {
    Place {
        file: resource.origin.file.to_string(),
        line: position.line.saturating_add(1),
        column: position.column.saturating_add(1),
    }
}

/// One line a pod: id, verdict, place, reasons.
fn text(judgement: &Judgement) -> String {
    let width = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
    let of_id = width(&mut judgement.pods.iter().map(|pod| pod.id.chars().count()));
    let of_verdict = width(&mut judgement.pods.iter().map(|pod| pod.verdict.len()));
    let mut text = String::new();
    for pod in &judgement.pods {
        let Place { file, line, column } = &pod.place;
        let _ = write!(
            text,
            "{:of_id$}  {:of_verdict$}  {}:{line}:{column}",
            palisade_report::clean(&pod.id),
            pod.verdict,
            palisade_report::clean(file)
        );
        let reasons = pod.violations.iter().map(Forbids::words).chain(pod.error.clone());
        let reasons = reasons.collect::<Vec<_>>().join(", ");
        if !reasons.is_empty() {
            let _ = write!(text, "  {}", palisade_report::clean(&reasons));
        }
        text.push('\n');
    }
    text
}

impl Forbids {
    fn words(&self) -> String {
        format!("{} ({})", self.reason, self.detail)
    }
}

impl From<PodSecurityLevel> for Level {
    fn from(level: PodSecurityLevel) -> Self {
        match level {
            PodSecurityLevel::Baseline => Self::Baseline,
            PodSecurityLevel::Restricted => Self::Restricted,
        }
    }
}
