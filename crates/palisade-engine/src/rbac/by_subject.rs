//! Things that belong to subjects of bindings, found by user name and group.

use std::collections::HashMap;

use super::identity::Identity;

/// Things that belong to subjects, in the order in which they were added.
#[derive(Debug)]
pub(super) struct BySubject<T> {
    all: Vec<T>,
    by_user: HashMap<String, Vec<usize>>,
    by_group: HashMap<String, Vec<usize>>,
}

impl<T> Default for BySubject<T> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            by_user: HashMap::new(),
            by_group: HashMap::new(),
        }
    }
}

impl<T> BySubject<T> {
    /// Adds a thing of a subject.
    pub(super) fn push(&mut self, subject: &Identity, thing: T) {
        let index = self.all.len();
        let indexes = match (subject, subject.user()) {
            (_, Some(user)) => self.by_user.entry(user),
            (_, None) => self.by_group.entry(subject.name().to_owned()),
        };
        indexes.or_default().push(index);
        self.all.push(thing);
    }

    /// All of them.
    pub(super) fn all(&self) -> &[T] {
        &self.all
    }

    /// Those of this user or one of these groups, each once, in order.
    pub(super) fn of(&self, user: Option<&str>, groups: &[String]) -> impl Iterator<Item = &T> + use<'_, T> {
        let of_user = user.and_then(|user| self.by_user.get(user)).into_iter().flatten();
        let of_groups = groups.iter().filter_map(|group| self.by_group.get(group)).flatten();
        let mut indexes: Vec<usize> = of_user.chain(of_groups).copied().collect();
        indexes.sort_unstable();
        indexes.dedup();
        indexes.into_iter().filter_map(|index| self.all.get(index))
    }
}
