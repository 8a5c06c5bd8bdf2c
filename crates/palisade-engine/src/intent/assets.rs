//! Assets: where they are in a system, and what losing them costs.

use palisade_inventory::{Asset, Intent, Pattern};

use super::evidence;
use crate::assessment::{AssetAssessment, AssetLosses};
use crate::risk::loss_of;
use crate::system::{ElementId, System};

/// The assets that are declared and are anywhere in a system, in the order of the file.
pub(crate) fn assets(system: &System, intent: &Intent) -> Vec<AssetAssessment> {
    let declared = &intent.declared;
    let found = declared.assets.iter().enumerate().filter_map(|(index, asset)| {
        let elements = elements(system, asset);
        (!elements.is_empty()).then(|| {
            let service = declared
                .services
                .iter()
                .find(|service| Some(&service.name) == asset.service.as_ref());
            AssetAssessment {
                name: asset.name.clone(),
                service: asset.service.clone(),
                owner: asset
                    .owner
                    .clone()
                    .or_else(|| service.and_then(|service| service.owner.clone())),
                classification: asset.classification,
                elements,
                loss: losses(asset),
                evidence: evidence(intent, &format!("assets[{index}]"), "declared"),
            }
        })
    });
    found.collect()
}

/// The elements that an asset is in, by id.
pub(super) fn elements(system: &System, asset: &Asset) -> Vec<ElementId> {
    let patterns: Vec<Pattern> = asset.elements.iter().map(Pattern::new).collect();
    let is_in = |id: &ElementId| patterns.iter().any(|pattern| pattern.matches(id.as_str()));
    let ids = system.elements.iter().map(|element| &element.id);
    ids.filter(|id| is_in(id)).cloned().collect()
}

fn losses(asset: &Asset) -> AssetLosses {
    let loss = asset.loss.clone().unwrap_or_else(|| loss_of(asset.classification));
    AssetLosses::of(&loss, asset.loss.is_none())
}
