//! Links from page to page.

use palisade_knowledge::{Catalogue, EntryKind};

use super::word;

/// Makes links for a page.
#[derive(Clone, Copy)]
pub(super) struct Links<'a> {
    catalogue: &'a Catalogue,
    /// From the page's folder to that of the index.
    up: &'static str,
}

impl<'a> Links<'a> {
    /// Of a page beside the index.
    pub(super) const fn beside(catalogue: &'a Catalogue) -> Self {
        Self { catalogue, up: "" }
    }

    /// Of a page one folder below the index.
    pub(super) const fn below(catalogue: &'a Catalogue) -> Self {
        Self { catalogue, up: "../" }
    }

    /// A link to an entry, by its id.
    pub(super) fn to(self, kind: EntryKind, id: &str) -> String {
        let page = match kind {
            EntryKind::Weaknesses => match self.catalogue.weaknesses.get(id) {
                Some(weakness) => format!("weaknesses/{}", word(weakness.applies_to)),
                None => return id.to_owned(),
            },
            other => other.folder().to_owned(),
        };
        format!("[{id}]({}{page}.md#{id})", self.up)
    }

    /// Links to entries of a kind.
    pub(super) fn all<'b>(self, kind: EntryKind, ids: impl IntoIterator<Item = &'b String>) -> String {
        super::list(ids.into_iter().map(|id| self.to(kind, id)))
    }

    /// Links to entries of a kind, each with its title.
    pub(super) fn titled<'b>(self, kind: EntryKind, ids: impl IntoIterator<Item = &'b String>) -> String {
        let titles = self.catalogue.titles(kind);
        let link = |id: &String| {
            let title = titles
                .iter()
                .find(|(known, _)| known == id)
                .map_or("", |(_, title)| title);
            format!("{} {}", self.to(kind, id), super::prose(title))
        };
        super::list(ids.into_iter().map(link))
    }

    /// Links to requirements of a framework.
    pub(super) fn requirements(self, framework: &str, ids: &[String]) -> String {
        let link = |id: &String| format!("[{id}]({}frameworks.md#{})", self.up, anchor(framework, id));
        format!(
            "{} {}",
            self.to(EntryKind::Frameworks, framework),
            super::list(ids.iter().map(link))
        )
    }
}

/// The anchor of a requirement: `soc-2.CC6.1`. What a link can't hold becomes `-`.
pub(super) fn anchor(framework: &str, requirement: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    format!("{framework}.{}", requirement.chars().map(plain).collect::<String>())
}
