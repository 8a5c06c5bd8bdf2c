//! The order of paths and fixes of several systems together. Within one system it is the engine's.

use palisade_engine::assessment::{AttackPath, Fix, SystemAssessment};

/// Something and the root of the system it is in.
pub(crate) type Rooted<'a, T> = (&'a str, &'a T);

/// All paths of all systems, the worst first.
pub(crate) fn paths(systems: &[SystemAssessment]) -> Vec<Rooted<'_, AttackPath>> {
    let mut paths: Vec<Rooted<'_, AttackPath>> = systems
        .iter()
        .flat_map(|system| system.paths.iter().map(|path| (&*system.system.root, path)))
        .collect();
    if systems.len() > 1 {
        // Stable: equal ones stay in the engine's order.
        paths.sort_by(|(_, a), (_, b)| {
            (a.through.is_some().cmp(&b.through.is_some()))
                .then_with(|| b.severity.cmp(&a.severity))
                .then_with(|| b.likelihood.total_cmp(&a.likelihood))
        });
    }
    paths
}

/// The same fix in one or more elements.
pub(crate) struct FixGroup<'a> {
    pub(crate) root: &'a str,
    pub(crate) fixes: Vec<&'a Fix>,
}

impl FixGroup<'_> {
    /// How many paths it closes.
    pub(crate) fn closes(&self) -> usize {
        self.fixes.iter().map(|fix| fix.closes.len()).sum()
    }

    /// How many paths it makes at most half as likely.
    pub(crate) fn weakens(&self) -> usize {
        self.fixes.iter().map(|fix| fix.weakens.len()).sum()
    }
}

/// All fixes of all systems, those that close the most first; what follows each other and is done alike is one group.
///
/// Fixes of one system never change places, because each counts on those before it.
pub(crate) fn fixes(systems: &[SystemAssessment]) -> Vec<FixGroup<'_>> {
    let mut groups: Vec<(usize, FixGroup<'_>)> = Vec::new();
    for system in systems {
        let root = &*system.system.root;
        let alike = |a: &Fix, b: &Fix| a.rule == b.rule && a.action == b.action;
        // The fewest that a group and those before it close: sorting by that keeps the order within the system.
        let mut fewest = usize::MAX;
        for fixes in system.fixes.chunk_by(alike) {
            let group = FixGroup {
                root,
                fixes: fixes.iter().collect(),
            };
            fewest = fewest.min(group.closes());
            groups.push((fewest, group));
        }
    }
    groups.sort_by_key(|(fewest, _)| std::cmp::Reverse(*fewest));
    groups.into_iter().map(|(_, group)| group).collect()
}
