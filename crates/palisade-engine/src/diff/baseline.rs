//! A saved assessment as a baseline: what it has is known.

use std::collections::BTreeSet;

use super::compare::differences;
use super::snapshot::Snapshot;
use crate::assessment::{Assessment, Since};

/// Marks every finding and path as new or as known to the baseline. What was renamed is known.
pub fn mark_known(assessment: &mut Assessment, baseline: &Snapshot) {
    let head = Snapshot::from(&*assessment);
    let mut new: BTreeSet<(String, String)> = BTreeSet::new();
    for system in differences(baseline, &head) {
        let findings = system.findings_new.iter().map(|finding| &finding.id);
        let ids = findings.chain(system.paths_opened.iter().map(|path| &path.id));
        new.extend(ids.map(|id| (system.root.clone(), id.clone())));
    }
    let since = |root: &str, id: &str| {
        let is_new = new.contains(&(root.to_owned(), id.to_owned()));
        Some(if is_new { Since::New } else { Since::Baseline })
    };
    for system in &mut assessment.systems {
        let root = system.system.root.to_string();
        for finding in &mut system.findings {
            finding.since = since(&root, &finding.id);
        }
        for path in &mut system.paths {
            path.since = since(&root, &path.id);
        }
    }
}
