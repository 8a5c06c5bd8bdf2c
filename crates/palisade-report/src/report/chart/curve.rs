//! The loss-exceedance curve: how likely a year costs more than so much.

use std::fmt::Write as _;

use palisade_engine::risk::YearlyLoss;
use palisade_inventory::Amount;

use super::axis::MoneyAxis;
use crate::diagram::escape;
use crate::words::money;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 340.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 48.0;

/// A curve and how it is called.
pub(crate) struct Series<'a> {
    /// `current`: a class of the style sheet.
    pub(crate) class: &'static str,
    pub(crate) name: &'static str,
    pub(crate) loss: &'a YearlyLoss,
}

/// The curves over one axis of money, with the upper boundary of the appetite; empty where nothing is ever lost.
pub(crate) fn loss_exceedance(id: &str, series: &[Series<'_>], upper: Option<Amount>, currency: &str) -> String {
    let points = series.iter().flat_map(|it| &it.loss.curve).map(|point| point.loss);
    let Some(axis) = MoneyAxis::over(points.chain(upper), LEFT, WIDTH - LEFT - RIGHT) else {
        return String::new();
    };
    let y = |chance: f64| TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - chance);
    let floor = y(0.0);
    let mut svg = format!(
        "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">\n\
         <title id=\"{id}-title\">Loss-exceedance curve</title>\n<desc id=\"{id}-desc\">{}</desc>\n",
        escape(&described(series, currency))
    );
    for (x, label) in axis.ticks() {
        let _ = writeln!(
            svg,
            "<path class=\"grid\" d=\"M{x:.1} {TOP}V{floor:.1}\"/><text class=\"tick\" x=\"{x:.1}\" y=\"{:.1}\" \
             text-anchor=\"middle\">{label}</text>",
            floor + 18.0
        );
    }
    for percent in [0_u8, 25, 50, 75, 100] {
        let at = y(f64::from(percent) / 100.0);
        let _ = writeln!(
            svg,
            "<path class=\"grid\" d=\"M{LEFT} {at:.1}H{:.1}\"/><text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" \
             text-anchor=\"end\">{percent} %</text>",
            WIDTH - RIGHT,
            LEFT - 8.0,
            at + 4.0
        );
    }
    let _ = writeln!(
        svg,
        "<text class=\"axis\" x=\"{LEFT}\" y=\"16\">Chance that a year costs more</text>\
         <text class=\"axis\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">Loss of a year, {}</text>",
        WIDTH - RIGHT,
        HEIGHT - 10.0,
        escape(currency)
    );
    if let Some(upper) = upper {
        let x = axis.x(upper);
        let (anchor, beside) = if x > WIDTH * 0.7 { ("end", -6.0) } else { ("start", 6.0) };
        let _ = writeln!(
            svg,
            "<path class=\"limit\" d=\"M{x:.1} {TOP}V{floor:.1}\"/><text class=\"limit-name\" x=\"{:.1}\" y=\"{:.1}\" \
             text-anchor=\"{anchor}\">upper boundary of the mean</text>",
            x + beside,
            TOP + 12.0
        );
    }
    for it in series {
        let _ = writeln!(
            svg,
            "<path class=\"curve {}\" d=\"{}\"/>",
            it.class,
            path(it.loss, &axis, y)
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// Straight lines between the points that are told, from where nothing is lost yet.
fn path(loss: &YearlyLoss, axis: &MoneyAxis, y: impl Fn(f64) -> f64) -> String {
    // Of the years that cost nothing, the rarest says how many cost something.
    let nothing = loss.curve.iter().rfind(|point| point.loss == Amount::ZERO);
    let costs = loss.curve.iter().filter(|point| point.loss > Amount::ZERO);
    let first = nothing.or_else(|| loss.curve.first());
    let mut path = String::new();
    if let Some(first) = first {
        let _ = write!(path, "M{:.1} {:.1}", axis.x(Amount::ZERO), y(first.chance));
    }
    for point in costs {
        let _ = write!(path, "L{:.1} {:.1}", axis.x(point.loss), y(point.chance));
    }
    path
}

fn described(series: &[Series<'_>], currency: &str) -> String {
    let told = series.iter().map(|it| {
        let loss = it.loss;
        format!(
            "{}: {} a year in the mean; one year in ten costs more than {}, one in twenty more than {}, one in a hundred more \
             than {}.",
            it.name,
            money(loss.mean, currency),
            money(loss.p90, currency),
            money(loss.p95, currency),
            money(loss.p99, currency)
        )
    });
    told.collect::<Vec<_>>().join(" ")
}
