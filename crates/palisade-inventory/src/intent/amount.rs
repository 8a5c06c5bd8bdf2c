//! Money, in whole cents: sums of it are the same on every machine.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// An amount of money, in the one currency of the file that it stands in.
///
/// It is written as a number (`120000`, `1499.90`) or with a letter for thousands, millions or billions: `120k`, `1.5M`,
/// `2bn`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount {
    cents: u64,
}

/// Why something is no amount of money.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AmountError {
    /// It is below zero.
    #[error("`{0}` is negative; an amount is written without a sign")]
    Negative(String),
    /// It is larger than anything that can be meant.
    #[error("`{0}` is too large; an amount is at most 1000 billion")]
    TooLarge(String),
    /// It groups its digits.
    #[error("`{0}` is not an amount; write it without commas or spaces, such as `1500000` or `1.5M`")]
    Grouped(String),
    /// It names a currency.
    #[error("`{0}` names a currency; write the number alone, as `currency` names it once for the whole file")]
    Currency(String),
    /// It is something else.
    #[error("`{0}` is not an amount; write a number such as `120000`, `120k` or `1.5M`")]
    NotANumber(String),
}

/// The largest amount, in cents: a thousand billion.
const LARGEST: u128 = 100_000_000_000_000;
/// Longer numbers are no amounts.
const MOST_DIGITS: usize = 24;

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self { cents: 0 };

    /// An amount of so many cents.
    pub const fn from_cents(cents: u64) -> Self {
        Self { cents }
    }

    /// How many cents it is.
    pub const fn cents(self) -> u64 {
        self.cents
    }

    /// Reads `120000`, `1499.90`, `120k`, `1.5M` or `2bn`. Fractions of a cent are rounded, halves up.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        let text = text.trim();
        let fail = |error: fn(String) -> AmountError| Err(error(text.to_owned()));
        if text.starts_with('-') {
            return fail(AmountError::Negative);
        }
        let end = text.find(|c: char| !matches!(c, '0'..='9' | '.')).unwrap_or(text.len());
        let (number, suffix) = text.split_at(end);
        let scale: u128 = match suffix {
            "" => 1,
            "k" | "K" => 1_000,
            "M" | "m" => 1_000_000,
            "bn" | "B" => 1_000_000_000,
            _ if suffix.starts_with([',', ' ', '\'', '_']) && suffix.contains(|c: char| c.is_ascii_digit()) => {
                return fail(AmountError::Grouped);
            }
            _ if number.is_empty() == suffix.contains(|c: char| c.is_ascii_digit()) => {
                return fail(AmountError::Currency);
            }
            _ => return fail(AmountError::NotANumber),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits = format!("{whole}{fraction}");
        if whole.is_empty() || fraction.contains('.') {
            return fail(AmountError::NotANumber);
        }
        if digits.len() > MOST_DIGITS {
            return fail(AmountError::TooLarge);
        }
        let Ok(value) = digits.parse::<u128>() else {
            return fail(AmountError::NotANumber);
        };
        let parts = fraction.chars().fold(1_u128, |parts, _| parts.saturating_mul(10));
        let cents = (value.saturating_mul(scale * 100) + parts / 2) / parts;
        match u64::try_from(cents) {
            Ok(cents) if u128::from(cents) <= LARGEST => Ok(Self { cents }),
            _ => fail(AmountError::TooLarge),
        }
    }
}

impl fmt::Display for Amount {
    /// `120000`, or `1499.90` where there are cents.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.cents / 100, self.cents % 100) {
            (whole, 0) => write!(f, "{whole}"),
            (whole, cents) => write!(f, "{whole}.{cents:02}"),
        }
    }
}

impl Serialize for Amount {
    /// As a number of whole units with the cents behind the point.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[expect(clippy::cast_precision_loss, reason = "the largest amount is below 2^53 cents")]
        serializer.serialize_f64(self.cents as f64 / 100.0)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Written)
    }
}

/// An amount as it may be written.
struct Written;

impl Visitor<'_> for Written {
    type Value = Amount;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an amount such as `120000`, `120k` or `1.5M`")
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Amount, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Amount, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Amount, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Amount, E> {
        Amount::parse(text).map_err(E::custom)
    }
}

impl JsonSchema for Amount {
    fn schema_name() -> Cow<'static, str> {
        "Amount".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An amount of money: `120000`, `1499.90`, `120k`, `1.5M`, `2bn`. Its currency is the file's.",
            "anyOf": [
                { "type": "number", "minimum": 0 },
                { "type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?(k|K|m|M|bn|B)?$" }
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_to_the_cent() {
        for (text, cents) in [
            ("0", 0),
            ("120000", 12_000_000),
            ("1499.90", 149_990),
            ("120k", 12_000_000),
            ("1.5M", 150_000_000),
            ("2bn", 200_000_000_000),
            ("0.005", 1),
            ("0.004", 0),
        ] {
            assert_eq!(Amount::parse(text).map(Amount::cents), Ok(cents), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_says_why() {
        let error = |text: &str| Amount::parse(text).unwrap_err();
        assert!(matches!(error("-5k"), AmountError::Negative(_)));
        assert!(matches!(error("2000bn"), AmountError::TooLarge(_)));
        assert!(matches!(error("9999999999999999999999999"), AmountError::TooLarge(_)));
        for text in ["1,500,000", "1 500 000", "1'500"] {
            assert!(matches!(error(text), AmountError::Grouped(_)), "{text}");
        }
        for text in ["120k EUR", "€120k", "120 €"] {
            assert!(matches!(error(text), AmountError::Currency(_)), "{text}");
        }
        for text in ["", "lots", "1.2.3", ".5", "5.k.", "NaN", "inf"] {
            assert!(
                matches!(error(text), AmountError::NotANumber(_) | AmountError::Currency(_)),
                "{text}"
            );
        }
    }

    #[test]
    fn they_are_shown_as_they_are_read() {
        for text in ["0", "120000", "1499.90"] {
            assert_eq!(
                Amount::parse(text).map(|amount| amount.to_string()),
                Ok(text.to_owned())
            );
        }
    }
}
