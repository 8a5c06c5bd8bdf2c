//! Turns an [`Assessment`](palisade_engine::Assessment) into text. Uses the engine's types, never its functions; does no I/O.
//!
//! Functions that give text for people take [`TextOptions`] and style it with ANSI sequences; [`narrow`], [`focus`],
//! [`keep_paths`] and [`keep_at_least`] cut an assessment down first, so that every format shows the same part.

mod attack_graph;
mod catalogue;
mod compliance;
mod diagram;
mod diff;
mod draft;
mod guard;
mod json;
mod markdown;
mod pipeline;
mod questions;
mod ranking;
mod report;
#[cfg(test)]
mod sample;
mod saved;
mod scope;
mod select;
mod table;
mod text;
mod words;

pub use attack_graph::{attack_dot, blast_radius_json, graphml, graphs_json};
pub use catalogue::{
    Problem, Proofs, entries, list, list_json, problems, problems_json, proofs, proofs_json, requirement, stats,
    stats_json, update, update_json,
};
pub use compliance::{
    ComplianceDetail, SystemCompliance, compliance, compliance_csv, compliance_json, compliance_markdown,
};
pub use diagram::{DiagramOptions, dot, mermaid, outline, svg};
pub use diff::{Compared, Comparison, difference, difference_json, difference_markdown, difference_schema};
pub use draft::{ReckonedActor, draft_intent};
pub use guard::{
    GUARD_INDEX, GUARD_PAGE, GuardFile, GuardIndex, IndexedFile, IndexedGuardrail, YamlError, guard_folder,
    guard_schema, sha256,
};
pub use json::{
    compact, entries_json, model_json, paths_json, plan_json, pretty, requirement_json, schema, threats_json,
    verification_json, verification_schema,
};
pub use markdown::markdown;
pub use palisade_inventory::Pattern;
pub use pipeline::{TextFixes, github, gitlab, junit, sarif};
pub use questions::{questions, questions_json};
pub use report::{
    Audience, Dossier, attack_tree, attack_tree_json, attack_tree_svg, navigator_layers, report_html, report_markdown,
    risk_register,
};
pub use saved::{SavedError, saved};
pub use scope::{Scope, narrow};
pub use select::{choices, focus, keep_at_least, keep_new, keep_paths, most_like, similar};
pub use text::{TextOptions, assess, blast_radius, clean, elements, explain, paths, plan, threats, verification};
