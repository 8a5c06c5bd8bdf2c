//! The attack paths that were put into a made-up cluster are found there, and nothing else leads where they lead.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::{Arc, LazyLock};

use palisade_engine::assessment::AttackPath;
use palisade_engine::{AttackGraph, Model, Question, Settings, System, Without};
use palisade_inventory::Change;
use palisade_knowledge::Catalogue;
use xtask::synth::{self, Layout, Options, PlantedPath};

static CATALOGUE: LazyLock<Arc<Catalogue>> = LazyLock::new(|| Arc::new(Catalogue::builtin().unwrap()));

/// Pods and seeds of the clusters that are looked at.
const CLUSTERS: [(usize, u64); 4] = [(60, 1), (400, 1), (400, 2), (1500, 3)];

fn clusters() -> impl Iterator<Item = (Vec<PlantedPath>, System)> {
    CLUSTERS.into_iter().map(|(pods, seed)| {
        let mut dump = Vec::new();
        let options = Options {
            pods,
            seed,
            layout: Layout::Compact,
            managed_fields: true,
        };
        let planted = synth::write(options, &mut dump).unwrap();
        let reading = palisade_sources::read_bytes("cluster.json", &dump);
        assert_eq!(reading.coverage.skipped, []);
        let mut model = Model::new(Arc::clone(&CATALOGUE), Settings::default());
        let upserts = reading
            .resources
            .into_iter()
            .map(|resource| Change::Upsert(Box::new(resource)));
        model.apply(upserts);
        let mut systems = model.compile();
        assert_eq!(systems.len(), 1);
        (planted, systems.remove(0))
    })
}

/// Paths to the planted assets, when these elements are changed.
fn paths(planted: &[PlantedPath], system: &System, changed: &[&str]) -> Vec<AttackPath> {
    let is_planted = |id: &str| planted.iter().any(|path| path.asset == id);
    let without: Vec<Without> = changed
        .iter()
        .map(|element| Without {
            rule: None,
            element: Some((*element).to_owned()),
        })
        .collect();
    let question = Question {
        to: Some(&is_planted),
        without: &without,
        ..Question::default()
    };
    AttackGraph::new(system, &CATALOGUE).ask(&question).paths
}

fn joins(found: &AttackPath, planted: &PlantedPath) -> bool {
    found.entry.as_str() == planted.entry && found.asset.as_str() == planted.asset
}

#[test]
fn every_planted_path_is_found() {
    for (planted, system) in clusters() {
        let found = paths(&planted, &system, &[]);
        for path in &planted {
            let is_found = found.iter().any(|found| joins(found, path));
            assert!(is_found, "{}: no path from {} to {}", path.name, path.entry, path.asset);
        }
    }
}

/// With all other planted paths closed, the way that is found is the one that was planted.
#[test]
fn each_planted_path_leads_where_it_was_laid() {
    for (planted, system) in clusters() {
        for path in &planted {
            let others = planted.iter().map(|other| other.closed_at);
            let others: Vec<&str> = others.filter(|at| *at != path.closed_at).collect();
            let found = paths(&planted, &system, &others);
            let found = found.iter().find(|found| joins(found, path));
            let found = found.unwrap_or_else(|| panic!("{} is not found by itself", path.name));
            let mut steps = found.steps.iter();
            for element in &path.through {
                assert!(
                    steps.any(|step| step.to.as_str() == *element),
                    "{} does not lead through {element}: {:?}",
                    path.name,
                    found.steps
                );
            }
        }
    }
}

#[test]
fn nothing_else_reaches_what_they_lead_to() {
    for (planted, system) in clusters() {
        let all: Vec<&str> = planted.iter().map(|path| path.closed_at).collect();
        let left = paths(&planted, &system, &all);
        let left: Vec<_> = left
            .iter()
            .map(|path| (path.entry.as_str(), path.asset.as_str(), &path.steps))
            .collect();
        assert!(left.is_empty(), "{left:#?}");
    }
}
