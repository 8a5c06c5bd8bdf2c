//! From a host name or address, as a pod of some namespace would resolve it, to what answers there.

use std::collections::BTreeSet;

use crate::design::cluster::Cluster;
use crate::design::hosts::{self, Form};
use crate::design::services::Service;
use crate::system::Evidence;

/// What answers at an address.
#[derive(Debug)]
pub(super) enum Target<'s, 'a> {
    /// A Service of this system.
    Inside(Inside<'s, 'a>),
    /// The API server.
    ApiServer,
    /// Something that is not part of this system.
    Outside(String),
    /// Nothing, though it is an address inside: why.
    Missing(String),
    /// A name of two labels or more that may be anything.
    Doubtful {
        /// Why nothing answers, if it is an address inside.
        reason: String,
        /// Names outside end so as well.
        may_be_outside: bool,
    },
    /// It is the pod itself, a public name of this system, or no address at all.
    Nothing,
}

/// A Service and the workloads behind it that an address means.
#[derive(Debug)]
pub(super) struct Inside<'s, 'a> {
    pub(super) service: &'s Service<'a>,
    pub(super) backends: Vec<usize>,
    /// The aliases and Services on the way.
    pub(super) way: Vec<Evidence>,
    /// The address means pods, not the Service's own address: the port is theirs.
    pub(super) direct: bool,
}

/// Resolves addresses.
pub(super) struct Addresses<'s, 'a> {
    cluster: &'s Cluster<'a>,
    /// Hosts under which routes of this system are reached from outside.
    public: BTreeSet<String>,
}

impl<'s, 'a> Addresses<'s, 'a> {
    pub(super) fn of(cluster: &'s Cluster<'a>, public: BTreeSet<String>) -> Self {
        Self { cluster, public }
    }

    /// What answers at `host` for a pod of `namespace`.
    pub(super) fn resolve(&self, host: &str, namespace: &str) -> Target<'s, 'a> {
        /// An alias of an alias of an alias …
        const LONGEST_CHAIN: usize = 8;
        let (mut host, mut namespace) = (host, namespace);
        let mut way = Vec::new();
        for _ in 0..LONGEST_CHAIN {
            match self.resolve_once(host, namespace) {
                Target::Inside(mut inside) => {
                    let Some(alias) = inside.service.external_name() else {
                        way.append(&mut inside.way);
                        return Target::Inside(Inside { way, ..inside });
                    };
                    way.push(inside.service.evidence());
                    (host, namespace) = (alias, inside.service.namespace());
                }
                Target::Outside(host) => return Target::Outside(host),
                other => return other,
            }
        }
        Target::Missing(format!("the aliases of `{host}` lead in a circle"))
    }

    fn resolve_once(&self, host: &str, namespace: &str) -> Target<'s, 'a> {
        match hosts::form(host) {
            Form::Local => Target::Nothing,
            Form::Address(address) => match self.cluster.services.at_address(address) {
                Some(service) => inside(service, None),
                None => Target::Outside(address.to_string()),
            },
            Form::Short(name) => self
                .service(None, name, namespace)
                .unwrap_or_else(|| Target::Missing(format!("no Service `{name}` in namespace `{namespace}`"))),
            Form::Service {
                pod, name, namespace, ..
            } => self
                .service(pod, name, namespace)
                .unwrap_or_else(|| self.missing(name, namespace)),
            Form::OtherInside if host.contains(".pod.") => Target::Nothing,
            Form::OtherInside => Target::Missing(format!("`{host}` names no Service")),
            Form::Dotted(host) => self.resolve_dotted(host, namespace),
        }
    }

    /// A name of two labels or more, tried in the order of a pod's search domains.
    fn resolve_dotted(&self, host: &str, namespace: &str) -> Target<'s, 'a> {
        let labels: Vec<&str> = host.split('.').collect();
        let found = match labels.as_slice() {
            [first, second] => {
                let pod = self.pod(first, second, namespace);
                pod.or_else(|| self.service(None, first, second))
            }
            [pod, name, namespace] => self.pod(pod, name, namespace),
            _ => None,
        };
        if let Some(found) = found {
            return found;
        }
        if let [name, namespace] = labels.as_slice()
            && self.cluster.namespaces.has(namespace)
        {
            return self.missing(name, namespace);
        }
        if self.public.contains(host) {
            return Target::Nothing;
        }
        let domain = hosts::Domain::of(host);
        match labels.as_slice() {
            [pod, name] if is_pod_of(pod, name) => {
                Target::Missing(format!("no Service `{name}` in namespace `{namespace}`"))
            }
            _ if domain == hosts::Domain::Plausible => Target::Outside(host.to_owned()),
            [name, namespace] | [_, name, namespace] => Target::Doubtful {
                reason: format!("no Service `{name}` in a namespace `{namespace}`"),
                may_be_outside: domain == hosts::Domain::Ambiguous,
            },
            _ => Target::Outside(host.to_owned()),
        }
    }

    /// The pod of this name behind a Service, if there is one that answers so.
    fn pod(&self, pod: &str, name: &str, namespace: &str) -> Option<Target<'s, 'a>> {
        let service = self.cluster.services.get(namespace, name)?;
        let answers = |index: &usize| {
            let workload = self.cluster.workloads.get(*index);
            workload.is_some_and(|workload| workload.answers_as(pod))
        };
        let pods: Vec<usize> = service.backends.iter().copied().filter(answers).collect();
        (!pods.is_empty()).then(|| inside(service, Some(pods)))
    }

    /// What a Service's name means; where no pod is known by the name before it, whatever is behind the Service.
    fn service(&self, pod: Option<&str>, name: &str, namespace: &str) -> Option<Target<'s, 'a>> {
        if name == "kubernetes" && namespace == "default" {
            return Some(Target::ApiServer);
        }
        let one = pod.and_then(|pod| self.pod(pod, name, namespace));
        one.or_else(|| Some(inside(self.cluster.services.get(namespace, name)?, None)))
    }

    fn missing(&self, name: &str, namespace: &str) -> Target<'s, 'a> {
        Target::Missing(if self.cluster.namespaces.has(namespace) {
            format!("no Service `{name}` in namespace `{namespace}`")
        } else {
            format!("no Service `{name}`: nothing of namespace `{namespace}` is here")
        })
    }
}

/// Whether a name is that of a numbered pod of a StatefulSet behind a Service of the same name: `es-0.es`.
fn is_pod_of(pod: &str, service: &str) -> bool {
    let ordinal = pod.strip_prefix(service).and_then(|rest| rest.strip_prefix('-'));
    ordinal.is_some_and(|ordinal| !ordinal.is_empty() && ordinal.bytes().all(|byte| byte.is_ascii_digit()))
}

fn inside<'s, 'a>(service: &'s Service<'a>, pods: Option<Vec<usize>>) -> Target<'s, 'a> {
    Target::Inside(Inside {
        service,
        direct: pods.is_some() || service.is_headless(),
        backends: pods.unwrap_or_else(|| service.backends.clone()),
        way: vec![service.evidence()],
    })
}
