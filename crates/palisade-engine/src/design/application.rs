//! What is spoken over a flow, and whether it is encrypted, as far as schemes and ports tell.

/// What a URL scheme, a port's `appProtocol` or the name of a port tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Spoken {
    /// As a URL scheme: `http`, `grpc`, `postgres`.
    pub(super) application: Option<String>,
    /// Whether it is encrypted.
    pub(super) encrypted: Option<bool>,
}

/// Schemes and the names that ports are given: alias, application, encrypted, usual port.
///
/// Where the same scheme is used with and without TLS, nothing is said about it.
const KNOWN: [(&str, &str, Option<bool>, u16); 52] = [
    ("amqp", "amqp", Some(false), 5672),
    ("amqps", "amqp", Some(true), 5671),
    ("bolt", "bolt", None, 7687),
    ("bolt+s", "bolt", Some(true), 7687),
    ("cassandra", "cassandra", None, 9042),
    ("clickhouse", "clickhouse", None, 9000),
    ("elasticsearch", "http", None, 9200),
    ("etcd", "etcd", None, 2379),
    ("ftp", "ftp", Some(false), 21),
    ("grpc", "grpc", None, 0),
    ("grpc-web", "grpc-web", None, 0),
    ("grpcs", "grpc", Some(true), 443),
    ("h2c", "http", Some(false), 80),
    ("http", "http", Some(false), 80),
    ("http2", "http", None, 80),
    ("https", "https", Some(true), 443),
    ("imap", "imap", None, 143),
    ("imaps", "imap", Some(true), 993),
    ("kafka", "kafka", None, 9092),
    ("ldap", "ldap", Some(false), 389),
    ("ldaps", "ldap", Some(true), 636),
    ("mariadb", "mysql", None, 3306),
    ("memcache", "memcached", Some(false), 11211),
    ("memcached", "memcached", Some(false), 11211),
    ("mongo", "mongodb", None, 27017),
    ("mongodb", "mongodb", None, 27017),
    ("mongodb+srv", "mongodb", Some(true), 27017),
    ("mqtt", "mqtt", Some(false), 1883),
    ("mqtts", "mqtt", Some(true), 8883),
    ("mssql", "mssql", None, 1433),
    ("mysql", "mysql", None, 3306),
    ("nats", "nats", None, 4222),
    ("nfs", "nfs", None, 2049),
    ("pgsql", "postgres", None, 5432),
    ("postgres", "postgres", None, 5432),
    ("postgresql", "postgres", None, 5432),
    ("pulsar", "pulsar", Some(false), 6650),
    ("pulsar+ssl", "pulsar", Some(true), 6651),
    ("redis", "redis", Some(false), 6379),
    ("rediss", "redis", Some(true), 6379),
    ("s3", "https", None, 443),
    ("sftp", "sftp", Some(true), 22),
    ("smtp", "smtp", None, 25),
    ("smtps", "smtp", Some(true), 465),
    ("sqlserver", "mssql", None, 1433),
    ("ssh", "ssh", Some(true), 22),
    ("ssl", "tls", Some(true), 0),
    ("tls", "tls", Some(true), 0),
    ("ws", "ws", Some(false), 80),
    ("wss", "ws", Some(true), 443),
    ("zipkin", "http", None, 9411),
    ("zookeeper", "zookeeper", None, 2181),
];

fn known(alias: &str) -> Option<(&'static str, Option<bool>, u16)> {
    let index = KNOWN.binary_search_by(|(known, ..)| (*known).cmp(alias)).ok()?;
    KNOWN
        .get(index)
        .map(|(_, application, encrypted, port)| (*application, *encrypted, *port))
}

/// What a URL scheme tells. `jdbc:` and dialect suffixes do not count: `postgresql+asyncpg` is postgres.
pub(super) fn of_scheme(scheme: &str) -> Spoken {
    let plain = scheme.strip_prefix("jdbc:").unwrap_or(scheme);
    let found = known(plain).or_else(|| known(plain.split_once('+')?.0));
    match found {
        Some((application, encrypted, _)) => Spoken {
            application: Some(application.to_owned()),
            encrypted,
        },
        // `tcp://` names no application, `unix://` no network.
        None if matches!(plain, "tcp" | "udp" | "dns" | "lb") => Spoken::default(),
        None => Spoken {
            application: Some(plain.to_owned()),
            encrypted: None,
        },
    }
}

/// The port that a scheme means when none is written.
pub(super) fn port_of_scheme(scheme: &str) -> Option<u16> {
    let (_, _, port) = known(scheme).or_else(|| known(scheme.split_once('+')?.0))?;
    (port > 0).then_some(port)
}

/// What `appProtocol` or the name of a port tells: names begin with the protocol, as service meshes read them.
pub(super) fn of_port_name(name: &str) -> Spoken {
    let name = name.rsplit_once('/').map_or(name, |(_, name)| name);
    let first = name.split('-').next().unwrap_or(name);
    let found = known(name).or_else(|| known(first));
    found.map_or_else(Spoken::default, |(application, encrypted, _)| Spoken {
        application: Some(application.to_owned()),
        encrypted,
    })
}

/// What a well-known port tells.
pub(super) fn of_port(port: u16) -> Spoken {
    match port {
        80 => of_scheme("http"),
        443 => of_scheme("https"),
        _ => Spoken::default(),
    }
}

impl Spoken {
    /// What this tells, and where it does not, what the other tells.
    #[must_use]
    pub(super) fn or(self, other: Spoken) -> Spoken {
        if self.application.is_some() { self } else { other }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(KNOWN.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn schemes_and_port_names_tell_what_is_spoken() {
        let spoken = |application: &str, encrypted| Spoken {
            application: Some(application.into()),
            encrypted,
        };
        assert_eq!(of_scheme("https"), spoken("https", Some(true)));
        assert_eq!(of_scheme("rediss"), spoken("redis", Some(true)));
        assert_eq!(of_scheme("postgresql+asyncpg"), spoken("postgres", None));
        assert_eq!(of_scheme("tcp"), Spoken::default());
        assert_eq!(of_port_name("grpc-web"), spoken("grpc-web", None));
        assert_eq!(of_port_name("http-metrics"), spoken("http", Some(false)));
        assert_eq!(of_port_name("kubernetes.io/h2c"), spoken("http", Some(false)));
        assert_eq!(of_port_name("management"), Spoken::default());
        assert_eq!(port_of_scheme("amqp"), Some(5672));
    }
}
