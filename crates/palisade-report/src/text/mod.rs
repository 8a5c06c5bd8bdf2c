//! Text for people: what the terminal shows. Styled with ANSI sequences, which the binary strips where they don't belong.

mod assess;
mod coverage;
mod findings;
mod fixes;
mod gaps;
mod ledger;
mod page;
mod paths;
mod style;
mod systems;

pub use assess::assess;

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
    fn limit(self, few: usize) -> usize {
        if self.verbose { usize::MAX } else { few }
    }
}
