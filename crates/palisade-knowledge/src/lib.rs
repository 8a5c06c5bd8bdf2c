//! What is known: the catalogue (one YAML file an entry under `knowledge/`) and [`Condition`], the only user of CEL.
//!
//! Knows documents ([`palisade_inventory::Node`]) but no system and no assessment: the engine asks, this crate answers.

mod actor;
mod attack;
mod catalogue;
mod condition;
mod control;
mod defaults;
mod entry;
mod framework;
mod incident;
mod kind;
mod kubernetes_version;
mod lift;
mod permission;
mod project;
mod proof;
mod reference;
mod remedy;
mod schema;
mod started_pod;
mod step;
mod technique;
#[cfg(test)]
mod testing;
mod view;

pub use actor::{Actor, ActorKind, Ascribed, Ascription, Capability, Goal};
pub use attack::{
    AttackRelease, AttackTechnique, AttackUpdate, BundleError, Edit, NewTechnique, TechniqueChange, migrate,
};
pub use catalogue::{
    Catalogue, CatalogueError, Change, Changes, ControlCount, Disabled, FrameworkUse, Lookup, Statistics,
    TechniqueCoverage, position_in,
};
pub use condition::{
    Answer, Binding, Claim, Condition, ConditionError, ModelQuestion, Oracle, QUESTIONS, Verdict, Word,
};
pub use control::{Control, ControlKind, Effort, Evidence, Family, GuardrailKind, Reach, Sign};
pub use defaults::{ContainerDefaults, defaulted};
pub use entry::{Example, Examples, Layer, Level, Login, Severity, Stage, StoreKind, Stride, Technology, Weakness};
pub use framework::{Baseline, Framework, Requirement};
pub use incident::{Incident, RootCause, Setting};
pub use kind::EntryKind;
pub use kubernetes_version::{KubernetesVersion, NotAVersion};
pub use lift::{ContainerRole, Subject, containers, pod_template, template_holders};
pub use permission::{Alternative, Need, Permission, PermissionError};
pub use project::{
    ElementKind as ProjectElementKind, HardeningCheck, KnownThreat, Maturity, Project, ProjectElement, ProjectFlow,
    Recognition, StandingPrivilege,
};
pub use proof::{Disproof, ReadExample, disproofs};
pub use reference::Source;
pub use remedy::{Remedy, RemedyEdit};
pub use schema::schema;
pub use started_pod::StartedPod;
pub use step::{AttackStep, Clause, Difficulty, Holding, Relation, Side};
pub use technique::{Matrix, Technique};
pub use view::View;
