//! What no type tells: names that must differ, references that must lead somewhere, numbers that must be in order.

mod controls;
mod decisions;
mod diagram;
mod worth;

use std::collections::BTreeSet;

use palisade_inventory::{Declared, offer};

use super::fault::Faults;
use super::known::Known;

/// Looks through everything that is declared.
pub(super) fn check(declared: &Declared, known: &Known, faults: &mut Faults<'_>) {
    if let Some(version) = declared.version.filter(|version| *version != 1) {
        faults.add(
            "version",
            format!("there is no version {version} of this format"),
            "write `version: 1`, or leave it out",
        );
    }
    if let Some(currency) = &declared.currency {
        faults.empty("currency", currency);
    }
    worth::check(declared, known, faults);
    diagram::check(declared, known, faults);
    decisions::check(declared, known, faults);
    controls::check(declared, known, faults);
}

/// A name must be one of those that are known.
fn reference<'k>(
    faults: &mut Faults<'_>,
    at: &str,
    what: &str,
    name: &str,
    known: impl IntoIterator<Item = &'k str> + Clone,
) {
    if !known.clone().into_iter().any(|known| known == name) {
        faults.add(at, format!("there is no {what} `{name}`"), offer(name, known));
    }
}

/// The same, of a set.
fn one_of(faults: &mut Faults<'_>, at: &str, what: &str, name: &str, known: &BTreeSet<String>) {
    reference(faults, at, what, name, known.iter().map(String::as_str));
}

/// Ids of elements, with `*` for any text: `Kind/namespace/name`, so that they hold a `/`.
fn patterns(faults: &mut Faults<'_>, list: &str, patterns: &[String]) {
    for (index, pattern) in patterns.iter().enumerate() {
        element(faults, &format!("{list}[{index}]"), pattern);
    }
}

fn element(faults: &mut Faults<'_>, at: &str, id: &str) {
    let is_id = id.contains('*') || id.contains('/') && id.split('/').all(|part| !part.is_empty());
    if !is_id {
        faults.add(
            at,
            format!("`{id}` is not the id of an element"),
            "write `Kind/namespace/name` as `palisade model` shows it, with `*` for any text: `*/shop/*`",
        );
    }
}

/// The id of a threat: `TM-` and ten hexadecimal digits.
fn threat(faults: &mut Faults<'_>, at: &str, id: &str) {
    let digits = id.strip_prefix("TM-").unwrap_or_default();
    let is_id = digits.len() == 10 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !is_id {
        faults.add(
            at,
            format!("`{id}` is not the id of a threat"),
            "copy it from `palisade threats`: `TM-` and ten digits from 0 to f",
        );
    }
}
