//! What the name of a variable, flag or setting says about its value.

/// What a name says about its value, as far as addresses go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hint {
    /// Nothing: only what is unmistakably an address counts.
    Nothing,
    /// The value may be an address or just a word (`BACKEND`, `TARGET`): a bare word is a candidate, no more.
    Perhaps,
    /// The value is an address: a bare word is a host.
    Address,
    /// The value is no address even if it looks like one (an image reference, a version).
    Never,
}

/// A name taken apart: lower-case words, split at punctuation and where capitals begin (`keyIDName` → `key`, `id`, `name`).
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut previous = ' ';
    let mut following = name.chars().skip(1);
    for c in name.chars() {
        let next = following.next();
        let ends_capitals =
            previous.is_ascii_uppercase() && next.is_some_and(|next| next.is_ascii_lowercase() && next != 's');
        let begins = c.is_ascii_uppercase() && (is_small(previous) || ends_capitals);
        if (!c.is_ascii_alphanumeric() || begins) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_ascii_alphanumeric() {
            word.push(c.to_ascii_lowercase());
        }
        previous = c;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn is_small(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

/// What `name` says, and what remains of it without the word that says so: `DB_HOST` → `db`, to be joined with `DB_PORT`.
pub(super) fn hint(name: &str) -> (Hint, String) {
    let mut words = words(name);
    if words.iter().any(|word| {
        matches!(
            word.as_str(),
            "image" | "images" | "version" | "tag" | "checksum" | "digest"
        )
    }) {
        return (Hint::Never, String::new());
    }
    // Where the program itself listens, or what it calls itself.
    let is_own = words.iter().any(|word| {
        matches!(
            word.as_str(),
            "listen"
                | "listener"
                | "listeners"
                | "bind"
                | "advertise"
                | "advertised"
                | "self"
                | "own"
                | "pod"
                | "local"
        )
    });
    while words
        .last()
        .is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit()))
    {
        words.pop();
    }
    if words.last().is_some_and(|last| last == "port") && words.iter().rev().nth(1).is_some_and(|word| word == "host") {
        words.pop();
    }
    let hint = match words.last().map(String::as_str) {
        _ if is_own => Hint::Nothing,
        Some(
            "host" | "hosts" | "hostname" | "hostnames" | "hostport" | "addr" | "addrs" | "address" | "addresses"
            | "url" | "urls" | "uri" | "uris" | "endpoint" | "endpoints" | "server" | "servers" | "brokers" | "dsn",
        ) => Hint::Address,
        Some(
            "service" | "services" | "svc" | "upstream" | "upstreams" | "backend" | "backends" | "target" | "targets"
            | "peer" | "peers" | "remote" | "broker" | "proxy" | "master" | "leader" | "connect" | "bootstrap",
        ) => Hint::Perhaps,
        _ => Hint::Nothing,
    };
    if hint != Hint::Nothing {
        words.pop();
    }
    (hint, words.join("_"))
}

/// For the name of a port, what remains without that word: `DB_PORT` → `db`.
pub(super) fn port_stem(name: &str) -> Option<String> {
    let mut words = words(name);
    (words.pop()? == "port").then(|| words.join("_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        assert_eq!(words("redisHost"), ["redis", "host"]);
        assert_eq!(words("--upstream-URL"), ["upstream", "url"]);
        assert_eq!(words("SPRING_DATASOURCE_URL"), ["spring", "datasource", "url"]);
    }

    #[test]
    fn names_say_what_stands_below_them() {
        assert_eq!(hint("CART_SERVICE_ADDR"), (Hint::Address, "cart_service".into()));
        assert_eq!(hint("DB_HOST"), (Hint::Address, "db".into()));
        assert_eq!(hint("CACHE_BACKEND"), (Hint::Perhaps, "cache".into()));
        assert_eq!(hint("LISTEN_ADDR").0, Hint::Nothing);
        assert_eq!(hint("IMAGE_HOST").0, Hint::Never);
        assert_eq!(hint("LOG_LEVEL").0, Hint::Nothing);
        assert_eq!(port_stem("DB_PORT"), Some("db".into()));
        assert_eq!(port_stem("DB_HOST"), None);
    }
}
