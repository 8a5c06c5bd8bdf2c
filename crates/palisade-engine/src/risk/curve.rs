//! What a year may cost: mean, percentiles, and how likely it is to cost more than so much.

use palisade_inventory::Amount;
use schemars::JsonSchema;
use serde::Serialize;

/// The distribution of the loss of a year.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct YearlyLoss {
    /// The mean: what it costs a year in the long run.
    pub mean: Amount,
    /// The standard error of the mean from simulating only so many years.
    pub standard_error: Amount,
    /// Half of all years cost no more.
    pub median: Amount,
    /// Nine years in ten cost no more.
    pub p90: Amount,
    /// Nineteen years in twenty cost no more.
    pub p95: Amount,
    /// Ninety-nine years in a hundred cost no more.
    pub p99: Amount,
    /// The loss-exceedance curve, from the likeliest to the dearest.
    pub curve: Vec<Exceedance>,
}

/// A point of a loss-exceedance curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Exceedance {
    /// The share of years, 0 to 1, that cost more.
    pub chance: f64,
    /// Than this.
    pub loss: Amount,
}

/// Shares of years at which the curve is told, in thousandths.
const POINTS: [u32; 12] = [950, 900, 750, 500, 250, 100, 50, 25, 10, 5, 2, 1];

impl YearlyLoss {
    /// Of what each simulated year costs, in cents.
    pub(super) fn of(years: &[u64]) -> Self {
        let mut sorted = years.to_vec();
        sorted.sort_unstable();
        let below = |thousandths: u32| Amount::from_cents(rank(&sorted, thousandths));
        let (mean, standard_error) = mean(years);
        Self {
            mean,
            standard_error,
            median: below(500),
            p90: below(900),
            p95: below(950),
            p99: below(990),
            curve: POINTS
                .iter()
                .map(|point| Exceedance {
                    chance: f64::from(*point) / 1000.0,
                    loss: below(1000 - point),
                })
                .collect(),
        }
    }
}

/// The smallest value that so many thousandths of all are not above (nearest rank).
fn rank(sorted: &[u64], thousandths: u32) -> u64 {
    let thousandths = usize::try_from(thousandths).unwrap_or_default();
    let position = (sorted.len() * thousandths).div_ceil(1000).max(1) - 1;
    sorted.get(position).copied().unwrap_or_default()
}

/// The mean, and the standard error of it.
fn mean(years: &[u64]) -> (Amount, Amount) {
    let count = u128::try_from(years.len()).unwrap_or(1).max(1);
    let sum: u128 = years.iter().map(|year| u128::from(*year)).sum();
    let mean = (sum + count / 2) / count;
    #[expect(clippy::cast_precision_loss, reason = "an error need not be exact to the cent")]
    let error = {
        let (count, mean) = (count as f64, sum as f64 / count as f64);
        let squares: f64 = years
            .iter()
            .map(|year| (*year as f64 - mean) * (*year as f64 - mean))
            .sum();
        libm::sqrt(squares / count / count)
    };
    (
        Amount::from_cents(u64::try_from(mean).unwrap_or(u64::MAX)),
        cents(error),
    )
}

/// A number of cents as money: not below nothing, nor above what money can be.
pub(crate) fn cents(value: f64) -> Amount {
    /// A thousand billion.
    const LARGEST: f64 = 1e14;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 10^14"
    )]
    let cents = libm::round(value.clamp(0.0, LARGEST)) as u64;
    Amount::from_cents(cents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_years() {
        let years: Vec<u64> = (1..=1000).rev().collect();
        let loss = YearlyLoss::of(&years);
        let cents = [loss.mean, loss.median, loss.p90, loss.p95, loss.p99].map(Amount::cents);
        assert_eq!(cents, [501, 500, 900, 950, 990]);
        assert!(loss.curve.iter().all(|point| {
            let above = years.iter().filter(|year| **year > point.loss.cents()).count();
            (f64::from(u32::try_from(above).unwrap()) / 1000.0 - point.chance).abs() < 1e-12
        }));
        // √((1000² − 1) / 12 / 1000) = 9.13
        assert_eq!(loss.standard_error.cents(), 9);
    }

    #[test]
    fn no_year_costs_nothing() {
        assert_eq!(YearlyLoss::of(&[]).p99, Amount::ZERO);
    }
}
