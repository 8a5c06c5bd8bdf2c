//! Attack trees of whole systems.

use std::collections::{BTreeMap, BTreeSet};

use super::{AttackGraph, AttackTree, GoalState, Question, TreeGoal};
use crate::testing::{catalogue, system};

const SHOP: &str = include_str!("../../tests/data/shop.yaml");

/// A Secret that an identity may read by way of a role, and a workload by way of a mount.
fn trees() -> Vec<(AttackTree, Vec<crate::assessment::AttackPath>)> {
    let system = system(SHOP);
    let graph = AttackGraph::new(&system, catalogue());
    let paths = graph.ask(&Question::default()).paths;
    let assets: BTreeSet<&str> = paths.iter().map(|path| path.asset.as_str()).collect();
    let of = |asset: &&str| {
        paths
            .iter()
            .filter(|path| path.asset.as_str() == *asset)
            .cloned()
            .collect()
    };
    assets
        .iter()
        .map(|asset| (graph.tree(asset).expect("a path leads there"), of(asset)))
        .collect()
}

fn goals<'t>(goal: &'t TreeGoal, all: &mut Vec<&'t TreeGoal>) {
    all.push(goal);
    for need in goal.ways.iter().flat_map(|way| &way.needs) {
        goals(need, all);
    }
}

/// `step → element` of every way.
fn steps(goal: &TreeGoal) -> BTreeSet<String> {
    let mut all = Vec::new();
    goals(goal, &mut all);
    let of = |goal: &&TreeGoal| -> Vec<String> {
        let steps = goal.ways.iter().filter_map(|way| way.step.as_ref());
        steps.map(|step| format!("{} → {}", step.step, step.to)).collect()
    };
    all.iter().flat_map(of).collect()
}

#[test]
fn a_tree_has_the_path_of_each_actor() {
    for (tree, paths) in trees() {
        for path in paths.iter().filter(|path| Some(path.asset_kind) == tree.asset_kind) {
            let of_actor = tree
                .actors
                .iter()
                .find(|it| it.actor == path.actor)
                .expect("they get there");
            let steps = steps(&of_actor.goal);
            for step in &path.steps {
                let step = format!("{} → {}", step.step, step.to);
                assert!(
                    steps.contains(&step),
                    "{step} is not in the tree of {}: {steps:?}",
                    tree.asset
                );
            }
        }
    }
}

#[test]
fn every_goal_follows_from_where_its_actor_begins() {
    for (tree, _) in trees() {
        for actor in &tree.actors {
            let mut all = Vec::new();
            goals(&actor.goal, &mut all);
            let told: BTreeMap<usize, &TreeGoal> = all
                .iter()
                .filter(|it| it.state != GoalState::Told)
                .map(|it| (it.number, *it))
                .collect();
            let mut held: BTreeSet<usize> = BTreeSet::new();
            // Until nothing new is held: AND over what a way needs, OR over ways.
            loop {
                let before = held.len();
                for goal in told.values() {
                    let by_a_way = goal
                        .ways
                        .iter()
                        .any(|way| way.needs.iter().all(|it| held.contains(&it.number)));
                    if by_a_way || matches!(goal.state, GoalState::Start | GoalState::LeftOut) {
                        held.insert(goal.number);
                    }
                }
                if held.len() == before {
                    break;
                }
            }
            assert_eq!(held.len(), told.len(), "{} by {}", tree.asset, actor.actor);
            assert!(all.iter().all(|goal| told.contains_key(&goal.number)));
            assert!(all.iter().any(|goal| goal.state == GoalState::Start));
        }
    }
}

#[test]
fn ways_are_told_with_evidence() {
    for (tree, _) in trees() {
        for actor in &tree.actors {
            let mut all = Vec::new();
            goals(&actor.goal, &mut all);
            for way in all.iter().flat_map(|goal| &goal.ways) {
                assert!(!way.needs.is_empty());
                assert!(way.step.as_ref().is_none_or(|step| !step.evidence.is_empty()));
            }
        }
    }
}

#[test]
fn nobody_gets_to_what_is_not_there() {
    let system = system(SHOP);
    assert!(
        AttackGraph::new(&system, catalogue())
            .tree("Secret/shop/nothing")
            .is_none()
    );
}
