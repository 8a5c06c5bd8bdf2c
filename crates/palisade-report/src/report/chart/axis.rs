//! An axis of money whose steps are factors of ten: losses reach over many of them.

use palisade_inventory::Amount;

/// From one power of ten to another, over so many pixels.
#[derive(Clone, Copy)]
pub(super) struct MoneyAxis {
    low: u32,
    high: u32,
    left: f64,
    width: f64,
}

impl MoneyAxis {
    /// An axis that all these amounts are on; none where all are nothing.
    pub(super) fn over(amounts: impl Iterator<Item = Amount>, left: f64, width: f64) -> Option<Self> {
        let decades = amounts.filter(|amount| *amount > Amount::ZERO).map(decades);
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for decade in decades {
            low = low.min(decade);
            high = high.max(decade);
        }
        if low > high {
            return None;
        }
        // Whole units are the least that is told.
        let (low, high) = (whole(low.floor().max(0.0)), whole(high.ceil().max(1.0)));
        // More than five powers of ten say more about the smallest amount than about the large ones.
        let low = low.max(high.saturating_sub(5)).min(high.saturating_sub(1));
        Some(Self { low, high, left, width })
    }

    /// Where an amount stands; what is less than the axis begins with stands at its beginning.
    pub(super) fn x(&self, amount: Amount) -> f64 {
        let decade = if amount == Amount::ZERO {
            f64::from(self.low)
        } else {
            decades(amount)
        };
        let share = (decade - f64::from(self.low)) / f64::from(self.high - self.low);
        self.left + self.width * share.clamp(0.0, 1.0)
    }

    /// Whole powers of ten, with what to write there: `10k`, `1M`.
    pub(super) fn ticks(&self) -> impl Iterator<Item = (f64, String)> {
        let axis = *self;
        (axis.low..=axis.high).filter_map(move |power| {
            let units = 10_u64.checked_pow(power)?;
            let label = match power {
                0..=2 => units.to_string(),
                3..=5 => format!("{}k", units / 1_000),
                6..=8 => format!("{}M", units / 1_000_000),
                _ => format!("{}bn", units / 1_000_000_000),
            };
            Some((axis.x(Amount::from_cents(units.checked_mul(100)?)), label))
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "the largest amount is below 2^53 cents")]
fn decades(amount: Amount) -> f64 {
    (amount.cents() as f64 / 100.0).log10()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a power of ten between 0 and 15"
)]
fn whole(decade: f64) -> u32 {
    decade.clamp(0.0, 15.0) as u32
}
