//! The object of a finding without its weakness.

use palisade_inventory::{Node, Resource};
use palisade_knowledge::Catalogue;

use super::{merge, repair};
use crate::assessment::Finding;
use crate::system::System;

/// The object that a finding is about, and what it says once its weakness is repaired. None: its entry knows no remedy, or
/// the remedy does not reach it.
pub fn mended<'s>(finding: &Finding, system: &'s System, catalogue: &Catalogue) -> Option<(&'s Resource, Node)> {
    let weakness = catalogue.weaknesses.get(&finding.rule)?;
    let element = system.element(finding.element.as_str());
    let resource = match element.and_then(|element| element.resource.as_ref()) {
        Some(id) => system.resources.get(id)?,
        None => return None,
    };
    let patch = repair(weakness, &resource.id, &resource.content)?;
    let after = merge(&resource.content, &patch);
    repair(weakness, &resource.id, &after)
        .is_none()
        .then_some((resource, after))
}
