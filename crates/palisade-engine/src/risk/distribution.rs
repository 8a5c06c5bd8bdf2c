//! Distributions, each by its quantile function: one uniform number in, one value out, monotone. Transcendental functions are
//! `libm`'s, so that the digits are the same on every machine.

use super::random::Stream;

/// The 95th percentile of the standard normal distribution.
const Z95: f64 = 1.644_853_626_951_472_6;

/// A quantity whose logarithm is normally distributed: never negative, with a long tail upwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Lognormal {
    /// The logarithm of the median. Negative infinity: it is always 0.
    mu: f64,
    sigma: f64,
}

impl Lognormal {
    /// By its 5th and 95th percentile. Both 0: always 0.
    pub(super) fn between(low: f64, high: f64) -> Self {
        if low <= 0.0 || high <= 0.0 {
            return Self {
                mu: f64::NEG_INFINITY,
                sigma: 0.0,
            };
        }
        let (low, high) = (libm::log(low), libm::log(high));
        Self {
            mu: f64::midpoint(low, high),
            sigma: ((high - low) / (2.0 * Z95)).max(0.0),
        }
    }

    /// By its median and its 95th percentile.
    pub(super) fn above(median: f64, high: f64) -> Self {
        if median <= 0.0 {
            return Self::between(0.0, 0.0);
        }
        let mu = libm::log(median);
        Self {
            mu,
            sigma: ((libm::log(high.max(median)) - mu) / Z95).max(0.0),
        }
    }

    /// The mean.
    pub(super) fn mean(self) -> f64 {
        libm::exp(self.mu + self.sigma * self.sigma / 2.0)
    }

    /// The value that so much of the distribution lies below.
    pub(super) fn quantile(self, part: f64) -> f64 {
        if self.sigma == 0.0 {
            libm::exp(self.mu)
        } else {
            libm::exp(self.mu + self.sigma * normal_quantile(part))
        }
    }
}

/// More than these are not simulated in a year.
const MOST_EVENTS: f64 = 16_384.0;
/// What one inversion is good for: e to the minus this is still a number with all its digits.
const CHUNK: f64 = 256.0;

/// How many events a year has that has `rate` of them in the mean (Poisson), by inversion.
pub(super) fn poisson(rate: f64, stream: Stream, year: u64) -> u64 {
    let mut left = rate.min(MOST_EVENTS);
    let mut events = 0;
    let mut draw = year * 64;
    while left > 0.0 {
        events += invert(left.min(CHUNK), stream.unit(draw));
        left -= CHUNK;
        draw += 1;
    }
    events
}

fn invert(rate: f64, unit: f64) -> u64 {
    let mut term = libm::exp(-rate);
    let mut below = term;
    let mut events = 0_u32;
    // The term is 0 when the sum can't grow any more, rounding errors or not.
    while unit > below && term > 0.0 {
        events += 1;
        term *= rate / f64::from(events);
        below += term;
    }
    u64::from(events)
}

/// The quantile function of the standard normal distribution, to about 16 digits (Wichura, *Algorithm AS 241*, Applied
/// Statistics 37, 1988).
fn normal_quantile(part: f64) -> f64 {
    let centred = part - 0.5;
    if centred.abs() <= 0.425 {
        let r = 0.180_625 - centred * centred;
        return centred * ratio(r, &CENTRE);
    }
    let tail = if centred < 0.0 { part } else { 1.0 - part };
    let r = libm::sqrt(-libm::log(tail));
    let value = if r <= 5.0 {
        ratio(r - 1.6, &NEAR)
    } else {
        ratio(r - 5.0, &FAR)
    };
    if centred < 0.0 { -value } else { value }
}

/// One polynomial over another, each from its highest power down.
fn ratio(r: f64, (above, below): &([f64; 8], [f64; 8])) -> f64 {
    let horner = |terms: &[f64; 8]| terms.iter().fold(0.0, |sum, term| sum * r + term);
    horner(above) / horner(below)
}

#[rustfmt::skip]
#[expect(clippy::excessive_precision, clippy::unreadable_literal, reason = "as published")]
const CENTRE: ([f64; 8], [f64; 8]) = (
    [2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
     1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080],
    [5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
     5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0],
);
#[rustfmt::skip]
#[expect(clippy::excessive_precision, clippy::unreadable_literal, reason = "as published")]
const NEAR: ([f64; 8], [f64; 8]) = (
    [7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258,
     3.64784832476320460504, 5.76949722146069140550, 4.63033784615654529590, 1.42343711074968357734],
    [1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
     6.89767334985100004550e-1, 1.67638483018380384940, 2.05319162663775882187, 1.0],
);
#[rustfmt::skip]
#[expect(clippy::excessive_precision, clippy::unreadable_literal, reason = "as published")]
const FAR: ([f64; 8], [f64; 8]) = (
    [2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
     2.96560571828504891230e-1, 1.78482653991729133580, 5.46378491116411436990, 6.65790464350110377720],
    [2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
     1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0],
);

#[cfg(test)]
mod tests {
    use super::*;

    fn is_near(a: f64, b: f64, relative: f64) -> bool {
        (a - b).abs() <= relative * b.abs().max(1e-300)
    }

    #[test]
    fn normal_quantiles_agree_with_the_error_function() {
        for part in [
            1e-12,
            1e-6,
            0.001,
            0.05,
            0.074,
            0.076,
            0.3,
            0.5,
            0.7,
            0.95,
            0.999,
            1.0 - 1e-9,
        ] {
            let back = 0.5 * libm::erfc(-normal_quantile(part) / core::f64::consts::SQRT_2);
            assert!(is_near(back, part, 1e-11), "{part} {back}");
        }
        assert!(is_near(normal_quantile(0.95), Z95, 1e-15));
    }

    #[test]
    fn a_lognormal_has_the_percentiles_it_is_made_of() {
        let attempts = Lognormal::between(0.5, 8.0);
        assert!(is_near(attempts.quantile(0.05), 0.5, 1e-12) && is_near(attempts.quantile(0.95), 8.0, 1e-12));
        let loss = Lognormal::above(200.0, 1500.0);
        assert!(is_near(loss.quantile(0.5), 200.0, 1e-12) && is_near(loss.quantile(0.95), 1500.0, 1e-12));
        let fixed = Lognormal::above(200.0, 200.0);
        assert!(is_near(fixed.mean(), 200.0, 1e-12) && is_near(fixed.quantile(0.99), 200.0, 1e-12));
        assert!(Lognormal::between(0.0, 0.0).mean() == 0.0 && Lognormal::above(0.0, 0.0).quantile(0.5) == 0.0);
    }

    #[test]
    fn the_mean_of_many_is_the_mean() {
        let loss = Lognormal::above(200.0, 1500.0);
        let stream = Stream::of(1, ["mean"]);
        let mean = (0..400_000).map(|index| loss.quantile(stream.unit(index))).sum::<f64>() / 400_000.0;
        // Its standard deviation is 0.3 %.
        assert!(is_near(mean, loss.mean(), 0.015), "{mean} {}", loss.mean());
    }

    #[test]
    fn poisson_has_mean_and_variance_equal_to_its_rate() {
        let stream = Stream::of(1, ["poisson"]);
        for rate in [0.05, 1.0, 7.5, 255.0, 700.0] {
            let counts: Vec<f64> = (0..20_000)
                .map(|year| f64::from(u32::try_from(poisson(rate, stream, year)).unwrap()))
                .collect();
            let mean = counts.iter().sum::<f64>() / 20_000.0;
            let variance = counts.iter().map(|count| (count - mean).powi(2)).sum::<f64>() / 20_000.0;
            assert!((mean - rate).abs() < 5.0 * (rate / 20_000.0).sqrt(), "{rate} {mean}");
            assert!(is_near(variance, rate, 0.15), "{rate} {variance}");
        }
        assert_eq!(poisson(0.0, stream, 3), 0);
    }

    #[test]
    fn more_of_a_rate_is_never_fewer_events() {
        for unit in [1e-9, 0.01, 0.3, 0.5, 0.9, 0.999_999_999] {
            let events: Vec<u64> = (1..200).map(|rate| invert(f64::from(rate), unit)).collect();
            assert!(events.is_sorted(), "{unit}");
        }
    }
}
