//! `palisade can --batch`: many questions at once, one JSON line each.

use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context;
use palisade_engine::rbac::{Authorizer, Request};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cli::access::Question;
use crate::console::{Console, Report};
use crate::failure::{Failure, Outcome};
use crate::verbs::Done;
use crate::verbs::access::clusters;

/// The spec of a SubjectAccessReview.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    user: Option<String>,
    groups: Option<Vec<String>>,
    resource_attributes: Option<ResourceAttributes>,
    non_resource_attributes: Option<NonResourceAttributes>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ResourceAttributes {
    verb: String,
    group: String,
    resource: String,
    subresource: String,
    namespace: String,
    name: String,
    field_selector: Option<FieldSelector>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct FieldSelector {
    raw_selector: String,
    requirements: Vec<Requirement>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Requirement {
    key: String,
    operator: String,
    values: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NonResourceAttributes {
    path: String,
    verb: String,
}

/// One line of the answer.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Line {
    Decided { line: usize, allowed: bool, reason: String },
    Malformed { line: usize, error: String },
}

pub(super) fn run<'a>(file: &Path, question: &'a Question, console: &Console) -> anyhow::Result<Done<'a>> {
    let paths: Vec<PathBuf> = question.words.iter().map(PathBuf::from).collect();
    let from_stdin = file == Path::new("-");
    if from_stdin && paths.iter().any(|path| path == Path::new("-")) {
        let help = "write one of the two to a file";
        return Err(Failure::new("both the questions and the input are standard input", help).into());
    }
    let lines = if from_stdin {
        let mut lines = Vec::new();
        io::stdin().read_to_end(&mut lines).map(|_| lines)
    } else {
        fs::read(file)
    };
    let lines = lines.with_context(|| format!("cannot read `{}`", file.display()))?;
    let clusters = clusters(&paths, question, console)?;
    let [cluster] = clusters.as_slice() else {
        let roots: Vec<&str> = clusters.iter().map(|cluster| cluster.root.as_str()).collect();
        return Err(Failure::new(
            format!(
                "the input holds {} systems, and each line can only be about one",
                clusters.len()
            ),
            format!("choose one with --system: {}", roots.join(", ")),
        )
        .into());
    };
    let (mut report, mut outcome) = (String::new(), Outcome::Fine);
    for (index, text) in lines.split(|byte| *byte == b'\n').enumerate() {
        if text.trim_ascii().is_empty() {
            continue;
        }
        let line = index + 1;
        let answer = match decide(text, &cluster.authorizer) {
            Ok((allowed, reason)) => Line::Decided { line, allowed, reason },
            Err(error) => {
                outcome = Outcome::Incomplete;
                Line::Malformed { line, error }
            }
        };
        report.push_str(&serde_json::to_string(&answer).context("cannot write JSON")?);
        report.push('\n');
    }
    if report.is_empty() {
        let message = format!("nothing was evaluated: `{}` holds no question", file.display());
        return Err(Failure::new(message, "write a SubjectAccessReview or its spec on each line").into());
    }
    Ok(Done {
        report: Report::Plain(report),
        output: question.output.as_deref(),
        outcome,
    })
}

fn decide(text: &[u8], authorizer: &Authorizer) -> Result<(bool, String), String> {
    let spec = spec(text)?;
    let groups = spec.groups.unwrap_or_default();
    let user = spec.user.filter(|user| !user.is_empty());
    if user.is_none() && groups.is_empty() {
        return Err("a user or groups must be named".to_owned());
    }
    let request = match (&spec.resource_attributes, &spec.non_resource_attributes) {
        (Some(attributes), None) => attributes.request(),
        (None, Some(attributes)) => Request {
            verb: &attributes.verb,
            url: Some(&attributes.path),
            ..Request::default()
        },
        _ => return Err("exactly one of resourceAttributes and nonResourceAttributes must be there".to_owned()),
    };
    let decision = authorizer.decide(user.as_deref(), &groups, &request);
    Ok((decision.is_allowed(), decision.to_string()))
}

/// The spec itself, or what has it under `spec`.
fn spec(text: &[u8]) -> Result<Spec, String> {
    let mut value: Value = serde_json::from_slice(text).map_err(|error| format!("it is no JSON: {error}"))?;
    match value.get("kind").and_then(Value::as_str) {
        None | Some("SubjectAccessReview" | "LocalSubjectAccessReview") => {}
        Some(kind) => return Err(format!("`{kind}` is no SubjectAccessReview")),
    }
    if let Some(inner) = value.get_mut("spec") {
        value = inner.take();
    }
    Spec::deserialize(value).map_err(|error| format!("it is no SubjectAccessReview: {error}"))
}

impl ResourceAttributes {
    fn request(&self) -> Request<'_> {
        Request {
            verb: &self.verb,
            group: &self.group,
            resource: &self.resource,
            subresource: &self.subresource,
            namespace: &self.namespace,
            name: &self.name,
            url: None,
            on_node: self.field_selector.as_ref().and_then(FieldSelector::node),
        }
    }
}

impl FieldSelector {
    /// The node that it limits the request to.
    fn node(&self) -> Option<&str> {
        let is_node = |key: &str| matches!(key, "spec.nodeName" | "nodeName");
        let written = self.requirements.iter().find_map(|requirement| {
            let is_one = is_node(&requirement.key) && requirement.operator == "In";
            match requirement.values.as_slice() {
                [value] if is_one => Some(value.as_str()),
                _ => None,
            }
        });
        written.or_else(|| {
            let mut terms = self.raw_selector.split(',').filter_map(|term| term.split_once('='));
            let (_, node) = terms.find(|(key, _)| is_node(key))?;
            Some(node.trim_start_matches('='))
        })
    }
}
