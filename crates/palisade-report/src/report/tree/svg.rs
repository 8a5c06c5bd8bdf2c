//! An attack tree as a picture: the asset left, what it takes to its right, OR where any way is enough, AND where all that a
//! way needs must be held.

use std::fmt::Write as _;

use palisade_engine::{ActorTree, AttackTree, GoalState, TreeGoal, TreeWay};

use super::{remark, title};
use crate::diagram::{cut_text, escape};
use crate::words;

/// Goals that are drawn at most of one actor; depth gives way first.
const MOST_GOALS: usize = 80;
/// The same in a page, where the outline tells the others.
const FEW_GOALS: usize = 22;
const BOX_WIDTH: i32 = 196;
const BOX_HEIGHT: i32 = 42;
/// From the end of a box to the next: the steps are written there.
const GAP: i32 = 268;
const ROW: i32 = 62;
const HEADING: i32 = 34;
const MARGIN: i32 = 16;

const STYLE: &str = include_str!("style.css");

/// The trees of one asset as a picture that stands alone.
pub fn attack_tree_svg(trees: &[(&str, AttackTree)]) -> String {
    let mut body = String::new();
    let (mut width, mut height) = (640, 0);
    for (root, tree) in trees {
        let drawn = drawn(tree, usize::MAX, MOST_GOALS);
        let heading = if trees.len() > 1 {
            format!("{} in {root}", title(tree))
        } else {
            title(tree)
        };
        let _ = writeln!(
            body,
            "<text class=\"title\" x=\"{MARGIN}\" y=\"{}\">{}</text><g transform=\"translate(0 {})\">{}</g>",
            height + 32,
            escape(&heading),
            height + 44,
            drawn.body
        );
        width = width.max(drawn.width);
        height += 44 + drawn.height;
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"tree\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"tree-title\">\n<title id=\"tree-title\">{}</title>\n\
         <style>\n{STYLE}</style>\n<rect class=\"page\" width=\"{width}\" height=\"{height}\"/>\n{body}</svg>\n",
        escape(&trees.first().map(|(_, tree)| title(tree)).unwrap_or_default())
    )
}

/// The trees of some actors for a page that has a style for them.
pub(crate) fn drawing(tree: &AttackTree, actors: usize, id: &str) -> String {
    let drawn = drawn(tree, actors, FEW_GOALS);
    let (width, height) = (drawn.width, drawn.height);
    format!(
        "<svg class=\"tree\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         aria-labelledby=\"{id}\">\n<title id=\"{id}\">{}</title>\n{}</svg>\n",
        escape(&title(tree)),
        drawn.body
    )
}

struct Drawn {
    body: String,
    width: i32,
    height: i32,
}

fn drawn(tree: &AttackTree, actors: usize, goals: usize) -> Drawn {
    let mut drawn = Drawn {
        body: String::new(),
        width: 0,
        height: 0,
    };
    for actor in tree.actors.iter().take(actors) {
        one(&mut drawn, actor, goals);
    }
    drawn.height += MARGIN;
    drawn
}

fn one(drawn: &mut Drawn, actor: &ActorTree, goals: usize) {
    let text = format!(
        "{}, {} likely",
        words::actor(&actor.actor),
        words::percent(actor.goal.likelihood)
    );
    let _ = writeln!(
        drawn.body,
        "<text class=\"actor\" x=\"{MARGIN}\" y=\"{}\">{}</text>",
        drawn.height + 20,
        escape(&text)
    );
    let mut growing = Growing {
        out: &mut drawn.body,
        deepest: depth(&actor.goal, goals),
        y: drawn.height + HEADING,
        width: 0,
    };
    growing.goal(&actor.goal, 0);
    drawn.height = growing.y;
    drawn.width = drawn.width.max(growing.width);
}

/// The greatest depth to which not too many goals are drawn.
fn depth(root: &TreeGoal, most: usize) -> usize {
    let mut level = vec![root];
    let (mut depth, mut goals) = (0, 1);
    loop {
        let next: Vec<&TreeGoal> = level
            .iter()
            .flat_map(|goal| &goal.ways)
            .flat_map(|way| &way.needs)
            .collect();
        goals += next.len();
        if next.is_empty() || (goals > most && depth > 0) {
            return depth;
        }
        depth += 1;
        level = next;
    }
}

struct Growing<'o> {
    out: &'o mut String,
    deepest: usize,
    /// Where the next leaf begins.
    y: i32,
    width: i32,
}

impl Growing<'_> {
    /// Draws a goal and all below it; gives the height of its middle.
    fn goal(&mut self, goal: &TreeGoal, depth: usize) -> i32 {
        let column = i32::try_from(depth).unwrap_or(i32::MAX / 1_000);
        let x = MARGIN + column * (BOX_WIDTH + GAP);
        self.width = self.width.max(x + BOX_WIDTH + MARGIN);
        let is_leaf = goal.ways.is_empty() || depth >= self.deepest;
        let ends: Vec<(i32, &TreeWay)> = if is_leaf {
            Vec::new()
        } else {
            goal.ways.iter().map(|way| (self.way(way, x, depth), way)).collect()
        };
        let middle = if let (Some((first, _)), Some((last, _))) = (ends.first(), ends.last()) {
            i32::midpoint(*first, *last)
        } else {
            let middle = self.y + BOX_HEIGHT / 2;
            self.y += ROW;
            middle
        };
        let right = x + BOX_WIDTH;
        for (end, _) in &ends {
            let _ = writeln!(
                self.out,
                "<path class=\"edge\" d=\"M{right} {middle}C{} {middle} {} {end} {} {end}\"/>",
                right + 18,
                right + 6,
                right + 26
            );
        }
        if ends.len() > 1 {
            self.gate(right + 2, middle, "OR");
        }
        let hidden = (is_leaf && !goal.ways.is_empty()).then(|| format!("{} more ways", goal.ways.len()));
        self.held(goal, x, middle, depth, hidden);
        middle
    }

    /// Draws a way and what it needs; gives the height at which it begins.
    fn way(&mut self, way: &TreeWay, x: i32, depth: usize) -> i32 {
        let middles: Vec<i32> = way.needs.iter().map(|need| self.goal(need, depth + 1)).collect();
        let middle = if let (Some(first), Some(last)) = (middles.first(), middles.last()) {
            i32::midpoint(*first, *last)
        } else {
            let middle = self.y + BOX_HEIGHT / 2;
            self.y += ROW;
            middle
        };
        let (left, right) = (x + BOX_WIDTH + 26, x + BOX_WIDTH + GAP);
        let _ = writeln!(self.out, "<path class=\"edge\" d=\"M{left} {middle}H{}\"/>", right - 26);
        for end in &middles {
            let _ = writeln!(
                self.out,
                "<path class=\"edge\" d=\"M{} {middle}C{} {middle} {} {end} {right} {end}\"/>",
                right - 26,
                right - 6,
                right - 18
            );
        }
        if middles.len() > 1 {
            self.gate(right - 34, middle, "AND");
        }
        self.step(way, left + 14, middle, GAP - 26 - 14 - 10);
        middle
    }

    fn step(&mut self, way: &TreeWay, x: i32, middle: i32, room: i32) {
        let (text, under, evidence) = match &way.step {
            Some(step) => {
                let under = format!("{}  {}", words::percent(step.likelihood), step.techniques.join(" "));
                (
                    &*step.title,
                    under,
                    step.evidence.first().map(words::position).unwrap_or_default(),
                )
            }
            None => ("comes with it", String::new(), String::new()),
        };
        let _ = writeln!(
            self.out,
            "<g><title>{}</title><text class=\"step\" x=\"{x}\" y=\"{}\">{}</text><text class=\"remark\" x=\"{x}\" \
             y=\"{}\">{}</text></g>",
            escape(&format!("{text} {evidence}")),
            middle - 6,
            escape(&cut_text(text, 11, room)),
            middle + 15,
            escape(&cut_text(&under, 11, room))
        );
    }

    fn gate(&mut self, x: i32, middle: i32, word: &str) {
        let width = if word == "AND" { 32 } else { 25 };
        let class = word.to_lowercase();
        let _ = writeln!(
            self.out,
            "<rect class=\"gate {class}\" x=\"{x}\" y=\"{}\" width=\"{width}\" height=\"16\" rx=\"8\"/><text \
             class=\"gate-name {class}\" x=\"{}\" y=\"{}\">{word}</text>",
            middle - 8,
            x + width / 2,
            middle + 4
        );
    }

    fn held(&mut self, goal: &TreeGoal, x: i32, middle: i32, depth: usize, hidden: Option<String>) {
        let class = match goal.state {
            GoalState::Start => "start",
            GoalState::Told | GoalState::LeftOut => "elsewhere",
            GoalState::Reached if depth == 0 => "asset",
            GoalState::Reached => "reached",
        };
        let top = middle - BOX_HEIGHT / 2;
        let id = goal.element.as_str();
        let name = id.rsplit('/').next().unwrap_or_default();
        let kind = id.split('/').next().unwrap_or_default();
        let what = match hidden.or_else(|| remark(goal)) {
            Some(remark) => remark,
            None => format!("{kind} · {}", words::holding(goal.holding)),
        };
        let _ = writeln!(
            self.out,
            "<g class=\"goal {class}\"><title>{}</title><rect x=\"{x}\" y=\"{top}\" width=\"{BOX_WIDTH}\" \
             height=\"{BOX_HEIGHT}\" rx=\"4\"/><text class=\"name\" x=\"{}\" y=\"{}\">{}</text><text class=\"remark\" x=\"{}\" \
             y=\"{}\">{}</text><text class=\"number\" x=\"{}\" y=\"{}\">{}</text></g>",
            escape(&super::goal(goal)),
            x + 10,
            middle - 3,
            escape(&cut_text(name, 13, BOX_WIDTH - 44)),
            x + 10,
            middle + 13,
            escape(&cut_text(&what, 11, BOX_WIDTH - 20)),
            x + BOX_WIDTH - 8,
            middle - 5,
            goal.number
        );
    }
}
