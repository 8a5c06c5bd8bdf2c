//! Which system of one assessment is which of the other: by root, or by what it holds where the folder has another name.

use std::collections::BTreeSet;

use super::snapshot::{Snapshot, SystemSnapshot};

/// How much two systems must have in common to be one that moved: shared ids among all ids.
const ALIKE: f64 = 0.5;

/// A system before and now.
pub(super) type Pair<'s> = (Option<&'s SystemSnapshot>, Option<&'s SystemSnapshot>);

/// Pairs up the systems, in the order of the head; those that are gone last.
pub(super) fn pair<'s>(base: &'s Snapshot, head: &'s Snapshot) -> Vec<Pair<'s>> {
    let mut before: Vec<&SystemSnapshot> = base.systems.iter().collect();
    let mut pairs: Vec<Pair<'s>> = head.systems.iter().map(|now| (None, Some(now))).collect();
    if let ([_], [pair]) = (before.as_slice(), pairs.as_mut_slice()) {
        pair.0 = before.pop();
        return pairs;
    }
    let (base_prefix, head_prefix) = (common_folder(base), common_folder(head));
    let below = |root: &'s str, prefix: usize| root.get(prefix..).unwrap_or(root);
    let same_root = |old: &SystemSnapshot, now: &SystemSnapshot| old.root == now.root;
    for is_it in [
        &same_root as &dyn Fn(&'s SystemSnapshot, &'s SystemSnapshot) -> bool,
        &|old, now| below(&old.root, base_prefix) == below(&now.root, head_prefix),
        &|old, now| likeness(old, now) >= ALIKE,
    ] {
        for (was, now) in &mut pairs {
            if let (None, Some(now)) = (&was, now)
                && let Some(index) = before.iter().position(|old| is_it(old, now))
            {
                *was = Some(before.remove(index));
            }
        }
    }
    pairs.extend(before.into_iter().map(|gone| (Some(gone), None)));
    pairs
}

/// The length of the folders that all roots begin with, up to a `/`.
fn common_folder(snapshot: &Snapshot) -> usize {
    let mut roots = snapshot.systems.iter().map(|system| system.root.as_str());
    let Some(first) = roots.next() else { return 0 };
    let common = roots.fold(first, |common, root| {
        let shared = common.bytes().zip(root.bytes()).take_while(|(a, b)| a == b).count();
        common.get(..shared).unwrap_or_default()
    });
    common.rfind('/').map_or(0, |slash| slash + 1)
}

fn likeness(a: &SystemSnapshot, b: &SystemSnapshot) -> f64 {
    let ids = |system: &SystemSnapshot| -> BTreeSet<String> {
        system.elements.iter().map(|element| element.id.to_string()).collect()
    };
    super::renames::jaccard(&ids(a), &ids(b))
}
