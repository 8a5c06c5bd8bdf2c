//! What is known about one row before findings are counted.

use crate::assessment::ThreatState;
use crate::system::Evidence;

/// A word and the evidence for it.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    pub(super) state: ThreatState,
    /// Why, as the end of a sentence.
    pub(super) because: String,
    pub(super) evidence: Vec<Evidence>,
}

impl Standing {
    /// Something stands against it.
    pub(super) fn mitigated(because: impl Into<String>, evidence: Vec<Evidence>) -> Self {
        Self {
            state: ThreatState::Mitigated,
            because: because.into(),
            evidence,
        }
    }

    /// It can happen.
    pub(super) fn exposed(because: impl Into<String>, evidence: Vec<Evidence>) -> Self {
        Self {
            state: ThreatState::Exposed,
            because: because.into(),
            evidence,
        }
    }

    /// Nothing says either; `because` says what would.
    pub(super) fn unknown(because: impl Into<String>, evidence: Vec<Evidence>) -> Self {
        Self {
            state: ThreatState::Unknown,
            because: because.into(),
            evidence,
        }
    }
}
