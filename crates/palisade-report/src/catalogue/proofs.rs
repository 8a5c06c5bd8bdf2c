//! `palisade catalogue test` and `lint`: what is wrong with entries, and where.

use palisade_inventory::Position;
use serde::{Serialize, Serializer};

use crate::text::page::{Page, count, span};
use crate::text::{TextOptions, style};

/// Something wrong with an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The entry's file.
    pub file: String,
    /// Where in it, where that is known. In JSON `line` and `column`, from 1.
    #[serde(flatten, serialize_with = "one_based")]
    pub position: Option<Position>,
    /// The entry can't be used; otherwise it can, but should not stay so.
    pub is_error: bool,
    /// What is wrong.
    pub message: String,
    /// What to do about it; may be empty.
    pub help: String,
}

/// What running examples came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proofs {
    /// Weaknesses whose examples ran.
    pub weaknesses: usize,
    /// Attack steps whose examples ran.
    pub steps: usize,
    /// Examples that ran.
    pub examples: usize,
    /// Examples that do not show what their entry says.
    pub problems: Vec<Problem>,
}

#[derive(Serialize)]
struct Problems<'a> {
    checked: usize,
    problems: &'a [Problem],
}

/// What is wrong with so many files, for people.
pub fn problems(checked: usize, problems: &[Problem], options: TextOptions) -> String {
    let mut page = Page::new(options.width);
    write(&mut page, problems);
    let errors = problems.iter().filter(|problem| problem.is_error).count();
    let verdict = match (checked, errors) {
        (0, _) => span(
            style::DIM,
            "no own entries here: they stand in .palisade/, or name a folder",
        ),
        (_, 0) => span(style::GOOD, "every entry can be used"),
        (_, errors) => span(style::HIGH, count(errors, "error")),
    };
    let checked = span(style::PLAIN, format!("{} checked: ", count(checked, "own entry")));
    page.gap();
    page.indented(0, &[checked, verdict]);
    page.finish()
}

/// The same as JSON.
pub fn problems_json(checked: usize, problems: &[Problem]) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&Problems { checked, problems }).map(|text| text + "\n")
}

/// What running examples came to, for people.
pub fn proofs(proofs: &Proofs, options: TextOptions) -> String {
    let mut page = Page::new(options.width);
    write(&mut page, &proofs.problems);
    page.gap();
    let what = format!(
        "{} of {} and {}, as written and as the API server defaults them: ",
        count(proofs.examples, "example"),
        count(proofs.weaknesses, "weakness"),
        count(proofs.steps, "attack step"),
    );
    let verdict = match proofs.problems.len() {
        0 => span(style::GOOD, "all of them show what they should"),
        wrong => span(style::HIGH, format!("{wrong} do not show what they should")),
    };
    page.indented(0, &[span(style::PLAIN, what), verdict]);
    page.finish()
}

/// The same as JSON.
pub fn proofs_json(proofs: &Proofs) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(proofs).map(|text| text + "\n")
}

fn write(page: &mut Page, problems: &[Problem]) {
    for problem in problems {
        let place = match problem.position {
            Some(position) => format!("{}:{position}", problem.file),
            None => problem.file.clone(),
        };
        let word = if problem.is_error {
            span(style::HIGH, "error")
        } else {
            span(style::MEDIUM, "warning")
        };
        page.indented(0, &[span(style::BOLD, place), span(style::PLAIN, "  "), word]);
        page.indented(4, &[span(style::PLAIN, &*problem.message)]);
        if !problem.help.is_empty() {
            page.indented(4, &[span(style::DIM, format!("help: {}", problem.help))]);
        }
    }
}

#[expect(clippy::ref_option, reason = "serde hands fields over by reference")]
fn one_based<S: Serializer>(position: &Option<Position>, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Shown {
        line: Option<u32>,
        column: Option<u32>,
    }
    Shown {
        line: position.map(|position| position.line + 1),
        column: position.map(|position| position.column + 1),
    }
    .serialize(serializer)
}
