//! Pod Security Standards: what the admission plugin of Kubernetes would say of a pod.
//!
//! The levels, the checks, the versions in which they changed, and the words are those of the plugin
//! (`k8s.io/pod-security-admission`): `registry` is the table of what applies when, and `checks` has one file for each
//! control. A pod template is judged as the pod that comes of it.

mod checks;
mod containers;
mod refusal;
mod registry;
mod shape;
#[cfg(test)]
mod tests;

use std::fmt;

use palisade_inventory::{FieldPath, Node};
use palisade_knowledge::KubernetesVersion;
use serde::Serialize;

use self::containers::Pod;
pub use self::shape::Malformed;

/// A Pod Security level, the laxest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Everything is allowed.
    Privileged,
    /// The known ways to the node are closed.
    Baseline,
    /// Hardened as a pod should be.
    Restricted,
}

impl Level {
    /// The word that labels of namespaces use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Privileged => "privileged",
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A check that forbids a pod. Displays as the plugin words it: `host namespaces (hostNetwork=true)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The check's name in the plugin, such as `hostNamespaces`.
    pub check: &'static str,
    /// The level that the check belongs to.
    pub level: Level,
    /// What is forbidden, in short.
    pub reason: &'static str,
    /// Which containers, volumes or values.
    pub detail: String,
    /// The fields below the pod that make it so, whether they are there or missing.
    pub paths: Vec<FieldPath>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.reason, self.detail)
    }
}

/// The checks of a level, as of a version of Kubernetes, that forbid a pod or pod template; none means that it is allowed.
///
/// `pod` has `metadata` and `spec`, as [`palisade_knowledge::pod_template`] finds it. The plugin's order: checks of
/// `baseline` first, by name.
///
/// # Errors
/// A field that a check reads has a type that the API server refuses, so that there is nothing to judge.
pub fn evaluate(pod: &Node, level: Level, version: KubernetesVersion) -> Result<Vec<Violation>, Malformed> {
    shape::check(pod)?;
    Ok(violations(Pod::new(pod), level, version))
}

/// The strictest level that a pod or pod template meets, and what keeps it from the next: nothing where it is `restricted`.
///
/// # Errors
/// As [`evaluate`].
pub fn strictest(pod: &Node, version: KubernetesVersion) -> Result<(Level, Vec<Violation>), Malformed> {
    shape::check(pod)?;
    let pod = Pod::new(pod);
    let baseline = violations(pod, Level::Baseline, version);
    if !baseline.is_empty() {
        return Ok((Level::Privileged, baseline));
    }
    let restricted = violations(pod, Level::Restricted, version);
    if !restricted.is_empty() {
        return Ok((Level::Baseline, restricted));
    }
    Ok((Level::Restricted, Vec::new()))
}

fn violations(pod: Pod<'_>, level: Level, version: KubernetesVersion) -> Vec<Violation> {
    registry::applicable(level, version)
        .into_iter()
        .filter_map(|(check, judge)| {
            let refusal = judge(pod)?;
            Some(Violation {
                check: check.id,
                level: check.level,
                reason: refusal.reason,
                detail: refusal.detail,
                paths: refusal.paths,
            })
        })
        .collect()
}
