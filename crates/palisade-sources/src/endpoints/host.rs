//! Hosts and ports: what is one, in which form it is compared, and what is left out.

use std::net::{Ipv4Addr, Ipv6Addr};

/// A host and a port where one is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HostPort {
    pub(super) host: Box<str>,
    pub(super) port: Option<u16>,
}

/// Reads `host`, `host:port` or `[v6]:port`; nothing for what can't be the address of another machine.
pub(super) fn parse(text: &str) -> Option<HostPort> {
    let (host, port) = if let Some(rest) = text.strip_prefix('[') {
        let (host, after) = rest.split_once(']')?;
        host.parse::<Ipv6Addr>().ok()?;
        (
            host,
            after.strip_prefix(':').or_else(|| after.is_empty().then_some(""))?,
        )
    } else {
        match text.split_once(':') {
            Some((_, port)) if port.contains(':') => return None,
            Some((host, port)) if !port.is_empty() => (host, port),
            Some(_) => return None,
            None => (text, ""),
        }
    };
    let port = match port {
        "" => None,
        digits => Some(parse_port(digits)?),
    };
    Some(HostPort {
        host: normalise(host)?,
        port,
    })
}

/// A port number; 0 is none.
pub(super) fn parse_port(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|&port: &u16| digits && port > 0)
}

/// A host in the form it is compared in, unless it is no host, or this very machine.
fn normalise(host: &str) -> Option<Box<str>> {
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return (!address.is_loopback() && !address.is_unspecified()).then(|| host.into());
    }
    if let Ok(address) = host.parse::<Ipv6Addr>() {
        return (!address.is_loopback() && !address.is_unspecified()).then(|| host.into());
    }
    let is_name = host.len() <= 253 && host.split('.').all(is_label);
    let has_letter = host.bytes().any(|byte| byte.is_ascii_alphabetic());
    let is_here = host == "localhost" || host.ends_with(".localhost");
    (is_name && has_letter && !is_here).then(|| host.into())
}

fn is_label(label: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=63).contains(&label.len()) && label.bytes().all(is_inner) && !label.starts_with('-') && !label.ends_with('-')
}

/// Words that stand where a host could, and are none.
pub(super) fn is_plain_word(text: &str) -> bool {
    matches!(
        text,
        "true"
            | "false"
            | "yes"
            | "no"
            | "on"
            | "off"
            | "none"
            | "null"
            | "nil"
            | "default"
            | "auto"
            | "enabled"
            | "disabled"
            | "all"
            | "any"
            | "self"
            | "undefined"
            | "unknown"
            | "http"
            | "https"
            | "tcp"
            | "udp"
            | "memory"
            | "dev"
            | "development"
            | "test"
            | "prod"
            | "production"
            | "staging"
            | "debug"
            | "info"
            | "warn"
            | "error"
    )
}

/// A file name rather than a host name.
pub(super) fn is_file_name(text: &str) -> bool {
    const ENDINGS: [&str; 22] = [
        ".yaml",
        ".yml",
        ".json",
        ".conf",
        ".cfg",
        ".ini",
        ".toml",
        ".xml",
        ".properties",
        ".txt",
        ".log",
        ".sock",
        ".socket",
        ".pem",
        ".crt",
        ".key",
        ".jks",
        ".sh",
        ".py",
        ".js",
        ".jar",
        ".lua",
    ];
    ENDINGS.iter().any(|ending| text.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        parse(text).map(|HostPort { host, port }| format!("{host} {}", port.unwrap_or(0)))
    }

    #[test]
    fn hosts_and_ports() {
        assert_eq!(
            shown("Redis.default.svc.:6379").as_deref(),
            Some("redis.default.svc 6379")
        );
        assert_eq!(shown("10.0.0.7:53").as_deref(), Some("10.0.0.7 53"));
        assert_eq!(shown("[fd00::1]:443").as_deref(), Some("fd00::1 443"));
        assert_eq!(shown("db").as_deref(), Some("db 0"));
    }

    #[test]
    fn what_is_no_address_of_another_machine() {
        for text in [
            "",
            ":80",
            "12:30",
            "10:20:30",
            "localhost:80",
            "127.0.0.1:80",
            "0.0.0.0:80",
            "[::1]:80",
            "a:b",
            "redis:",
            "redis:99999",
            "redis:+1",
            "/var/run:80",
            "$(HOST):80",
            "${HOST}",
            "a_b:80",
            "-x:80",
            "8080",
            "1.2.3:80",
        ] {
            assert_eq!(shown(text), None, "{text}");
        }
    }
}
