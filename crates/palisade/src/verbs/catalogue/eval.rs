//! `palisade catalogue eval`: what a condition says of each object.

use std::fmt::Write;

use anyhow::Context;
use palisade_inventory::Resource;
use palisade_knowledge::{Condition, KubernetesVersion, Verdict};
use serde::Serialize;

use crate::cli::catalogue::{CatalogueFormat, Eval};
use crate::console::{Console, Report};
use crate::failure::{Failure, Outcome};
use crate::pipeline;
use crate::verbs::Done;

/// The variable that conditions are about.
const OBJECT: &str = "object";

/// The report, as `--format json` writes it.
#[derive(Debug, Serialize)]
struct Evaluated<'a> {
    expression: &'a str,
    kubernetes_version: String,
    objects: Vec<Object>,
    /// What could not be read, with its place.
    skipped: Vec<String>,
}

/// An object and what the condition says of it.
#[derive(Debug, Serialize)]
struct Object {
    id: String,
    file: String,
    line: u32,
    column: u32,
    value: Value,
    /// Why there is no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// `true`, `false` or `"error"`.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Value {
    Bool(bool),
    Error(&'static str),
}

pub(super) fn run<'a>(args: &'a Eval, version: KubernetesVersion, console: &Console) -> anyhow::Result<Done<'a>> {
    let condition = Condition::compile_for(&args.expression, version)
        .and_then(|condition| condition.check(&[OBJECT]).map(|()| condition))
        .map_err(|error| {
            Failure::new(
                error.to_string(),
                "conditions are over `object`; docs/conditions.md lists what they may call",
            )
        })?;
    let reading = pipeline::read_as_written(&args.paths, console)?;
    let skipped: Vec<String> = pipeline::unreadable(&reading.coverage).collect();
    if reading.resources.is_empty() {
        let first = skipped.first().map_or("no Kubernetes object was found", String::as_str);
        return Err(Failure::new(
            format!("nothing was evaluated: {first}"),
            "name files that hold Kubernetes objects, or pipe them into `palisade catalogue eval EXPRESSION -`",
        )
        .into());
    }
    if let Some(others) = pipeline::others(&reading.coverage) {
        console.note(format_args!("{others}"));
    }
    for skipped in &skipped {
        console.note(format_args!("not read: {skipped}"));
    }
    let evaluated = Evaluated {
        expression: &args.expression,
        kubernetes_version: version.to_string(),
        objects: reading
            .resources
            .iter()
            .map(|resource| evaluate(&condition, resource))
            .collect(),
        skipped,
    };
    let outcome = if evaluated.skipped.is_empty() {
        Outcome::Fine
    } else {
        Outcome::Incomplete
    };
    let report = match args.format {
        CatalogueFormat::Text => text(&evaluated.objects),
        CatalogueFormat::Json => serde_json::to_string_pretty(&evaluated).context("cannot write JSON")? + "\n",
    };
    Ok(Done {
        report: Report::Plain(report),
        output: None,
        outcome,
    })
}

fn evaluate(condition: &Condition, resource: &Resource) -> Object {
    let (value, reason) = match condition.evaluate(&[(OBJECT, &resource.content)]) {
        Verdict::Match => (Value::Bool(true), None),
        Verdict::NoMatch => (Value::Bool(false), None),
        Verdict::NotEvaluated(reason) => (Value::Error("error"), Some(reason)),
    };
    Object {
        id: resource.id.to_string(),
        file: resource.origin.file.to_string(),
        line: resource.origin.position.line.saturating_add(1),
        column: resource.origin.position.column.saturating_add(1),
        value,
        reason,
    }
}

/// One line an object: id, value, why there is none.
fn text(objects: &[Object]) -> String {
    let width = objects
        .iter()
        .map(|object| object.id.chars().count())
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    for object in objects {
        let value = match object.value {
            Value::Bool(value) => value.to_string(),
            Value::Error(word) => word.to_owned(),
        };
        let _ = write!(text, "{:width$}  {value}", palisade_report::clean(&object.id));
        if let Some(reason) = &object.reason {
            let _ = write!(text, "  {}", palisade_report::clean(reason));
        }
        text.push('\n');
    }
    text
}
