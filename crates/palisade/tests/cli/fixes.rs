//! Fixes that SARIF offers: carried out as an editor would, each takes its finding away.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::common::{copied_example, palisade};

/// A line and a column, both counted from one.
type Place = (usize, usize);

/// One fix: where, and what to replace by what.
struct Fix {
    rule: String,
    id: String,
    file: String,
    /// First and last place (line, column), and the text.
    edits: Vec<(Place, Place, String)>,
}

fn offered(folder: &Path) -> (Vec<Fix>, BTreeSet<String>) {
    let run = palisade(folder, &["assess", "-q", "-f", "sarif", "."], "");
    let log: Value = serde_json::from_str(&run.stdout).unwrap();
    let results = log.pointer("/runs/0/results").and_then(Value::as_array).unwrap();
    let text = |value: &Value, at: &str| value.pointer(at).and_then(Value::as_str).unwrap().to_owned();
    let ids = results.iter().map(|result| text(result, "/properties/id")).collect();
    let fix = |result: &Value| {
        let change = result.pointer("/fixes/0/artifactChanges/0")?;
        let edits = change.get("replacements").and_then(Value::as_array).unwrap().iter();
        let edits = edits.map(|edit| {
            let number = |of: &str| {
                let number = edit.pointer(&format!("/deletedRegion/{of}")).and_then(Value::as_u64);
                usize::try_from(number.unwrap()).unwrap()
            };
            let text = edit
                .pointer("/insertedContent/text")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let from = (number("startLine"), number("startColumn"));
            (from, (number("endLine"), number("endColumn")), text.to_owned())
        });
        Some(Fix {
            rule: text(result, "/ruleId"),
            id: text(result, "/properties/id"),
            file: text(change, "/artifactLocation/uri"),
            edits: edits.collect(),
        })
    };
    (results.iter().filter_map(fix).collect(), ids)
}

fn offset(text: &str, (line, column): Place) -> usize {
    let before: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let line = text.get(before..).unwrap();
    before + line.char_indices().nth(column - 1).map_or(line.len(), |(at, _)| at)
}

#[test]
fn each_fix_takes_its_finding_away_and_brings_no_other() {
    let folder = copied_example();
    let (fixes, before) = offered(folder.path());
    let rules: BTreeSet<&str> = fixes.iter().map(|fix| &*fix.rule).collect();
    assert!(rules.len() >= 6, "{rules:?}");
    // One of each rule, and no two in one file at once, whose lines would move.
    let mut rounds: Vec<BTreeMap<&str, &Fix>> = Vec::new();
    for rule in &rules {
        let Some(fix) = fixes.iter().find(|fix| fix.rule == *rule) else {
            continue;
        };
        match rounds.iter_mut().find(|round| !round.contains_key(&*fix.file)) {
            Some(round) => _ = round.insert(&fix.file, fix),
            None => rounds.push(BTreeMap::from([(&*fix.file, fix)])),
        }
    }
    for round in rounds {
        let folder = copied_example();
        for (file, fix) in &round {
            let path = folder.path().join(file);
            let mut text = fs::read_to_string(&path).unwrap();
            for (from, to, new) in fix.edits.iter().rev() {
                text.replace_range(offset(&text, *from)..offset(&text, *to), new);
            }
            fs::write(path, text).unwrap();
        }
        let (_, after) = offered(folder.path());
        for fix in round.values() {
            assert!(!after.contains(&fix.id), "{} in {} is still there", fix.rule, fix.file);
        }
        let is_finding = |id: &&String| id.starts_with("FD-");
        let new: Vec<&String> = after.difference(&before).filter(is_finding).collect();
        assert!(
            new.is_empty(),
            "{new:?} after {:?}",
            round.values().map(|fix| &fix.rule).collect::<Vec<_>>()
        );
    }
}
