//! Attack trees: every way to an asset, as text, as a picture, as JSON.

mod svg;
mod text;

use palisade_engine::{AttackTree, GoalState, TreeGoal};
use palisade_inventory::Coverage;
use serde::Serialize;

use crate::words;

pub use svg::attack_tree_svg;
pub(crate) use svg::drawing;
pub use text::attack_tree;
pub(crate) use text::outline;

/// `Deployment/shop/web, workload`.
pub(crate) fn goal(goal: &TreeGoal) -> String {
    format!("{}, {}", goal.element, words::holding(goal.holding))
}

/// What stands in place of a goal's ways, where they are not told.
pub(crate) fn remark(goal: &TreeGoal) -> Option<String> {
    match goal.state {
        GoalState::Start => Some("is there to begin with".to_owned()),
        GoalState::Told => Some(format!("as above, at {}", goal.number)),
        GoalState::LeftOut => Some("its ways are left out".to_owned()),
        GoalState::Reached => match (goal.ways_left_out, goal.at_least) {
            (0, _) => None,
            (n, at_least) => Some(format!(
                "and {}{n} less likely {}",
                if at_least { "at least " } else { "" },
                if n == 1 { "way" } else { "ways" }
            )),
        },
    }
}

/// The title of a tree's picture and of its page.
pub(crate) fn title(tree: &AttackTree) -> String {
    format!("Attack tree of {}", tree.asset)
}

#[derive(Serialize)]
struct Whole<'a> {
    coverage: &'a Coverage,
    systems: Vec<OneSystem<'a>>,
}

#[derive(Serialize)]
struct OneSystem<'a> {
    root: &'a str,
    tree: &'a AttackTree,
}

/// The trees of one asset, each with the root of its system.
pub fn attack_tree_json(coverage: &Coverage, trees: &[(&str, AttackTree)]) -> Result<String, serde_json::Error> {
    let systems = trees.iter().map(|(root, tree)| OneSystem { root, tree }).collect();
    serde_json::to_string_pretty(&Whole { coverage, systems }).map(|text| text + "\n")
}
