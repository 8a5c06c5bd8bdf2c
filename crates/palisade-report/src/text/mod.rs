//! Text for people: what the terminal shows. Styled with ANSI sequences, which the binary strips where they don't belong.

mod assess;
mod blast_radius;
pub(crate) mod coverage;
mod elements;
mod explain;
mod findings;
mod fixes;
pub(crate) mod gaps;
mod ledger;
pub(crate) mod page;
mod paths;
mod plan;
mod projects;
pub(crate) mod style;
pub(crate) mod systems;
mod threats;
mod verification;

pub use assess::assess;
pub use blast_radius::blast_radius;
pub use elements::elements;
pub use explain::explain;
pub use page::clean;
pub use paths::paths;
pub(crate) use paths::walk;
pub use plan::plan;
pub use threats::threats;
pub use verification::verification;

#[cfg(test)]
mod tests;

/// How text is laid out.
#[derive(Clone, Copy, Debug)]
pub struct TextOptions {
    /// Columns of the terminal.
    pub width: usize,
    /// Show everything rather than the most important.
    pub verbose: bool,
}

impl TextOptions {
    /// The first `few` of a list, or all of it.
    pub(crate) fn limit(self, few: usize) -> usize {
        if self.verbose { usize::MAX } else { few }
    }
}
