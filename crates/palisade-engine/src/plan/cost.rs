//! What controls cost: the catalogue's effort in days, at the organisation's rate, unless it says otherwise.

use palisade_inventory::{Amount, Declared};
use palisade_knowledge::{Control, Effort};

use crate::assessment::Cost;

/// What a day of an engineer's work costs where nobody says.
const DAY_RATE: Amount = Amount::from_cents(80_000);
/// Over so many years introducing a control is spread.
const YEARS: u64 = 3;

/// What a control costs here. Narrowing one binding is a small change, whatever it takes to narrow all of them.
pub(super) fn cost(control: &Control, is_narrow: bool, declared: &Declared) -> Cost {
    let said = declared.costs.iter().find(|cost| cost.control == control.id);
    let rate = declared.day_rate.unwrap_or(DAY_RATE);
    let effort = if is_narrow { Effort::Low } else { control.effort };
    let once = said.and_then(|said| said.once).unwrap_or_else(|| {
        let (least, most) = effort.days();
        // The geometric middle: efforts are spread over their range as factors are.
        let days = libm::sqrt(least * most);
        #[expect(clippy::cast_precision_loss, reason = "the largest amount is below 2^53 cents")]
        crate::risk::cents(days * rate.cents() as f64)
    });
    // A tenth of it each month.
    let yearly = said
        .and_then(|said| said.yearly)
        .unwrap_or_else(|| Amount::from_cents(once.cents() / 10 * 12));
    Cost {
        once,
        yearly,
        per_year: Amount::from_cents(yearly.cents().saturating_add(once.cents() / YEARS)),
    }
}

/// All together.
pub(super) fn sum(costs: impl Iterator<Item = Cost>) -> Cost {
    let add = |a: Amount, b: Amount| Amount::from_cents(a.cents().saturating_add(b.cents()));
    costs.fold(Cost::default(), |sum, cost| Cost {
        once: add(sum.once, cost.once),
        yearly: add(sum.yearly, cost.yearly),
        per_year: add(sum.per_year, cost.per_year),
    })
}
