//! What repairs a weakness, as changes to the thing that has it.

use palisade_inventory::Node;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::proof::node;

/// A change that repairs a weakness where it is simple enough to be written down once for all that have it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Remedy {
    /// What to change, in order. Paths start from the view's first variable, as `at` does.
    pub edits: Vec<RemedyEdit>,
    /// Plain words: what must be so that the thing still does its work afterwards, and no artefact can tell. None: nothing
    /// that works now can break.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
}

/// One change.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum RemedyEdit {
    /// A field gets a value.
    Set {
        /// The field: `securityContext.privileged`.
        set: String,
        /// The value; a list replaces the list that is there.
        to: Json,
    },
    /// A field goes.
    Remove {
        /// The field.
        remove: String,
    },
    /// Of a list, the items go that make the condition true by themselves.
    Drop {
        /// The list.
        drop: String,
    },
}

impl RemedyEdit {
    /// The path that it is about.
    pub fn path(&self) -> &str {
        match self {
            Self::Set { set: path, .. } | Self::Remove { remove: path } | Self::Drop { drop: path } => path,
        }
    }

    /// The value that it sets, if it sets one.
    pub fn value(&self) -> Option<Node> {
        match self {
            Self::Set { to, .. } => Some(node(to)),
            Self::Remove { .. } | Self::Drop { .. } => None,
        }
    }
}
