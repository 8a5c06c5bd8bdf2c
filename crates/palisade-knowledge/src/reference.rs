//! Where a fact comes from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A publication that something was learned from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What it is: author and title, a few words.
    pub title: String,
    /// Where it is published.
    pub url: String,
}
