//! SARIF 2.1.0: what code scanning shows. Paths have their steps as a code flow; what somebody bears is suppressed; what a
//! baseline has is unchanged.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use palisade_engine::Assessment;
use palisade_engine::assessment::{AttackPath, Since};
use palisade_inventory::TextEdit;
use palisade_knowledge::{Catalogue, Severity};
use serde_json::{Map, Value, json};

use super::item::{Item, items};
use crate::words;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
const HOME: &str = "https://github.com/palisade-dev/palisade";

/// For each finding, by root and id, the edits of its file that repair it.
pub type TextFixes = BTreeMap<(String, String), Vec<TextEdit>>;

/// One run with all rules that something was found by. Results that have a fix among these offer it.
pub fn sarif(assessment: &Assessment, catalogue: &Catalogue, fixes: &TextFixes) -> Result<String, serde_json::Error> {
    let items = items(assessment, catalogue);
    let mut rules: BTreeMap<&str, (usize, Severity)> =
        items.iter().map(|item| (item.rule, (0, item.severity))).collect();
    for (index, known) in rules.values_mut().enumerate() {
        known.0 = index;
    }
    for item in &items {
        if let Some((_, worst)) = rules.get_mut(item.rule) {
            *worst = (*worst).max(item.severity);
        }
    }
    let results: Vec<Value> = items
        .iter()
        .map(|item| {
            let fix = fixes.get(&(item.root.to_owned(), item.id.to_owned()));
            result(item, rules.get(item.rule).map_or(0, |known| known.0), fix, catalogue)
        })
        .collect();
    let rules: Vec<Value> = rules
        .iter()
        .map(|(id, (_, severity))| rule(id, *severity, catalogue))
        .collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "Palisade",
                "informationUri": HOME,
                "semanticVersion": assessment.version,
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": notifications(assessment),
            }],
            "results": results,
        }],
    });
    serde_json::to_string_pretty(&log).map(|text| text + "\n")
}

/// What was not understood is no result, and is told all the same.
fn notifications(assessment: &Assessment) -> Vec<Value> {
    let skipped = assessment.coverage.skipped.iter().map(|skipped| {
        json!({
            "level": "warning",
            "descriptor": { "id": skipped.code },
            "message": { "text": skipped.reason },
            "locations": [location(&skipped.file, skipped.line, skipped.column, None)],
        })
    });
    let unevaluated = assessment.not_evaluated.iter().map(|unevaluated| {
        json!({
            "level": "warning",
            "descriptor": { "id": unevaluated.rule },
            "message": { "text": format!("not evaluated for {}: {}", unevaluated.element, unevaluated.reason) },
        })
    });
    skipped.chain(unevaluated).collect()
}

fn rule(id: &str, severity: Severity, catalogue: &Catalogue) -> Value {
    let (title, why, fix, tags) = match (catalogue.weaknesses.get(id), catalogue.steps.get(id)) {
        (Some(weakness), _) => {
            let tags = weakness
                .cwe
                .iter()
                .map(|cwe| cwe_tag(cwe))
                .chain(weakness.techniques.iter().cloned());
            (
                &*weakness.title,
                &*weakness.why,
                &*weakness.fix,
                tags.collect::<Vec<String>>(),
            )
        }
        (None, Some(step)) => (&*step.title, &*step.why, &*step.fix, step.techniques.clone()),
        (None, None) => (id, "", "", Vec::new()),
    };
    let tags: Vec<String> = std::iter::once("security".to_owned()).chain(tags).collect();
    let (why, fix) = (words::one_line(why), words::one_line(fix));
    json!({
        "id": id,
        "shortDescription": { "text": title },
        "fullDescription": { "text": if why.is_empty() { title } else { &why } },
        "help": { "text": format!("{why}\n\nFix: {fix}"), "markdown": format!("{why}\n\n**Fix:** {fix}") },
        "defaultConfiguration": { "level": level(severity) },
        "properties": {
            "tags": tags,
            "precision": "high",
            "security-severity": score(severity),
        },
    })
}

/// `external/cwe/cwe-250`, as code scanning knows it.
fn cwe_tag(cwe: &str) -> String {
    let number = cwe.trim_start_matches(|c: char| !c.is_ascii_digit());
    format!("external/cwe/cwe-{number}")
}

fn result(item: &Item<'_>, rule: usize, fix: Option<&Vec<TextEdit>>, catalogue: &Catalogue) -> Value {
    let mut result = Map::new();
    result.insert("ruleId".to_owned(), json!(item.rule));
    result.insert("ruleIndex".to_owned(), json!(rule));
    result.insert("level".to_owned(), json!(level(item.severity)));
    let advice = if item.fix.is_empty() {
        String::new()
    } else {
        format!(" Fix: {}", item.fix)
    };
    result.insert(
        "message".to_owned(),
        json!({ "text": format!("{}{advice}", item.message) }),
    );
    let mut at = location(item.file, item.line, item.column, None);
    at.insert(
        "logicalLocations".to_owned(),
        json!([{ "fullyQualifiedName": item.element, "kind": "resource" }]),
    );
    result.insert("locations".to_owned(), json!([at]));
    let id = format!("{}:{}", item.root, item.id);
    result.insert("partialFingerprints".to_owned(), json!({ "palisade/v1": id }));
    result.insert(
        "properties".to_owned(),
        json!({ "id": item.id, "system": item.root, "fix": item.fix }),
    );
    if let Some(edits) = fix {
        result.insert("fixes".to_owned(), json!([text_fix(item, edits, catalogue)]));
    }
    if let Some(path) = item.path {
        result.insert("codeFlows".to_owned(), json!([code_flow(path)]));
    }
    if let Some(waiver) = item.waived() {
        // In the source where it is an annotation; beside it where it is declared.
        let kind = if waiver.evidence.path.starts_with("waivers") {
            "external"
        } else {
            "inSource"
        };
        let evidence = &waiver.evidence;
        result.insert(
            "suppressions".to_owned(),
            json!([{
                "kind": kind,
                "status": "accepted",
                "justification": words::waiver(waiver),
                "location": location(&evidence.file, evidence.line, evidence.column, None),
            }]),
        );
    }
    if let Some(since) = item.since {
        let state = match since {
            Since::New => "new",
            Since::Baseline => "unchanged",
        };
        result.insert("baselineState".to_owned(), json!(state));
    }
    Value::Object(result)
}

/// What to replace in the file of a finding, and what must be so that it still works.
fn text_fix(item: &Item<'_>, edits: &[TextEdit], catalogue: &Catalogue) -> Value {
    let remedy = catalogue
        .weaknesses
        .get(item.rule)
        .and_then(|weakness| weakness.remedy.as_ref());
    let needs = remedy.and_then(|remedy| remedy.needs.as_ref());
    let says = needs.map_or_else(
        || item.fix.clone(),
        |needs| format!("{} Safe if {}.", item.fix, words::one_line(needs).trim_end_matches('.')),
    );
    let replacement = |edit: &TextEdit| {
        let mut replacement = json!({ "deletedRegion": {
            "startLine": edit.from.line + 1,
            "startColumn": edit.from.column + 1,
            "endLine": edit.to.line + 1,
            "endColumn": edit.to.column + 1,
        }});
        if let (false, Some(replacement)) = (edit.text.is_empty(), replacement.as_object_mut()) {
            replacement.insert("insertedContent".to_owned(), json!({ "text": edit.text }));
        }
        replacement
    };
    json!({
        "description": { "text": says },
        "artifactChanges": [{
            "artifactLocation": { "uri": uri(item.file) },
            "replacements": edits.iter().map(replacement).collect::<Vec<_>>(),
        }],
    })
}

/// The steps of a path, each at every place that makes it possible.
fn code_flow(path: &AttackPath) -> Value {
    let steps = path.steps.iter().flat_map(|step| {
        step.evidence.iter().map(move |evidence| {
            let says = format!("{} → {}: {}. {}", step.from, step.to, step.title, step.why);
            json!({
                "location": location(&evidence.file, evidence.line, evidence.column, Some(&says)),
                "importance": if step.choke_point == Some(true) { "essential" } else { "important" },
            })
        })
    });
    json!({
        "message": { "text": words::path(path) },
        "threadFlows": [{ "locations": steps.collect::<Vec<_>>() }],
    })
}

fn location(file: &str, line: u32, column: u32, message: Option<&str>) -> Map<String, Value> {
    let mut physical = Map::from_iter([("artifactLocation".to_owned(), json!({ "uri": uri(file) }))]);
    if line > 0 {
        physical.insert(
            "region".to_owned(),
            json!({ "startLine": line, "startColumn": column.max(1) }),
        );
    }
    let mut location = Map::from_iter([("physicalLocation".to_owned(), Value::Object(physical))]);
    if let Some(text) = message {
        location.insert("message".to_owned(), json!({ "text": text }));
    }
    location
}

/// A file's name as a URI reference, relative to where the run began.
fn uri(file: &str) -> String {
    let mut uri = String::with_capacity(file.len());
    for byte in file.trim_start_matches("./").bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            other => {
                // Writing to a string does not fail.
                let _ = write!(uri, "%{other:02X}");
            }
        }
    }
    uri
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

/// Where code scanning draws its lines: high from 7.0, medium from 4.0.
const fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
    }
}
