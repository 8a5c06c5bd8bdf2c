//! `JUnit`'s report of tests, as every pipeline shows it: a suite a system, a case a finding or path, and one for each drawn
//! element in which nothing was found.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use palisade_engine::Assessment;
use palisade_knowledge::Catalogue;

use super::item::{Item, items};
use crate::words;

/// A suite for each system. What counts is a failure; what somebody bears, or a baseline has, is skipped and says why.
pub fn junit(assessment: &Assessment, catalogue: &Catalogue) -> String {
    let items = items(assessment, catalogue);
    let mut suites = String::new();
    let (mut tests, mut failures, mut skipped) = (0, 0, 0);
    for system in &assessment.systems {
        let root = &*system.system.root;
        let mut cases = String::new();
        let (mut of_tests, mut of_failures, mut of_skipped) = (0, 0, 0);
        let mut with_items: BTreeSet<&str> = BTreeSet::new();
        for item in items.iter().filter(|item| item.root == root) {
            with_items.insert(item.element);
            of_tests += 1;
            if item.excuse().is_some() {
                of_skipped += 1;
            } else {
                of_failures += 1;
            }
            case(&mut cases, item);
        }
        let drawn = system.system.elements.iter().filter(|element| element.kind.is_drawn());
        for element in drawn.filter(|element| !with_items.contains(element.id.as_str())) {
            of_tests += 1;
            let _ = writeln!(
                cases,
                "    <testcase classname=\"{}\" name=\"nothing found\"/>",
                escape(element.id.as_str())
            );
        }
        let _ = writeln!(
            suites,
            "  <testsuite name=\"{}\" tests=\"{of_tests}\" failures=\"{of_failures}\" errors=\"0\" skipped=\"{of_skipped}\">\n{cases}  </testsuite>",
            escape(root)
        );
        tests += of_tests;
        failures += of_failures;
        skipped += of_skipped;
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"palisade\" tests=\"{tests}\" failures=\"{failures}\" \
         errors=\"0\" skipped=\"{skipped}\">\n{suites}</testsuites>\n"
    )
}

fn case(text: &mut String, item: &Item<'_>) {
    let _ = writeln!(
        text,
        "    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{}\">",
        escape(item.element),
        escape(&format!("{} {} [{}]", item.rule, item.title, item.id)),
        escape(item.file),
        item.line
    );
    let _ = match item.excuse() {
        Some(excuse) => writeln!(text, "      <skipped message=\"{}\"/>", escape(&excuse)),
        None => writeln!(
            text,
            "      <failure type=\"{}\" message=\"{}\">{}\n{}\n{}</failure>",
            words::level(item.severity),
            escape(&item.title),
            escape(&item.message),
            escape(&words::place(item.file, item.line, item.column)),
            escape(&item.fix)
        ),
    };
    text.push_str("    </testcase>\n");
}

/// Text for an attribute or between tags. XML 1.0 knows no control characters but these three.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\n' | '\t' => escaped.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}
