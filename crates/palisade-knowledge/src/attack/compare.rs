//! What a release changes of the techniques that the catalogue names.

use std::collections::BTreeSet;

use serde::Serialize;

use super::bundle::{AttackRelease, AttackTechnique};
use crate::catalogue::Catalogue;
use crate::technique::{Matrix, Technique};

/// What a release changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AttackUpdate {
    /// The release: `18.1`.
    pub version: Option<String>,
    /// ATT&CK techniques that the catalogue has.
    pub named: usize,
    /// Those of them that changed, in the order of their ids.
    pub changes: Vec<TechniqueChange>,
    /// Techniques of the Containers platform that the catalogue does not have.
    pub new_in_containers: Vec<NewTechnique>,
}

/// A change of a technique that the catalogue has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TechniqueChange {
    /// The id that the catalogue knows it by.
    pub id: String,
    /// The name that the catalogue knows it by.
    pub name: String,
    /// Its new name.
    pub renamed: Option<String>,
    /// The technique that stands in its place, and that one's name.
    pub revoked_by: Option<(String, String)>,
    /// It was withdrawn, and nothing stands in its place.
    pub withdrawn: bool,
    /// The release does not have it at all.
    pub unknown: bool,
    /// Its tactics now, where they are others.
    pub tactics: Option<Vec<String>>,
    /// Its matrix now, where it joined or left the Containers platform.
    pub matrix: Option<Matrix>,
    /// The version of its object now, where the entry says another.
    pub version: Option<(String, String)>,
}

impl TechniqueChange {
    /// Whether anything is other than the entry says.
    pub fn is_any(&self) -> bool {
        let unchanged = Self {
            id: self.id.clone(),
            name: self.name.clone(),
            ..Self::default()
        };
        *self != unchanged
    }
}

/// A technique that the catalogue does not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewTechnique {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its tactics.
    pub tactics: Vec<String>,
}

impl AttackUpdate {
    /// Compares a release with the catalogue.
    pub fn compare(catalogue: &Catalogue, release: &AttackRelease) -> Self {
        let techniques = catalogue.techniques.values();
        let named: Vec<&Technique> = techniques.filter(|technique| is_attack(technique)).collect();
        let is_new = |technique: &&AttackTechnique| {
            technique.is_of_containers
                && !technique.revoked
                && !technique.deprecated
                && !catalogue.techniques.contains_key(&technique.id)
        };
        let new = release.techniques.values().filter(is_new);
        Self {
            version: release.version.clone(),
            named: named.len(),
            changes: named
                .iter()
                .map(|technique| change(technique, release))
                .filter(TechniqueChange::is_any)
                .collect(),
            new_in_containers: new
                .map(|technique| NewTechnique {
                    id: technique.id.clone(),
                    name: technique.name.clone(),
                    tactics: technique.tactics.clone(),
                })
                .collect(),
        }
    }
}

pub(super) fn is_attack(technique: &Technique) -> bool {
    matches!(technique.matrix, Matrix::AttackContainers | Matrix::AttackEnterprise)
}

fn change(ours: &Technique, release: &AttackRelease) -> TechniqueChange {
    let unchanged = TechniqueChange {
        id: ours.id.clone(),
        name: ours.name.clone(),
        ..TechniqueChange::default()
    };
    let Some(theirs) = release.techniques.get(&ours.id) else {
        return TechniqueChange {
            unknown: true,
            ..unchanged
        };
    };
    if let Some(successor) = release.successor(&ours.id) {
        return TechniqueChange {
            revoked_by: Some((successor.id.clone(), successor.name.clone())),
            ..unchanged
        };
    }
    if theirs.revoked || theirs.deprecated {
        return TechniqueChange {
            withdrawn: true,
            ..unchanged
        };
    }
    let set = |tactics: &[String]| tactics.iter().cloned().collect::<BTreeSet<_>>();
    let matrix = matrix(theirs);
    let versions = ours.version.clone().zip(theirs.version.clone());
    TechniqueChange {
        renamed: (ours.name != theirs.name).then(|| theirs.name.clone()),
        tactics: (set(&ours.tactics) != set(&theirs.tactics)).then(|| theirs.tactics.clone()),
        matrix: (ours.matrix != matrix).then_some(matrix),
        version: versions.filter(|(ours, theirs)| ours != theirs),
        ..unchanged
    }
}

/// The matrix that a technique of ATT&CK counts to.
pub(super) fn matrix(technique: &AttackTechnique) -> Matrix {
    if technique.is_of_containers {
        Matrix::AttackContainers
    } else {
        Matrix::AttackEnterprise
    }
}
