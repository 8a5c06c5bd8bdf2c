//! GitLab's code quality report: what a merge request shows beside its changes.
//! <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>

use palisade_engine::Assessment;
use palisade_knowledge::{Catalogue, Severity};
use serde::Serialize;

use super::item::{Item, items};

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// All items as issues. What does not count is `info` and says why; GitLab itself compares branches.
pub fn gitlab(assessment: &Assessment, catalogue: &Catalogue) -> Result<String, serde_json::Error> {
    let issues: Vec<Issue> = items(assessment, catalogue).iter().map(issue).collect();
    serde_json::to_string_pretty(&issues).map(|text| text + "\n")
}

fn issue(item: &Item<'_>) -> Issue {
    let excuse = item.excuse();
    let severity = match (&excuse, item.severity) {
        (Some(_), _) => "info",
        (None, Severity::High) => "critical",
        (None, Severity::Medium) => "major",
        (None, Severity::Low) => "minor",
    };
    let said = excuse
        .map(|excuse| format!(" Not counted: {excuse}."))
        .unwrap_or_default();
    let fix = if item.fix.is_empty() {
        String::new()
    } else {
        format!(" Fix: {}", item.fix)
    };
    Issue {
        description: format!("{}{said}{fix}", item.message),
        check_name: item.rule.to_owned(),
        fingerprint: format!("{}:{}", item.root, item.id),
        severity,
        location: Location {
            path: item.file.to_owned(),
            lines: Lines {
                begin: item.line.max(1),
            },
        },
    }
}
