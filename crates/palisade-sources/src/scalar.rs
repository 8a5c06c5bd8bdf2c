//! What a YAML scalar means, exactly as Kubernetes reads it: YAML 1.1 as Go's second YAML package resolves it.
//!
//! It matters for security: `privileged: yes` and `hostPID: on` are *true*, `defaultMode: 0644` is 420.

use std::borrow::Cow;

use palisade_inventory::Value;

/// Why a scalar with a tag, or a number JSON has no form for, is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScalarError {
    /// The text is not of the type its tag says.
    TagMismatch,
    /// `.inf` or `.nan`: Kubernetes converts to JSON, which has no form for it.
    NotInJson,
    /// A key that is null or an integer above 2^63: Kubernetes refuses it.
    UnsupportedKey,
    /// `!!binary` that is not base64 or not UTF-8.
    InvalidBinary,
}

const TAG_PREFIX: &str = "tag:yaml.org,2002:";

/// What the resolver saw, before it becomes a JSON value or a key.
#[derive(Clone, Debug, PartialEq)]
enum Resolved<'a> {
    Null,
    Bool(bool),
    Int(i64),
    /// An integer that only an unsigned 64-bit integer holds.
    Big(u64),
    Float(f64),
    Text(Cow<'a, str>),
}

/// A scalar as the parser hands it over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scalar<'a> {
    /// The text after unquoting and folding.
    pub(crate) text: &'a str,
    /// The full tag, where one is written.
    pub(crate) tag: Option<&'a str>,
    /// It is written plain, so that its form tells its type.
    pub(crate) plain: bool,
}

impl Scalar<'_> {
    /// The value as it is after the conversion to JSON.
    pub(crate) fn value(self) -> Result<Value, ScalarError> {
        Ok(match self.resolve()? {
            Resolved::Null => Value::Null,
            Resolved::Bool(value) => Value::Bool(value),
            Resolved::Int(value) => Value::Int(value),
            #[expect(clippy::cast_precision_loss, reason = "as the conversion to JSON and back does")]
            Resolved::Big(value) => Value::Float(value as f64),
            Resolved::Float(value) if value.is_finite() => json_number(value),
            Resolved::Float(_) => return Err(ScalarError::NotInJson),
            Resolved::Text(text) => Value::Text(text.into()),
        })
    }

    /// The text of a map key: `yes:` becomes `true`, `0x10:` becomes `16`.
    pub(crate) fn key(&self) -> Result<Cow<'_, str>, ScalarError> {
        Ok(match self.resolve()? {
            Resolved::Null | Resolved::Big(_) => return Err(ScalarError::UnsupportedKey),
            Resolved::Bool(value) => Cow::Borrowed(if value { "true" } else { "false" }),
            Resolved::Int(value) => Cow::Owned(value.to_string()),
            Resolved::Float(value) => Cow::Owned(float_key(value)),
            Resolved::Text(text) => text,
        })
    }

    /// Whether this is the merge key `<<`.
    pub(crate) fn is_merge(self) -> bool {
        self.text == "<<" && (self.plain || self.tag.and_then(short_tag) == Some("merge"))
    }

    fn resolve(&self) -> Result<Resolved<'_>, ScalarError> {
        let tag = match self.tag {
            None if !self.plain => return Ok(Resolved::Text(self.text.into())),
            None => None,
            Some(tag) => match short_tag(tag) {
                Some("binary") => return decode_binary(self.text).map(|text| Resolved::Text(text.into())),
                Some(tag @ ("bool" | "int" | "float" | "null")) => Some(tag),
                // Any other tag leaves the text as it is; timestamps stay texts too.
                _ => return Ok(Resolved::Text(self.text.into())),
            },
        };
        let resolved = resolve_plain(self.text);
        match (tag, resolved) {
            (None, resolved)
            | (Some("bool"), resolved @ Resolved::Bool(_))
            | (Some("int"), resolved @ (Resolved::Int(_) | Resolved::Big(_)))
            | (Some("float"), resolved @ Resolved::Float(_))
            | (Some("null"), resolved @ Resolved::Null) => Ok(resolved),
            #[expect(clippy::cast_precision_loss, reason = "`!!float 3` is the float nearest to 3")]
            (Some("float"), Resolved::Int(value)) => Ok(Resolved::Float(value as f64)),
            _ => Err(ScalarError::TagMismatch),
        }
    }
}

fn short_tag(tag: &str) -> Option<&str> {
    tag.strip_prefix(TAG_PREFIX)
}

fn resolve_plain(text: &str) -> Resolved<'_> {
    let Some(first) = text.bytes().next() else {
        return Resolved::Null;
    };
    let resolved = match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => word(text),
        b'.' => special_float(text).or_else(|| parse_float(text).map(Resolved::Float)),
        b'0'..=b'9' | b'+' | b'-' => special_float(text).or_else(|| number(text)),
        _ => None,
    };
    resolved.unwrap_or(Resolved::Text(Cow::Borrowed(text)))
}

fn word(text: &str) -> Option<Resolved<'static>> {
    Some(match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Resolved::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Resolved::Bool(false),
        "~" | "null" | "Null" | "NULL" => Resolved::Null,
        _ => return None,
    })
}

fn special_float(text: &str) -> Option<Resolved<'static>> {
    Some(Resolved::Float(match text {
        ".nan" | ".NaN" | ".NAN" => f64::NAN,
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => f64::INFINITY,
        "-.inf" | "-.Inf" | "-.INF" => f64::NEG_INFINITY,
        _ => return None,
    }))
}

/// A text that begins with a digit or a sign. Sexagesimal numbers (`1:30`) are texts.
fn number(text: &str) -> Option<Resolved<'static>> {
    let digits: Cow<str> = if text.contains('_') {
        text.replace('_', "").into()
    } else {
        text.into()
    };
    integer(&digits).or_else(|| parse_float(&digits).map(Resolved::Float))
}

/// An integer with a sign and a base prefix: `0x1f`, `0o17`, `017`, `0b11`.
fn integer(text: &str) -> Option<Resolved<'static>> {
    let (negative, signed, digits) = match text.as_bytes().first()? {
        b'-' => (true, true, text.get(1..)?),
        b'+' => (false, true, text.get(1..)?),
        _ => (false, false, text),
    };
    let (base, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, digits.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, digits.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, digits.get(2..)?),
        [b'0', _, ..] => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    // Rust's parser would take a second sign here.
    if !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let magnitude = u64::from_str_radix(digits, base).ok()?;
    match i64::try_from(magnitude) {
        Ok(value) => Some(Resolved::Int(if negative { -value } else { value })),
        Err(_) if negative && magnitude == i64::MIN.unsigned_abs() => Some(Resolved::Int(i64::MIN)),
        Err(_) if !signed => Some(Resolved::Big(magnitude)),
        Err(_) => None,
    }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, as long as it is finite.
fn parse_float(text: &str) -> Option<f64> {
    let shape = text
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    if !shape {
        return None;
    }
    text.parse::<f64>().ok().filter(|value| value.is_finite())
}

/// A float after the way through JSON: `1.0` is written `1` there and comes back as an integer.
fn json_number(value: f64) -> Value {
    /// From here on JSON is written with an exponent, which does not come back as an integer.
    const EXPONENT_FORM: f64 = 1e21;
    if value.fract() == 0.0 && value.abs() < EXPONENT_FORM {
        // The shortest digits that tell the float apart, filled up with zeros: what JSON would hold.
        let integer = format!("{value}").parse::<i64>();
        if let Ok(integer) = integer {
            return Value::Int(integer);
        }
    }
    Value::Float(value)
}

/// A float as a key: the shortest form of its single precision, as Go's `%g` writes it.
fn float_key(value: f64) -> String {
    if value.is_nan() {
        return ".nan".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { ".inf" } else { "-.inf" }.into();
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "Kubernetes writes float keys in single precision"
    )]
    let single = value as f32;
    if !single.is_finite() {
        return if value > 0.0 { ".inf" } else { "-.inf" }.into();
    }
    let scientific = format!("{single:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        return format!("{single}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

fn decode_binary(text: &str) -> Result<String, ScalarError> {
    let bytes = crate::base64::decode(text).ok_or(ScalarError::InvalidBinary)?;
    // Kubernetes replaces what is not UTF-8 on the way through JSON.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Value {
        let scalar = Scalar {
            text,
            tag: None,
            plain: true,
        };
        scalar.value().unwrap()
    }

    fn key(text: &str) -> String {
        let scalar = Scalar {
            text,
            tag: None,
            plain: true,
        };
        scalar.key().unwrap().into_owned()
    }

    #[test]
    fn words_of_yaml_1_1_are_booleans() {
        for text in ["y", "Yes", "on", "TRUE"] {
            assert_eq!(plain(text), Value::Bool(true), "{text}");
        }
        for text in ["n", "NO", "Off", "false"] {
            assert_eq!(plain(text), Value::Bool(false), "{text}");
        }
        assert_eq!(plain("yEs"), Value::Text("yEs".into()));
    }

    #[test]
    fn octal_and_separated_numbers() {
        assert_eq!(plain("0644"), Value::Int(420));
        assert_eq!(plain("0o14"), Value::Int(12));
        assert_eq!(plain("1_000"), Value::Int(1000));
        assert_eq!(plain("-0x10"), Value::Int(-16));
        assert_eq!(plain("+-1"), Value::Text("+-1".into()));
        assert_eq!(plain("1:30"), Value::Text("1:30".into()));
        assert_eq!(plain("08"), Value::Int(8));
        assert_eq!(plain("-9223372036854775808"), Value::Int(i64::MIN));
    }

    #[test]
    fn quoted_texts_stay_texts() {
        let scalar = Scalar {
            text: "yes",
            tag: None,
            plain: false,
        };
        assert_eq!(scalar.value(), Ok(Value::Text("yes".into())));
    }

    #[test]
    fn keys_are_texts() {
        assert_eq!(key("yes"), "true");
        assert_eq!(key("0x10"), "16");
        assert_eq!(key("1.5"), "1.5");
        assert_eq!(key("1e6"), "1e+06");
        assert_eq!(key("100000.0"), "100000");
        assert_eq!(key("1234567.0"), "1.234567e+06");
    }

    #[test]
    fn numbers_without_a_form_in_json_are_refused() {
        let scalar = Scalar {
            text: ".inf",
            tag: None,
            plain: true,
        };
        assert_eq!(scalar.value(), Err(ScalarError::NotInJson));
    }
}
