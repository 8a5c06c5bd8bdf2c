//! Findings and attack paths for pipelines: SARIF, `JUnit`, annotations of GitHub, code quality of GitLab.
//!
//! All four show the same items in the same order. What somebody bears, and what a baseline has, stands in each of them in
//! the words that the format has for it.

mod github;
mod gitlab;
mod item;
mod junit;
mod sarif;

#[cfg(test)]
mod tests;

pub use github::github;
pub use gitlab::gitlab;
pub use junit::junit;
pub use sarif::{TextFixes, sarif};
