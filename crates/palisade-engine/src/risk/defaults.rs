//! What is assumed where nobody says otherwise. Labelled judgement: `docs/risk-model.md` says what it rests on.

use std::collections::BTreeMap;

use palisade_inventory::{Amount, Classification, Loss, LossRange};
use palisade_knowledge::{Actor, ActorKind, Ascription, Catalogue, Goal, Incident, RootCause};

use crate::assessment::AssetKind;

/// Determined attempts at one system in a year, by everybody who means harm: 5th and 95th percentile.
const ATTEMPTS: (f64, f64) = (1.0, 20.0);
/// Mistakes of operators in a year that could cost something.
const MISTAKES: (f64, f64) = (0.2, 4.0);

/// How often each actor of the catalogue tries, in attempts per year (5th and 95th percentile), where the file of intent does
/// not say.
///
/// One range for everybody is split between kinds of actors as public incidents are, and evenly within a kind. Named groups
/// are not counted beside the kind that they are of; nor is a workload that another took over, as that attempt is counted
/// where it began.
pub fn attempts(catalogue: &Catalogue) -> BTreeMap<&str, (f64, f64)> {
    let mut incidents: BTreeMap<ActorKind, u32> = BTreeMap::new();
    for incident in catalogue.incidents.values() {
        *incidents.entry(kind_behind(incident)).or_default() += 1;
    }
    let mut actors: BTreeMap<ActorKind, Vec<&Actor>> = BTreeMap::new();
    for actor in catalogue.actors.values().filter(|actor| is_general(actor)) {
        actors.entry(actor.kind).or_default().push(actor);
    }
    let split = |kind: &&ActorKind| !matches!(kind, ActorKind::Accident | ActorKind::CompromisedWorkload);
    // One more than there are: that nothing is known of a kind does not mean that it never comes.
    let weight = |kind: &ActorKind| f64::from(incidents.get(kind).copied().unwrap_or(0) + 1);
    let all: f64 = actors.keys().filter(split).map(weight).sum();
    let mut attempts = BTreeMap::new();
    for (kind, actors) in &actors {
        let number = f64::from(u32::try_from(actors.len()).unwrap_or(u32::MAX));
        let (range, share) = match kind {
            ActorKind::Accident => (MISTAKES, 1.0 / number),
            ActorKind::CompromisedWorkload => (ATTEMPTS, 0.0),
            kind => (ATTEMPTS, weight(kind) / all / number),
        };
        attempts.extend(
            actors
                .iter()
                .map(|actor| (&*actor.id, (range.0 * share, range.1 * share))),
        );
    }
    attempts
}

/// A kind of actor rather than a group that somebody has named.
fn is_general(actor: &Actor) -> bool {
    actor
        .techniques
        .iter()
        .all(|ascribed| ascribed.by == Ascription::Expected)
}

/// The kind of actor behind an incident, by how they came in and what they wanted.
fn kind_behind(incident: &Incident) -> ActorKind {
    match incident.root_cause {
        RootCause::Insider => ActorKind::Insider,
        RootCause::Supplier | RootCause::MaliciousMaintainer | RootCause::BuildSystem => ActorKind::CompromisedSupplier,
        _ if matches!(incident.goal, Goal::Cryptomining | Goal::Abuse) => ActorKind::Opportunist,
        _ => ActorKind::TargetedOutsider,
    }
}

/// What losing an asset costs that the file of intent names without a loss, in units of its currency.
pub fn loss_of(classification: Classification) -> Loss {
    match classification {
        Classification::Public => loss(0, 5_000, 5_000),
        Classification::Internal => loss(20_000, 20_000, 10_000),
        Classification::Confidential => loss(200_000, 100_000, 20_000),
        Classification::Restricted => loss(1_000_000, 500_000, 50_000),
    }
}

/// What losing something costs that the system itself shows to be worth reaching.
pub fn loss_of_kind(kind: AssetKind) -> Loss {
    match kind {
        AssetKind::ClusterAdmin => loss_of(Classification::Restricted),
        AssetKind::Node
        | AssetKind::DataStore
        | AssetKind::Secret
        | AssetKind::Model
        | AssetKind::Source
        | AssetKind::Image => loss_of(Classification::Confidential),
        AssetKind::Compute => loss(0, 0, 10_000),
        AssetKind::Availability => loss(0, 0, 20_000),
    }
}

/// Likely losses in whole units; the worst is ten times as much.
fn loss(confidentiality: u64, integrity: u64, availability: u64) -> Loss {
    let range = |units: u64| {
        (units > 0).then(|| LossRange {
            likely: Amount::from_cents(units * 100),
            worst: None,
        })
    };
    Loss {
        confidentiality: range(confidentiality),
        integrity: range(integrity),
        availability: range(availability),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::catalogue;

    #[test]
    fn attempts_add_up_to_one_range() {
        let attempts = attempts(catalogue());
        let of = |kind: ActorKind| {
            let actors = catalogue().actors.values().filter(move |actor| actor.kind == kind);
            let ranges: Vec<(f64, f64)> = actors.filter_map(|actor| attempts.get(&*actor.id).copied()).collect();
            (
                ranges.iter().map(|range| range.0).sum::<f64>(),
                ranges.iter().map(|range| range.1).sum::<f64>(),
            )
        };
        let kinds = [
            ActorKind::Opportunist,
            ActorKind::TargetedOutsider,
            ActorKind::Insider,
            ActorKind::CompromisedSupplier,
        ];
        let (low, high) = kinds
            .map(of)
            .into_iter()
            .fold((0.0, 0.0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
        assert!(
            (low - ATTEMPTS.0).abs() < 1e-9 && (high - ATTEMPTS.1).abs() < 1e-9,
            "{low} {high}"
        );
        assert_eq!(of(ActorKind::CompromisedWorkload), (0.0, 0.0));
        assert!(kinds.into_iter().all(|kind| of(kind).0 > 0.0));
        assert!(!attempts.contains_key("PAL-A020"), "a named group is part of its kind");
    }
}
