//! Where risk stands to the acceptable range, now and once the plan is carried out.

use std::fmt::Write as _;

use palisade_engine::assessment::{Plan, Verdict};

use super::axis::MoneyAxis;
use crate::diagram::escape;
use crate::words::rough;

const WIDTH: f64 = 760.0;
const LEFT: f64 = 16.0;
const RIGHT: f64 = 16.0;
const BAR: f64 = 58.0;
const THICK: f64 = 16.0;

/// The range as a bar, with two marks. Empty where there is nothing to mark.
pub(crate) fn range(id: &str, verdict: &Verdict, plan: &Plan, currency: &str) -> String {
    let amounts = [verdict.risk, plan.after, verdict.lower]
        .into_iter()
        .chain(verdict.upper);
    let Some(axis) = MoneyAxis::over(amounts, LEFT, WIDTH - LEFT - RIGHT) else {
        return String::new();
    };
    let lower = axis.x(verdict.lower);
    let upper = verdict.upper.map_or(WIDTH - RIGHT, |upper| axis.x(upper));
    let mut svg = format!(
        "<svg class=\"chart range\" viewBox=\"0 0 {WIDTH} 124\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">\n\
         <title id=\"{id}-title\">Risk and the acceptable range</title>\n<desc id=\"{id}-desc\">{}</desc>\n",
        escape(&described(verdict, plan, currency))
    );
    for (class, from, to) in [
        ("below", LEFT, lower),
        ("within", lower, upper),
        ("above", upper, WIDTH - RIGHT),
    ] {
        if to > from {
            let _ = writeln!(
                svg,
                "<rect class=\"{class}\" x=\"{from:.1}\" y=\"{BAR}\" width=\"{:.1}\" height=\"{THICK}\"/>",
                to - from
            );
        }
    }
    for (x, label) in axis.ticks() {
        let (anchor, x) = match x {
            x if x < LEFT + 1.0 => ("start", x),
            x if x > WIDTH - RIGHT - 1.0 => ("end", x),
            x => ("middle", x),
        };
        let _ = writeln!(
            svg,
            "<text class=\"tick\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{label}</text>",
            BAR + THICK + 17.0
        );
    }
    if verdict.upper.is_some() {
        boundary(&mut svg, upper, "what you accept at most");
    }
    let (now, after) = (axis.x(verdict.risk), axis.x(plan.after));
    mark(
        &mut svg,
        now,
        "now",
        &format!("now {}", rough(verdict.risk, currency)),
        22.0,
    );
    if plan.steps.is_empty() {
        svg.push_str("</svg>\n");
        return svg;
    }
    // Two marks that stand close need two lines.
    let y = if (now - after).abs() < 190.0 { 40.0 } else { 22.0 };
    mark(
        &mut svg,
        after,
        "after",
        &format!("after the plan {}", rough(plan.after, currency)),
        y,
    );
    svg.push_str("</svg>\n");
    svg
}

fn boundary(svg: &mut String, x: f64, name: &str) {
    let (anchor, beside) = if x > WIDTH / 2.0 { ("end", -5.0) } else { ("start", 5.0) };
    let _ = writeln!(
        svg,
        "<path class=\"limit\" d=\"M{x:.1} {:.1}V{:.1}\"/><text class=\"limit-name\" x=\"{:.1}\" y=\"{:.1}\" \
         text-anchor=\"{anchor}\">{name}</text>",
        BAR - 4.0,
        BAR + THICK + 38.0,
        x + beside,
        BAR + THICK + 38.0
    );
}

fn mark(svg: &mut String, x: f64, class: &str, text: &str, y: f64) {
    let (anchor, at) = match x {
        x if x < 150.0 => ("start", (x - 6.0).max(LEFT)),
        x if x > WIDTH - 150.0 => ("end", (x + 6.0).min(WIDTH - RIGHT)),
        x => ("middle", x),
    };
    let _ = writeln!(
        svg,
        "<path class=\"pin {class}\" d=\"M{x:.1} {:.1}V{BAR}\"/><circle class=\"mark {class}\" cx=\"{x:.1}\" cy=\"{:.1}\" \
         r=\"7\"/><text class=\"mark-name\" x=\"{at:.1}\" y=\"{y}\" text-anchor=\"{anchor}\">{}</text>",
        y + 5.0,
        BAR + THICK / 2.0,
        escape(text)
    );
}

fn described(verdict: &Verdict, plan: &Plan, currency: &str) -> String {
    let upper = verdict.upper.map_or_else(
        || "No upper boundary is set.".to_owned(),
        |upper| format!("At most {} a year is accepted.", rough(upper, currency)),
    );
    format!(
        "Risk is {} a year now and {} after the plan. {upper} Below {} no control pays.",
        rough(verdict.risk, currency),
        rough(plan.after, currency),
        rough(verdict.lower, currency)
    )
}
