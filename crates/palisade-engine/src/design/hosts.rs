//! What a host name or address is by its form alone.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What a host is by its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form<'a> {
    /// The pod itself, or no address at all.
    Local,
    /// An address.
    Address(IpAddr),
    /// One label: a Service of the same namespace.
    Short(&'a str),
    /// A name below `svc`: `[pod.]name.namespace.svc[.domain]`.
    Service {
        pod: Option<&'a str>,
        name: &'a str,
        namespace: &'a str,
        /// What stands behind `svc`: empty, or the cluster's domain.
        domain: &'a str,
    },
    /// Two labels or more of which none tells that it is inside.
    Dotted(&'a str),
    /// A pod's address as a name, and what else is inside but names no Service.
    OtherInside,
}

/// What a host is by its form. Lower case, without trailing dot.
pub(super) fn form(host: &str) -> Form<'_> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return if is_local(address) {
            Form::Local
        } else {
            Form::Address(address)
        };
    }
    if host == "localhost" || host.ends_with(".localhost") || !is_name(host) {
        return Form::Local;
    }
    let labels: Vec<&str> = host.split('.').collect();
    if labels.len() == 1 {
        return Form::Short(host);
    }
    // SRV records: `_client._tcp.etcd.default.svc`.
    let skipped = labels.iter().take_while(|label| label.starts_with('_')).count();
    let rest = labels.get(skipped..).unwrap_or_default();
    let svc = rest.iter().position(|label| *label == "svc");
    let domain = svc.and_then(|at| {
        let behind: usize = labels.iter().take(skipped + at + 1).map(|label| label.len() + 1).sum();
        host.get(behind..)
    });
    let domain = domain.unwrap_or_default();
    match svc.and_then(|at| rest.get(..at)) {
        Some([name, namespace]) => Form::Service {
            pod: None,
            name,
            namespace,
            domain,
        },
        Some([pod, name, namespace]) => Form::Service {
            pod: Some(pod),
            name,
            namespace,
            domain,
        },
        Some(_) if is_cluster_domain(domain) => Form::OtherInside,
        _ if host.ends_with(".cluster.local") => Form::OtherInside,
        _ => Form::Dotted(host),
    }
}

/// Whether names below this domain are the cluster's for certain: it can be set, these are the usual ones.
pub(super) fn is_cluster_domain(domain: &str) -> bool {
    domain.is_empty() || domain == "cluster.local" || domain == "clusterset.local" || domain == "cluster"
}

/// Whether a name of two labels or more is one of the public DNS, a company's, or could as well be a Service and its namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Domain {
    /// Its last label is one that outside names end in.
    Plausible,
    /// It is, but a namespace may well be called so: `redis.data`, `api.dev`.
    Ambiguous,
    /// It is none.
    None,
}

impl Domain {
    /// What the last label of a name tells.
    pub(super) fn of(host: &str) -> Self {
        /// Country codes that are in use.
        const COUNTRIES: &str = "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz \
                                 ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk \
                                 fm fo fr ga gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir \
                                 is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk \
                                 ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl \
                                 pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc \
                                 td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw";
        const GENERIC: &str =
            "arpa biz com corp edu example gov info int internal intranet lan local mil name net org test";
        /// Generic ones that are words a namespace may be called by.
        const WORDS: &str = "agency app blog bot cloud club community company data design dev digital email exchange finance games group \
                             health home host live media network online page pro run services shop site software solutions store \
                             systems tech world xyz";
        let Some((before, last)) = host.rsplit_once('.') else {
            return Self::None;
        };
        let is_one_of = |list: &str| list.split_whitespace().any(|known| known == last);
        if is_one_of(COUNTRIES) || is_one_of(GENERIC) || last.starts_with("xn--") {
            Self::Plausible
        } else if !is_one_of(WORDS) {
            Self::None
        } else if before.contains('.') {
            Self::Plausible
        } else {
            Self::Ambiguous
        }
    }
}

/// Loopback, and what stands for every address when listening.
fn is_local(address: IpAddr) -> bool {
    address.is_loopback()
        || address.is_multicast()
        || address == IpAddr::V4(Ipv4Addr::UNSPECIFIED)
        || address == IpAddr::V4(Ipv4Addr::BROADCAST)
        || address == IpAddr::V6(Ipv6Addr::UNSPECIFIED)
}

/// Whether it can be a host name: what still holds a placeholder can't.
fn is_name(host: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() < 64
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && !label.starts_with('-')
    };
    host.len() < 254 && host.split('.').all(label)
}

/// Whether only the inside of a network reaches this address.
pub(super) fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [a, b, ..] = address.octets();
            let shared = a == 100 && (64..128).contains(&b);
            address.is_private() || address.is_link_local() || address.is_loopback() || shared
        }
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local() || address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_all_their_lengths() {
        let service = |pod, name, namespace, domain| Form::Service {
            pod,
            name,
            namespace,
            domain,
        };
        let cases = [
            ("redis", Form::Short("redis")),
            ("redis.shop", Form::Dotted("redis.shop")),
            ("redis.shop.svc", service(None, "redis", "shop", "")),
            (
                "redis.shop.svc.cluster.local",
                service(None, "redis", "shop", "cluster.local"),
            ),
            (
                "redis.shop.svc.k8s.corp.example",
                service(None, "redis", "shop", "k8s.corp.example"),
            ),
            ("redis-0.redis.shop.svc", service(Some("redis-0"), "redis", "shop", "")),
            ("_client._tcp.etcd.shop.svc", service(None, "etcd", "shop", "")),
            ("10-0-0-7.shop.pod.cluster.local", Form::OtherInside),
            ("api.example.com", Form::Dotted("api.example.com")),
            ("svc.example.com", Form::Dotted("svc.example.com")),
            ("127.0.0.1", Form::Local),
            ("0.0.0.0", Form::Local),
            ("::1", Form::Local),
            ("localhost", Form::Local),
            ("${host}", Form::Local),
            ("$(host).example.com", Form::Local),
        ];
        for (host, expected) in cases {
            assert_eq!(form(host), expected, "{host}");
        }
    }

    #[test]
    fn the_last_label_tells_what_is_outside() {
        let cases = [
            ("application.yaml", Domain::None),
            ("app.jar", Domain::None),
            ("go1.21", Domain::None),
            ("redis.db", Domain::None),
            ("redis.data", Domain::Ambiguous),
            ("api.dev", Domain::Ambiguous),
            ("eu.pkg.dev", Domain::Plausible),
            ("api.example.com", Domain::Plausible),
            ("db.corp.internal", Domain::Plausible),
            ("a.co.uk", Domain::Plausible),
        ];
        for (host, domain) in cases {
            assert_eq!(Domain::of(host), domain, "{host}");
        }
    }
}
