//! Pods that an attack step starts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A sort of pod that an attack step starts: admission must let it into the namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StartedPod {
    /// Any pod at all: only what refuses every pod keeps it out.
    Plain,
    /// With a privileged container.
    Privileged,
    /// With the node's root folder mounted, to write as well.
    HostPath,
    /// In the node's process, network and IPC namespaces.
    HostNamespaces,
}

impl StartedPod {
    /// Whether levels of Pod Security may refuse it.
    pub fn minds_levels(self) -> bool {
        self != Self::Plain
    }
}
