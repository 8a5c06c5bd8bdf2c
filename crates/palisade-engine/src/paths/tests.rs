//! The attack graph over whole systems.

use palisade_knowledge::AttackStep;

use super::compile::compile;
use super::world::World;
use crate::testing::{catalogue, system};

/// Whether a step works anywhere in a system: some rule of it that full control does not give anyway.
fn fires(step: &AttackStep, manifest: &str) -> bool {
    let system = system(manifest);
    let world = World::new(&system, catalogue());
    let (graph, not_evaluated) = compile(&world);
    assert!(not_evaluated.is_empty(), "{}: {not_evaluated:?}", step.id);
    let index = world.steps.iter().position(|known| known.id == step.id);
    graph
        .rules()
        .iter()
        .any(|rule| rule.step == index && rule.fixed_at.is_some())
}

#[test]
fn every_step_fires_on_its_examples_and_on_nothing_else() {
    let mut wrong = Vec::new();
    for step in catalogue().steps.values() {
        let expectations = [
            (true, &step.examples.must_match),
            (false, &step.examples.must_not_match),
        ];
        for (expected, examples) in expectations {
            for example in examples {
                if fires(step, &example.manifest) != expected {
                    let verb = if expected { "must fire on" } else { "must not fire on" };
                    wrong.push(format!("{} {verb} `{}`", step.id, example.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
