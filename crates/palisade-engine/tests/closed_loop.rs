//! The plan's first wave, carried out on the objects and assessed again: the paths that it says it closes are gone.

#![expect(
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "tests may panic; helpers outside of test functions as well"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use palisade_engine::assessment::{PlanStep, SystemAssessment, Wave};
use palisade_engine::plan::Planning;
use palisade_engine::remedy::carry_out;
use palisade_engine::{Model, Settings};
use palisade_inventory::{Change, Resource};
use palisade_knowledge::Catalogue;
use palisade_sources::{Input, Options};

fn assess(resources: impl IntoIterator<Item = Resource>, planning: Option<Planning>) -> SystemAssessment {
    let catalogue = Arc::new(Catalogue::builtin().unwrap());
    let settings = Settings {
        planning,
        ..Settings::default()
    };
    let mut model = Model::new(catalogue, settings);
    model.apply(resources.into_iter().map(|resource| Change::Upsert(Box::new(resource))));
    let assessment = model.assess(palisade_inventory::Coverage::default());
    let systems = assessment.systems.into_iter();
    systems.max_by_key(|system| system.system.elements.len()).unwrap()
}

/// Carries out the first wave of the best plan, and gives how many paths it says it closes.
fn check(folder: &Path) -> usize {
    let reading = palisade_sources::read(&[Input::Path(folder.to_owned())], &Options::default()).unwrap();
    let before = assess(reading.resources, Some(Planning::default()));
    let plan = before.plan.as_ref().unwrap();
    let wave: Vec<&PlanStep> = plan.steps.iter().filter(|step| step.wave == Wave::Now).collect();
    let claimed: BTreeSet<&str> = wave.iter().flat_map(|step| &step.closes).map(|id| &**id).collect();

    let catalogue = Catalogue::builtin().unwrap();
    let carried = carry_out(&before.system, &catalogue, &wave);
    assert!(!carried.done.is_empty(), "nothing of the wave is about an object");
    let after = assess(carried.resources.iter().map(|resource| Resource::clone(resource)), None);

    let still: BTreeSet<_> = after
        .paths
        .iter()
        .map(|path| (&path.actor, &path.entry, &path.asset))
        .collect();
    let open: Vec<_> = before
        .paths
        .iter()
        .filter(|path| claimed.contains(&*path.id) && still.contains(&(&path.actor, &path.entry, &path.asset)))
        .map(|path| (&path.id, &path.actor, &path.entry, &path.asset))
        .collect();
    assert!(
        open.is_empty(),
        "{} of {} are still open: {open:#?}",
        open.len(),
        claimed.len()
    );
    assert!(
        after.paths.len() + claimed.len() <= before.paths.len(),
        "other paths came instead"
    );
    claimed.len()
}

fn corpus(below: &str) -> Option<PathBuf> {
    let corpus = std::env::var_os("PALISADE_CORPUS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"),
        PathBuf::from,
    );
    let folder = corpus.join("systems").join(below);
    if folder.exists() {
        return Some(folder);
    }
    eprintln!("skipped: corpus not present");
    None
}

#[test]
fn the_first_wave_closes_what_it_says_in_the_online_shop() {
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/online-shop");
    assert!(check(&shop) > 10);
}

#[test]
fn the_first_wave_closes_what_it_says_in_kubernetes_goat() {
    if let Some(folder) = corpus("kubernetes-goat") {
        assert!(check(&folder) > 10);
    }
}

#[test]
fn the_first_wave_closes_what_it_says_in_online_boutique() {
    if let Some(folder) = corpus("microservices-demo/release") {
        check(&folder);
    }
}
