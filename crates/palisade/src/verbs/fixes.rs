//! The edits that repair findings in the files where they stand.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use palisade_engine::Assessment;
use palisade_engine::remedy::mended;
use palisade_knowledge::Catalogue;
use palisade_report::TextFixes;

/// Files that people write are smaller; a dump of a cluster is nothing to be edited.
const LARGEST: u64 = 1 << 20;

/// Every edit that can be told simply and safely.
pub(crate) fn of(assessment: &Assessment, catalogue: &Catalogue) -> TextFixes {
    let mut texts: BTreeMap<&str, Option<String>> = BTreeMap::new();
    let mut fixes = TextFixes::new();
    for system in &assessment.systems {
        for finding in &system.findings {
            let file = &*finding.position.file;
            let Some(text) = texts.entry(file).or_insert_with(|| text(file)) else {
                continue;
            };
            let Some((resource, after)) = mended(finding, &system.system, catalogue) else {
                continue;
            };
            if *resource.content_file != *file {
                continue;
            }
            if let Some(edits) = palisade_sources::edits(text, &resource.id, &resource.content, &after) {
                fixes.insert((system.system.root.to_string(), finding.id.clone()), edits);
            }
        }
    }
    fixes
}

/// A file that is there, and small: what was read from elsewhere, or rendered, is not to be edited.
fn text(file: &str) -> Option<String> {
    let is_small = fs::metadata(Path::new(file)).is_ok_and(|there| there.is_file() && there.len() <= LARGEST);
    if is_small { fs::read_to_string(file).ok() } else { None }
}
