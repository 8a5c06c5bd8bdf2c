//! Kubernetes quantities: `100m`, `1.5Gi`, `2e3`.

use std::any::Any;
use std::cmp::Ordering;

use cel::ExecutionError;
use cel::common::traits::Comparer;
use cel::common::types::Type;
use cel::common::value::{StaticVal, Val};

/// A quantity in billionths, the finest that the API server keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Quantity(i128);

/// Its CEL type, named as in the API server.
static TYPE: Type = Type::new_unspecified_type("kubernetes.Quantity");

const BILLION: i128 = 1_000_000_000;

impl Quantity {
    /// Reads a quantity; finer parts are rounded up, as the API server does.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let end = unsigned
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(unsigned.len());
        let (number, suffix) = unsigned.split_at_checked(end)?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
            return None;
        }
        let digits: i128 = format!("0{whole}{fraction}").parse().ok()?;
        let (numerator, denominator) = scale(suffix)?;
        let scaled = digits.checked_mul(BILLION)?.checked_mul(numerator)?;
        let divisor = power_of_ten(u32::try_from(fraction.len()).ok()?)?.checked_mul(denominator)?;
        let rounded = scaled / divisor + i128::from(scaled % divisor != 0);
        Some(Self(if negative { -rounded } else { rounded }))
    }

    /// -1, 0 or 1.
    pub(super) const fn sign(self) -> i64 {
        self.0.signum() as i64
    }
}

/// What a suffix multiplies by, as a fraction.
fn scale(suffix: &str) -> Option<(i128, i128)> {
    const BINARY: [&str; 6] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    const DECIMAL: [&str; 6] = ["k", "M", "G", "T", "P", "E"];
    const SMALL: [&str; 3] = ["m", "u", "n"];
    let power = |names: &[&str]| {
        (1..)
            .zip(names)
            .find(|(_, name)| **name == suffix)
            .map(|(power, _)| power)
    };
    if suffix.is_empty() {
        return Some((1, 1));
    }
    if let Some(power) = power(&BINARY) {
        return Some((1024_i128.checked_pow(power)?, 1));
    }
    if let Some(power) = power(&DECIMAL) {
        return Some((1000_i128.checked_pow(power)?, 1));
    }
    if let Some(power) = power(&SMALL) {
        return Some((1, 1000_i128.checked_pow(power)?));
    }
    let exponent: i32 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
    let power = power_of_ten(exponent.unsigned_abs())?;
    Some(if exponent < 0 { (1, power) } else { (power, 1) })
}

fn power_of_ten(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

impl Val for Quantity {
    fn get_type(&self) -> &Type {
        &TYPE
    }

    fn cel_type() -> &'static Type {
        &TYPE
    }

    fn as_comparer(&self) -> Option<&dyn Comparer> {
        Some(self)
    }

    fn equals(&self, other: &dyn Val) -> bool {
        other.downcast_ref::<Quantity>() == Some(self)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
    where
        Self: 'v,
    {
        Box::new(*self)
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for Quantity {}

impl Comparer for Quantity {
    fn compare(&self, other: &dyn Val) -> Result<Ordering, ExecutionError> {
        let other = other
            .downcast_ref::<Quantity>()
            .ok_or_else(|| ExecutionError::no_such_overload("compareTo", vec![other.get_type().name().to_owned()]))?;
        Ok(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Quantity {
        Quantity::parse(text).unwrap_or_else(|| panic!("{text} is a quantity"))
    }

    #[test]
    fn equal_quantities_are_equal_however_written() {
        for (a, b) in [
            ("1", "1000m"),
            ("1Ki", "1024"),
            ("1.5Gi", "1536Mi"),
            ("2e3", "2k"),
            ("2E3", "2000"),
            ("1e-3", "1m"),
            ("-1", "-1000m"),
            (".5", "500m"),
            ("5.", "5"),
            ("1n", "1n"),
            ("0.1n", "1n"),
        ] {
            assert_eq!(read(a), read(b), "{a} {b}");
        }
        assert!(read("1G") < read("1Gi"));
        assert!(read("1E") > read("1P"));
    }

    #[test]
    fn what_is_no_quantity_is_refused() {
        for text in ["", "x", "5x", "1.2.3", "1KiB", "--1", "1e", "Ki", "1 Gi", ".", "1e99"] {
            assert_eq!(Quantity::parse(text), None, "{text}");
        }
    }
}
