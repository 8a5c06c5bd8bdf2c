//! URLs, as Go reads those of requests.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Row;
use super::Style::{Global, Member};
use crate::condition::evaluate::Outcome;
use crate::condition::failure::Failure;
use crate::condition::value::{Entries, Key, Text, Value};

/// A URL or absolute path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::condition) struct Url {
    scheme: String,
    /// With the port.
    host: String,
    /// Escaped.
    path: String,
    query: String,
}

pub(super) const TABLE: &[Row] = &[
    (0, Global, "url", "string", "URL", url),
    (0, Global, "isURL", "string", "bool", is_url),
    (0, Member, "getScheme", "URL", "string", |args| {
        part(args, |url| url.scheme.clone())
    }),
    (0, Member, "getHost", "URL", "string", |args| {
        part(args, |url| url.host.clone())
    }),
    (0, Member, "getHostname", "URL", "string", |args| {
        part(args, |url| url.host_and_port().0.to_owned())
    }),
    (0, Member, "getPort", "URL", "string", |args| {
        part(args, |url| url.host_and_port().1.to_owned())
    }),
    (0, Member, "getEscapedPath", "URL", "string", |args| {
        part(args, |url| url.path.clone())
    }),
    (0, Member, "getQuery", "URL", "map(string,list(string))", query),
];

impl Url {
    fn parse(text: &str) -> Option<Self> {
        if text.is_empty() || text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
            return None;
        }
        // Without the fragment it must be one that a request may name, and with it as well.
        let (scheme, rest) = scheme(text)?;
        if !rest.starts_with('/') {
            return None;
        }
        let rest = rest.split('#').next().unwrap_or_default();
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (host, path) = match rest.strip_prefix("//") {
            Some(rest) if !scheme.is_empty() => {
                let end = rest.find('/').unwrap_or(rest.len());
                let (authority, path) = rest.split_at_checked(end)?;
                (host_of(authority)?, path)
            }
            _ => (String::new(), rest),
        };
        is_escaped(path).then(|| Self {
            scheme: scheme.to_ascii_lowercase(),
            host,
            path: path.to_owned(),
            query: query.to_owned(),
        })
    }

    fn host_and_port(&self) -> (&str, &str) {
        let (host, port) = match self.host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, rest)) => (host, rest.strip_prefix(':').unwrap_or_default()),
            None => self.host.rsplit_once(':').unwrap_or((&self.host, "")),
        };
        (host, port)
    }
}

/// The scheme, if there is one, and what follows it. None for a text that begins with a colon.
fn scheme(text: &str) -> Option<(&str, &str)> {
    for (index, c) in text.char_indices() {
        match c {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if index > 0 => {}
            ':' if index == 0 => return None,
            ':' => {
                let (scheme, rest) = text.split_at_checked(index)?;
                return Some((scheme, rest.strip_prefix(':')?));
            }
            _ => return Some(("", text)),
        }
    }
    Some(("", text))
}

/// Host and port of an authority, without user information.
fn host_of(authority: &str) -> Option<String> {
    let host = match authority.rsplit_once('@') {
        Some((user, _))
            if user.contains([
                ' ', '<', '>', '"', '\\', '^', '`', '{', '|', '}', '[', ']', '/', '?', '#',
            ]) =>
        {
            return None;
        }
        Some((_, host)) => host,
        None => authority,
    };
    let port = match host.strip_prefix('[') {
        Some(rest) => {
            let (_, rest) = rest.rsplit_once(']')?;
            rest
        }
        None => host
            .rfind(':')
            .map_or("", |colon| host.get(colon..).unwrap_or_default()),
    };
    let is_port = port.is_empty()
        || port
            .strip_prefix(':')
            .is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit()));
    let is_allowed = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "-_.~!$&'()*+,;=:[]<>\"".contains(c);
    (is_port && host.chars().all(is_allowed)).then(|| host.to_owned())
}

/// Whether every `%` is followed by two hexadecimal digits.
fn is_escaped(text: &str) -> bool {
    text.split('%').skip(1).all(|after| {
        let mut digits = after.bytes().take(2);
        matches!((digits.next(), digits.next()), (Some(a), Some(b)) if a.is_ascii_hexdigit() && b.is_ascii_hexdigit())
    })
}

fn url<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    match args {
        [Value::Text(text)] => Url::parse(text.as_str())
            .map(|url| Value::Url(Rc::new(url)))
            .ok_or_else(|| Failure::of("a text is no URL")),
        _ => Err(super::misused("url", args)),
    }
}

fn is_url<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    match args {
        [Value::Text(text)] => Ok(Value::Bool(Url::parse(text.as_str()).is_some())),
        _ => Err(super::misused("isURL", args)),
    }
}

fn part<'v>(args: &[Value<'v>], part: fn(&Url) -> String) -> Outcome<'v> {
    match args {
        [Value::Url(url)] => Ok(Value::text(part(url))),
        _ => Err(super::misused("url", args)),
    }
}

/// Each parameter with its values, in the order of the URL.
fn query<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let [Value::Url(url)] = args else {
        return Err(super::misused("getQuery", args));
    };
    let mut parameters: BTreeMap<String, Vec<Value<'v>>> = BTreeMap::new();
    for pair in url
        .query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.contains(';'))
    {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if let Some((name, value)) = unescaped(name).zip(unescaped(value)) {
            parameters.entry(name).or_default().push(Value::text(value));
        }
    }
    let mut entries = Entries::default();
    for (name, values) in parameters {
        entries.insert(Key::Text(Text::Owned(name.into())), Value::list(values));
    }
    Ok(Value::Map(Rc::new(entries)))
}

/// A part of a query as it is meant.
fn unescaped(text: &str) -> Option<String> {
    if !is_escaped(text) {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            other => other,
        });
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_apart() {
        let url = Url::parse("HTTPS://user@[::1]:8443/a%20b?x=1&x=2#y").expect("a URL");
        assert_eq!(url.scheme, "https");
        assert_eq!(url.host, "[::1]:8443");
        assert_eq!(url.host_and_port(), ("::1", "8443"));
        assert_eq!(url.path, "/a%20b");
        assert_eq!(url.query, "x=1&x=2");
        assert_eq!(Url::parse("/path").expect("a path").host, "");
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for text in [
            "",
            "a",
            "../a",
            "mailto:x",
            ":a",
            "http://a b/",
            "http://a:b/",
            "http://a/%zz",
            "http://[::1/",
        ] {
            assert!(Url::parse(text).is_none(), "{text}");
        }
    }
}
