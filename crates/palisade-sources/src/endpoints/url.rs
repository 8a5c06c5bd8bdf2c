//! URLs inside a text: where each begins and ends, and the hosts of its authority.

use std::ops::Range;

use super::host::{self, HostPort};

/// A URL found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Url {
    /// Lower-case scheme, without prefixes such as `jdbc:`.
    pub(super) scheme: Box<str>,
    /// The hosts it names: some schemes take several.
    pub(super) hosts: Vec<HostPort>,
    /// The bytes that user information takes, with its `@`.
    pub(crate) user_info: Option<Range<usize>>,
    /// The user information holds a password.
    pub(crate) has_password: bool,
    /// The bytes it takes, scheme to the end of path and query.
    pub(crate) range: Range<usize>,
}

/// All URLs of a text in order.
pub(crate) fn find(text: &str) -> Vec<Url> {
    let mut urls = Vec::new();
    let mut from = 0;
    while let Some(found) = memchr::memchr(b':', text.as_bytes().get(from..).unwrap_or_default()) {
        let separator = from + found;
        if !text.get(separator..).is_some_and(|rest| rest.starts_with("://")) {
            from = separator + 1;
            continue;
        }
        from = separator + 3;
        if let Some(url) = at(text, separator, urls.last().map_or(0, |url: &Url| url.range.end)) {
            from = url.range.end.max(from);
            urls.push(url);
        }
    }
    urls
}

fn at(text: &str, separator: usize, not_before: usize) -> Option<Url> {
    let before = text.get(not_before..separator)?;
    let scheme_length = before
        .bytes()
        .rev()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
        .count();
    let start = separator - scheme_length;
    let scheme = text
        .get(start..separator)?
        .trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    if scheme.is_empty() {
        return None;
    }
    let authority_start = separator + 3;
    let rest = text.get(authority_start..)?;
    let token = rest.get(..end_of_token(rest))?;
    let scheme = scheme.to_ascii_lowercase();
    let authority_length = token.find(['/', '?', '#']).unwrap_or(token.len());
    // In a web address an `@` may stand in the path; in others only a password can hold the characters before it.
    let is_web = matches!(scheme.as_str(), "http" | "https" | "ws" | "wss");
    let at_sign = if is_web {
        token.get(..authority_length)?.rfind('@')
    } else {
        token.get(..token.find('?').unwrap_or(token.len()))?.rfind('@')
    };
    let hosts_start = at_sign.map_or(0, |at| at + 1);
    let hosts_text = token.get(hosts_start..)?;
    let hosts_text = hosts_text.get(..hosts_text.find(['/', '?', '#']).unwrap_or(hosts_text.len()))?;
    let is_cut_short = at_sign.is_none()
        && token
            .get(authority_length..)
            .is_some_and(|rest| rest.starts_with(['#', '?']) && rest.contains('@'));
    let hosts = if is_cut_short {
        Vec::new()
    } else {
        hosts_text
            .split([',', ';'])
            .filter_map(|part| host::parse(part.trim_start_matches("tcp:")))
            .collect()
    };
    let user_info = at_sign.map(|at| authority_start..authority_start + at + 1);
    let has_password = user_info
        .clone()
        .and_then(|range| text.get(range))
        .and_then(|user_info| user_info.strip_suffix('@')?.split_once(':'))
        .is_some_and(|(_, password)| is_literal(password));
    Some(Url {
        scheme: scheme.into(),
        hosts,
        user_info,
        has_password,
        range: start..authority_start + token.len(),
    })
}

/// Where the URL ends: at white space, a quote or a bracket that can't be part of it, or where the next URL begins.
fn end_of_token(rest: &str) -> usize {
    let mut end = rest
        .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | '|' | '\\' | '}' | ')'))
        .unwrap_or(rest.len());
    // `${VAR}` and `$(VAR)` inside: then the closing bracket belongs to it.
    while rest
        .get(..end)
        .is_some_and(|token| token.rfind(['{', '(']).is_some_and(|open| is_open(token, open)))
    {
        let next = rest.get(end + 1..).map_or(rest.len(), |after| {
            let length = after
                .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | '|' | '\\' | '}' | ')'))
                .unwrap_or(after.len());
            end + 1 + length
        });
        if next <= end || end >= rest.len() {
            break;
        }
        end = next.min(rest.len());
    }
    let token = rest.get(..end).unwrap_or_default();
    if let Some(next) = token.find("://") {
        // `http://a,http://b`: the second scheme ends the first URL.
        return token
            .get(..next)
            .and_then(|before| before.rfind([',', ';', ' ']))
            .unwrap_or(end);
    }
    end
}

fn is_open(token: &str, open: usize) -> bool {
    token.get(open..).is_some_and(|rest| !rest.contains(['}', ')']))
        && token.get(..open).is_some_and(|before| before.ends_with('$'))
}

/// Something is written there, and not merely a reference to it.
pub(crate) fn is_literal(text: &str) -> bool {
    let is_reference =
        (text.starts_with('$') && !text.starts_with("$2")) || text.starts_with("{{") || text.starts_with('%');
    let is_placeholder =
        (text.starts_with('<') && text.ends_with('>')) || text.chars().all(|c| matches!(c, '*' | 'x' | 'X' | '.'));
    !text.is_empty() && !is_reference && !is_placeholder
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let show = |url: Url| {
            let hosts = url
                .hosts
                .iter()
                .map(|host| format!("{}:{}", host.host, host.port.unwrap_or(0)));
            format!("{} {}", url.scheme, hosts.collect::<Vec<_>>().join(","))
        };
        find(text).into_iter().map(show).collect()
    }

    #[test]
    fn one_url() {
        assert_eq!(shown("https://API.example.com/v1?x=y@z"), ["https api.example.com:0"]);
        assert_eq!(shown("jdbc:postgresql://db:5432/shop"), ["postgresql db:5432"]);
        assert_eq!(shown("amqp://user:p@ss@rabbit:5672/vhost"), ["amqp rabbit:5672"]);
        assert_eq!(shown("postgres://u:12#3/4@db:5432/x"), ["postgres db:5432"]);
        assert_eq!(shown("http://u:12#3@db:5432/x"), ["http "]);
        assert_eq!(shown("http://[fd00::1]:80/"), ["http fd00::1:80"]);
        assert_eq!(shown("jdbc:sqlserver://db:1433;databaseName=x"), ["sqlserver db:1433"]);
    }

    #[test]
    fn several_hosts_and_several_urls() {
        assert_eq!(shown("mongodb://a:1,b:2/db"), ["mongodb a:1,b:2"]);
        assert_eq!(shown("http://a:1,http://b:2"), ["http a:1", "http b:2"]);
        assert_eq!(shown("curl 'http://a/x' && curl http://b"), ["http a:0", "http b:0"]);
    }

    #[test]
    fn references_are_no_hosts() {
        assert_eq!(shown("http://$(HOST):80/x"), ["http "]);
        assert_eq!(shown("http://${HOST}.ns:80/x http://b"), ["http ", "http b:0"]);
    }

    #[test]
    fn passwords() {
        let has_password = |text| find(text).iter().any(|url| url.has_password);
        assert!(has_password("redis://:pw@redis"));
        assert!(!has_password("redis://user@redis"));
        assert!(!has_password("redis://user:$(PASSWORD)@redis"));
    }
}
