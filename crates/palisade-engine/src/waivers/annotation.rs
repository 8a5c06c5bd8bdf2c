//! Waivers as annotations: `palisade.dev/ignore.PAL-W001: "until 2027-03-31 by platform: the driver needs the device"`, or
//! in the words of another checker.

use std::borrow::Cow;

use palisade_inventory::Date;

use super::peers;

/// What our own annotations begin with; the rule follows.
const OURS: &str = "palisade.dev/ignore.";

/// What an annotation says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// The other checker whose words these are.
    pub(super) tool: Option<&'static str>,
    /// Weaknesses and attack steps that it is about, with `*` for any text. Empty where we have no such check.
    pub(super) rules: Vec<Cow<'static, str>>,
    pub(super) reason: String,
    pub(super) owner: Option<String>,
    pub(super) until: Option<Date>,
}

/// Reads an annotation, if it is a waiver. One of ours that can't be used says why.
pub(super) fn read(key: &str, value: Option<&str>) -> Option<Result<Said, String>> {
    let Some(rule) = key.strip_prefix(OURS) else {
        return peers::read(key, value.unwrap_or_default()).map(Ok);
    };
    Some(ours(rule, value.unwrap_or_default()).ok_or_else(|| {
        format!("`{key}` waives nothing: write the last day and the reason, `until 2027-03-31: …` or `until 2027-03-31 by OWNER: …`")
    }))
}

fn ours(rule: &str, value: &str) -> Option<Said> {
    let (head, reason) = value.split_once(':')?;
    let mut words = head.split_whitespace();
    let until = words
        .next()
        .filter(|word| *word == "until")
        .and_then(|_| words.next())?;
    let owner = match words.next() {
        None => None,
        Some("by") => Some(words.collect::<Vec<_>>().join(" ")).filter(|owner| !owner.is_empty()),
        Some(_) => return None,
    };
    let reason = reason.trim();
    if reason.is_empty() {
        return None;
    }
    Some(Said {
        tool: None,
        rules: vec![Cow::Owned(rule.to_owned())],
        reason: reason.to_owned(),
        owner,
        until: Some(Date::parse(until).ok()?),
    })
}
