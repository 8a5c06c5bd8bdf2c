//! Annotations of GitHub: workflow commands that a runner shows beside the lines of a pull request.
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>

use std::fmt::Write as _;

use palisade_engine::Assessment;
use palisade_knowledge::{Catalogue, Severity};

use super::item::{Item, items};

/// One annotation a line: errors for what is high, warnings for the rest, notices for what does not count.
pub fn github(assessment: &Assessment, catalogue: &Catalogue) -> String {
    let mut text = String::new();
    for item in items(assessment, catalogue) {
        annotation(&mut text, &item);
    }
    for skipped in &assessment.coverage.skipped {
        let (line, column) = (skipped.line.max(1), skipped.column.max(1));
        let _ = writeln!(
            text,
            "::warning file={},line={line},col={column},title=Not understood::{}",
            property(&skipped.file),
            data(&skipped.reason)
        );
    }
    text
}

fn annotation(text: &mut String, item: &Item<'_>) {
    let excuse = item.excuse();
    let level = match (&excuse, item.severity) {
        (Some(_), _) => "notice",
        (None, Severity::High) => "error",
        (None, Severity::Medium | Severity::Low) => "warning",
    };
    let said = excuse
        .map(|excuse| format!(" Not counted: {excuse}."))
        .unwrap_or_default();
    let fix = if item.fix.is_empty() {
        String::new()
    } else {
        format!("\nFix: {}", item.fix)
    };
    let _ = writeln!(
        text,
        "::{level} file={},line={},col={},title={}::{}",
        property(item.file),
        item.line,
        item.column,
        property(&format!("{} {}", item.rule, item.title)),
        data(&format!("{}{said}{fix}", item.message))
    );
}

/// Text after `::`.
fn data(text: &str) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    // Whatever else controls a terminal means nothing in a log.
    text.chars().filter(|c| !c.is_control()).collect()
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
