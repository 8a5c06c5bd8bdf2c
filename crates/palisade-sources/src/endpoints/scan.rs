//! Goes through a text and collects its addresses.

use palisade_inventory::{Endpoint, Position};

use super::host::{self, HostPort};
use super::names::{self, Hint};
use super::{Ports, Source, service_variables, url};

/// Addresses in the value of a variable or argument called `name`; `ports` are those that stand beside it.
pub(crate) fn find(source: Source<'_>, name: &str, ports: &Ports) -> Vec<Endpoint> {
    let (hint, stem) = match names::hint(name) {
        // The program's own host, most of the time.
        (_, stem) if stem.is_empty() && matches!(name, "HOST" | "HOSTNAME") => (Hint::Nothing, stem),
        hinted => hinted,
    };
    if source.text.contains('\n') && hint == Hint::Nothing {
        return find_in_file(source);
    }
    let mut found = Found::default();
    let first = source.text.lines().next().unwrap_or_default();
    found.line(source.text, source.position(0, first), hint, &stem);
    found.finish(ports)
}

/// Addresses in a configuration file or script.
pub(super) fn find_in_file(source: Source<'_>) -> Vec<Endpoint> {
    let mut found = Found::default();
    let mut ports = Ports::default();
    for (number, line) in source.text.lines().enumerate() {
        let position = source.position(u32::try_from(number).unwrap_or(u32::MAX), line);
        let line = without_comment(line);
        if line.is_empty() {
            continue;
        }
        match setting(line) {
            Some((key, value)) => {
                ports.note(key, value);
                let (hint, stem) = names::hint(key);
                found.line(value, position, hint, &stem);
            }
            None => found.line(line, position, Hint::Nothing, ""),
        }
    }
    found.finish(&ports)
}

#[derive(Default)]
struct Found {
    /// Each with the stem that a port beside it would have.
    endpoints: Vec<(Endpoint, String)>,
    ports: Ports,
}

impl Found {
    fn finish(self, outer_ports: &Ports) -> Vec<Endpoint> {
        let mut endpoints: Vec<Endpoint> = Vec::new();
        for (mut endpoint, stem) in self.endpoints {
            self.ports.complete(&mut endpoint, &stem);
            outer_ports.complete(&mut endpoint, &stem);
            if !endpoints.iter().any(|known| known.same_address(&endpoint)) {
                endpoints.push(endpoint);
            }
        }
        endpoints
    }

    fn line(&mut self, text: &str, position: Position, hint: Hint, stem: &str) {
        if hint == Hint::Never {
            return;
        }
        for host in service_variables::hosts(text) {
            self.push(None, host, None, position, true, stem);
        }
        let urls = url::find(text);
        let mut from = 0;
        for url in &urls {
            self.words(
                text.get(from..url.range.start).unwrap_or_default(),
                position,
                hint,
                stem,
            );
            from = url.range.end;
            if is_network_scheme(&url.scheme) {
                for HostPort { host, port } in &url.hosts {
                    let endpoint = Endpoint {
                        scheme: Some(url.scheme.clone()),
                        host: host.clone(),
                        port: *port,
                        position,
                        named_as_address: !is_name_only(host),
                    };
                    if !is_name_only(host) {
                        self.endpoints.push((endpoint, stem.to_owned()));
                    }
                }
            }
        }
        self.words(text.get(from..).unwrap_or_default(), position, hint, stem);
    }

    /// Text without URLs: `host:port` words, `key=value` pairs, bare hosts where `hint` allows them.
    fn words(&mut self, text: &str, position: Position, hint: Hint, stem: &str) {
        let mut previous_flag: Option<(Hint, String)> = None;
        let bare_hint = if is_host_list(text) { hint } else { Hint::Nothing };
        // `nc -z db 5432`: host and port are words of their own.
        let mut is_probe = false;
        let mut probed: Option<Box<str>> = None;
        for word in text.split(is_delimiter).filter(|word| !word.is_empty()) {
            if let Some(inner) = between(word, "@tcp(", ")") {
                if let Some(HostPort { host, port }) = host::parse(inner) {
                    self.push(Some("mysql"), host, port, position, true, stem);
                }
                continue;
            }
            let (word_hint, word_stem, value) = match word.split_once('=') {
                Some((key, value)) => {
                    let key = key.rsplit(';').next().unwrap_or(key);
                    // Java's way to set a property.
                    let key = key.trim_start_matches("-D");
                    self.ports.note(key, value);
                    let (hint, stem) = names::hint(key);
                    (hint, stem, value)
                }
                None => match previous_flag.take() {
                    Some((flag_hint, flag_stem)) if !word.starts_with('-') => (flag_hint, flag_stem, word),
                    _ => (bare_hint, stem.to_owned(), word),
                },
            };
            if word.starts_with('-') && !word.contains('=') {
                // `-h` names the host in the clients of most data stores.
                let hinted = if word == "-h" {
                    (Hint::Perhaps, String::new())
                } else {
                    names::hint(word)
                };
                previous_flag = Some(hinted);
                continue;
            }
            if let (Some(host), Some(port)) = (probed.take(), host::parse_port(word.trim_end_matches(';'))) {
                self.push(None, host, Some(port), position, false, "");
                continue;
            }
            probed = is_probe.then(|| bare_host(word)).flatten();
            is_probe = (is_probe && probed.is_none()) || matches!(word, "nc" | "ncat" | "telnet");
            for part in value.split([',', ';']).filter(|part| !part.is_empty()) {
                self.word(part, position, word_hint, &word_stem);
            }
        }
    }

    fn word(&mut self, word: &str, position: Position, hint: Hint, stem: &str) {
        if hint == Hint::Never || word.starts_with(['/', '.', '-', '~']) {
            return;
        }
        let word = word.trim_start_matches("tcp:");
        let authority = word.split_once('/').map_or(word, |(authority, _)| authority);
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let Some(HostPort { host, port }) = host::parse(authority) else {
            return;
        };
        let has_path = authority.len() < word.len();
        let is_single = !host.contains('.');
        let is_candidate = match hint {
            // `redis:7` is an image more likely than a service at port 7.
            Hint::Nothing | Hint::Never => {
                is_cluster_name(&host)
                    || port.is_some_and(|port| port > 20 || !is_single)
                        && !word.bytes().any(|byte| byte.is_ascii_uppercase())
            }
            Hint::Perhaps | Hint::Address => {
                port.is_some() || !(host::is_plain_word(&host) || host::is_file_name(&host) || is_version(&host))
            }
        };
        if !is_candidate || (has_path && port.is_none() && hint != Hint::Address) {
            return;
        }
        let is_named = match hint {
            Hint::Address => true,
            Hint::Perhaps => port.is_some() || !is_single,
            Hint::Nothing | Hint::Never => false,
        };
        self.push(None, host, port, position, is_named, stem);
    }

    fn push(
        &mut self,
        scheme: Option<&str>,
        host: Box<str>,
        port: Option<u16>,
        position: Position,
        named_as_address: bool,
        stem: &str,
    ) {
        let endpoint = Endpoint {
            scheme: scheme.map(Into::into),
            host,
            port,
            position,
            named_as_address,
        };
        self.endpoints.push((endpoint, stem.to_owned()));
    }
}

/// `key: value` or `key = value` of a configuration file, quotes stripped.
fn setting(line: &str) -> Option<(&str, &str)> {
    let line = line.trim().trim_start_matches("- ").trim_start_matches("export ");
    let end = line.find([':', '='])?;
    let (key, value) = line.split_at(end);
    // `http://…` and `host:port` are no settings.
    let is_assignment =
        value.starts_with('=') || value.starts_with(": ") || value.starts_with(":\t") || value.starts_with(":\"");
    let key = key.trim().trim_matches(['"', '\'']);
    let is_key = !key.is_empty()
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    if !is_assignment || !is_key {
        return None;
    }
    let value = value
        .get(1..)?
        .trim()
        .trim_end_matches([',', ';'])
        .trim_matches(['"', '\'']);
    Some((key, value))
}

/// A line without its comment.
fn without_comment(line: &str) -> &str {
    let line = line.trim();
    if line.starts_with(['#', ';']) || line.starts_with("//") {
        return "";
    }
    line.find(" #")
        .and_then(|comment| line.get(..comment))
        .unwrap_or(line)
        .trim_end()
}

/// A DNS name that only a cluster's own DNS answers.
fn is_cluster_name(host: &str) -> bool {
    host.split('.').skip(1).any(|label| label == "svc")
}

/// A lower-case word that could be a host.
fn bare_host(word: &str) -> Option<Box<str>> {
    let is_lower = !word.bytes().any(|byte| byte.is_ascii_uppercase());
    let HostPort { host, port } = host::parse(word).filter(|_| is_lower)?;
    port.is_none().then_some(host).filter(|host| !host::is_plain_word(host))
}

/// One host, or several separated by commas: no sentence.
fn is_host_list(text: &str) -> bool {
    text.split(',').all(|part| !part.trim().contains(char::is_whitespace))
}

fn is_delimiter(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | '|' | '&')
}

fn between<'t>(text: &'t str, open: &str, close: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(open)?;
    rest.split_once(close).map(|(inner, _)| inner)
}

fn is_version(text: &str) -> bool {
    let text = text.strip_prefix('v').unwrap_or(text);
    text.starts_with(|c: char| c.is_ascii_digit()) && text.contains('.') && text.parse::<std::net::Ipv4Addr>().is_err()
}

/// Names of documents and namespaces that are written as web addresses, and that nobody calls.
fn is_name_only(host: &str) -> bool {
    matches!(
        host,
        "www.w3.org" | "json-schema.org" | "www.apache.org" | "apache.org" | "maven.apache.org" | "xmlns.com"
    )
}

/// Not the scheme of a file, a bucket, an identity or a store inside the process.
fn is_network_scheme(scheme: &str) -> bool {
    !matches!(
        scheme,
        "file"
            | "unix"
            | "unixgram"
            | "npipe"
            | "data"
            | "about"
            | "classpath"
            | "jar"
            | "s3"
            | "s3a"
            | "s3n"
            | "gs"
            | "gcs"
            | "az"
            | "azblob"
            | "abfs"
            | "abfss"
            | "wasb"
            | "wasbs"
            | "hf"
            | "spiffe"
            | "sqlite"
            | "sqlite3"
            | "h2"
            | "mem"
            | "memory"
            | "inmemory"
            | "pvc"
            | "oci"
            | "docker"
            | "docker-daemon"
            | "ssm"
            | "awskms"
            | "gcpkms"
            | "hashivault"
            | "azurekms"
            | "k8s"
            | "arn"
            | "urn"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(endpoints: &[Endpoint]) -> Vec<String> {
        let show = |endpoint: &Endpoint| {
            let scheme = endpoint.scheme.as_deref().unwrap_or("-");
            let named = if endpoint.named_as_address { " named" } else { "" };
            format!("{scheme} {}:{}{named}", endpoint.host, endpoint.port.unwrap_or(0))
        };
        endpoints.iter().map(show).collect()
    }

    fn source(text: &str) -> Source<'_> {
        Source {
            text,
            position: Position::new(4, 2),
            block: None,
        }
    }

    fn value(name: &str, text: &str) -> Vec<String> {
        show(&find(source(text), name, &Ports::default()))
    }

    #[test]
    fn values_of_named_variables() {
        assert_eq!(value("REDIS_ADDR", "redis-cart:6379"), ["- redis-cart:6379 named"]);
        assert_eq!(value("DB_HOST", "db.prod"), ["- db.prod:0 named"]);
        assert_eq!(
            value("KAFKA_BOOTSTRAP_SERVERS", "kafka-0.kafka:9092, kafka-1.kafka:9092"),
            ["- kafka-0.kafka:9092 named", "- kafka-1.kafka:9092 named"]
        );
        assert_eq!(value("API_URL", "backend/api"), ["- backend:0 named"]);
        assert_eq!(value("CACHE_BACKEND", "redis"), ["- redis:0"]);
        assert_eq!(value("DSN", "user:pw@tcp(mysql:3306)/db"), ["mysql mysql:3306 named"]);
        assert_eq!(value("DSN", "host=db port=5432 user=x password=y"), ["- db:5432 named"]);
        assert_eq!(
            value("ANYTHING", "http://orders.shop:8080/x"),
            ["http orders.shop:8080 named"]
        );
        assert_eq!(value("ANYTHING", "orders:8080"), ["- orders:8080"]);
        assert_eq!(
            value("JAVA_OPTS", "-Xmx1g -Ddb.host=db -Ddb.port=5432"),
            ["- db:5432 named"]
        );
    }

    #[test]
    fn what_is_no_address() {
        for (name, text) in [
            ("START", "12:30"),
            ("TEST_IMAGE", "redis:6379"),
            ("X", "redis:7"),
            ("LOG_LEVEL", "info"),
            ("CONFIG", "/etc/app/config.yaml"),
            ("JAVA_OPTS", "-Xmx512m -XX:+UseG1GC"),
            ("VERSION", "v1.2.3"),
            ("LISTEN_ADDR", "0.0.0.0:8080"),
            ("DB_HOST", "localhost"),
            ("HOST", "anything"),
            ("HEALTH_URL", "/healthz"),
            ("X_URL", "file:///etc/x"),
            ("X", "$(POD_IP):80"),
            ("GREETING_URL", "this is a sentence"),
            ("DATA_DIR", "s3://bucket/x"),
        ] {
            assert_eq!(value(name, text), Vec::<String>::new(), "{name}={text}");
        }
    }

    #[test]
    fn ports_beside() {
        let mut ports = Ports::default();
        ports.note("DB_PORT", "5432");
        assert_eq!(show(&find(source("db"), "DB_HOST", &ports)), ["- db:5432 named"]);
        assert_eq!(
            show(&find(source("http://db"), "DB_URL", &ports)),
            ["http db:5432 named"]
        );
    }

    #[test]
    fn files() {
        let text = "# see https://docs.example.org\nredis:\n  host: redis.cache\n  port: 6379\nupstream: \"orders:8080\"\n\
                    proxy_pass http://web:80/; # http://old\nspring.rabbitmq.host=rabbit\nspring.rabbitmq.port=5672\n";
        let found = find_in_file(Source {
            block: Some(Position::new(5, 4)),
            ..source(text)
        });
        assert_eq!(
            show(&found),
            [
                "- redis.cache:6379 named",
                "- orders:8080 named",
                "http web:80 named",
                "- rabbit:5672 named"
            ]
        );
        assert_eq!(found[0].position, Position::new(7, 6));
    }

    #[test]
    fn scripts() {
        let text = "until nc -z db 5432; do sleep 1; done; curl -fsS http://orders:8080/ping --resolve-host web:80";
        assert_eq!(
            value("", text),
            ["- db:5432", "http orders:8080 named", "- web:80 named"]
        );
        assert_eq!(value("", "redis-cli -h cache ping"), ["- cache:0"]);
        assert_eq!(
            value("", "nslookup db.shop.svc.cluster.local"),
            ["- db.shop.svc.cluster.local:0"]
        );
    }
}
