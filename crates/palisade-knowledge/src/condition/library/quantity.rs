//! Kubernetes quantities: `100m`, `1.5Gi`, `2e3`.

use super::Row;
use super::Style::{Global, Member};
use crate::condition::evaluate::Outcome;
use crate::condition::failure::Failure;
use crate::condition::value::Value;

pub(super) const TABLE: &[Row] = &[
    (28, Global, "quantity", "string", "Quantity", quantity),
    (28, Global, "isQuantity", "string", "bool", is_quantity),
    (28, Member, "sign", "Quantity", "int", sign),
    (28, Member, "isGreaterThan", "Quantity Quantity", "bool", |args| {
        compare(args, |a, b| Value::Bool(a > b))
    }),
    (28, Member, "isLessThan", "Quantity Quantity", "bool", |args| {
        compare(args, |a, b| Value::Bool(a < b))
    }),
    (28, Member, "compareTo", "Quantity Quantity", "int", |args| {
        compare(args, |a, b| Value::Int(a.cmp(&b) as i64))
    }),
    (28, Member, "asApproximateFloat", "Quantity", "double", as_float),
    (28, Member, "asInteger", "Quantity", "int", as_integer),
    (28, Member, "isInteger", "Quantity", "bool", is_integer),
    (28, Member, "add", "Quantity Quantity", "Quantity", |args| {
        calculate(args, i128::checked_add)
    }),
    (28, Member, "add", "Quantity int", "Quantity", |args| {
        calculate(args, i128::checked_add)
    }),
    (28, Member, "sub", "Quantity Quantity", "Quantity", |args| {
        calculate(args, i128::checked_sub)
    }),
    (28, Member, "sub", "Quantity int", "Quantity", |args| {
        calculate(args, i128::checked_sub)
    }),
];

/// A quantity in billionths, the finest that the API server keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::condition) struct Quantity(i128);

const BILLION: i128 = 1_000_000_000;

impl Quantity {
    /// Reads a quantity; finer parts are rounded up, as the API server does.
    fn parse(text: &str) -> Option<Self> {
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
    const fn sign(self) -> i64 {
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

fn quantity<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let quantity = Quantity::parse(text(args)?);
    quantity
        .map(Value::Quantity)
        .ok_or_else(|| Failure::of("a text is no quantity"))
}

fn is_quantity<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    Ok(Value::Bool(Quantity::parse(text(args)?).is_some()))
}

fn sign<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    Ok(Value::Int(receiver(args)?.sign()))
}

fn compare<'v>(args: &[Value<'v>], compare: fn(Quantity, Quantity) -> Value<'v>) -> Outcome<'v> {
    match args {
        [Value::Quantity(a), Value::Quantity(b)] => Ok(compare(*a, *b)),
        _ => Err(super::misused("compareTo", args)),
    }
}

#[expect(clippy::cast_precision_loss, reason = "approximate, as its name says")]
fn as_float<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let Quantity(billionths) = receiver(args)?;
    Ok(Value::Double(billionths as f64 / BILLION as f64))
}

fn as_integer<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let whole = receiver(args)?.whole();
    whole
        .map(Value::Int)
        .ok_or_else(|| Failure::of("a quantity is no integer"))
}

fn is_integer<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    Ok(Value::Bool(receiver(args)?.whole().is_some()))
}

fn calculate<'v>(args: &[Value<'v>], calculate: fn(i128, i128) -> Option<i128>) -> Outcome<'v> {
    let (a, b) = match args {
        [Value::Quantity(Quantity(a)), Value::Quantity(Quantity(b))] => (*a, *b),
        [Value::Quantity(Quantity(a)), Value::Int(b)] => (*a, i128::from(*b) * BILLION),
        _ => return Err(super::misused("add", args)),
    };
    let result = calculate(a, b).ok_or_else(|| Failure::of("a quantity is too large"))?;
    Ok(Value::Quantity(Quantity(result)))
}

impl Quantity {
    /// The integer that it is, if it is one.
    fn whole(self) -> Option<i64> {
        let is_whole = self.0 % BILLION == 0;
        i64::try_from(self.0 / BILLION).ok().filter(|_| is_whole)
    }
}

fn receiver(args: &[Value<'_>]) -> Result<Quantity, Failure> {
    match args {
        [Value::Quantity(quantity)] => Ok(*quantity),
        _ => Err(super::misused("quantity", args)),
    }
}

fn text<'a>(args: &'a [Value<'_>]) -> Result<&'a str, Failure> {
    match args {
        [Value::Text(text)] => Ok(text.as_str()),
        _ => Err(super::misused("quantity", args)),
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
