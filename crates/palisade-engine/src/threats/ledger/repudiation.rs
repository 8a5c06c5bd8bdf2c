//! What is known about who can deny what they did. A record needs two things: that it is kept where its subject can't
//! change it, and that the name in it belongs to one alone.

use std::collections::{BTreeMap, BTreeSet};

use super::Ledger;
use super::process::place;
use super::records::Audit;
use super::standing::Standing;
use crate::system::{Basis, Element, ElementId, Evidence, Flow};

/// Programs that stand at the edge and write a line for each request.
const EDGE: [&str; 9] = [
    "contour",
    "envoy",
    "haproxy",
    "haproxy-ingress",
    "ingress-nginx",
    "istiod",
    "kong",
    "nginx",
    "traefik",
];

/// How many of those who share an account are named.
const NAMED: usize = 3;

impl Ledger<'_> {
    /// Whether a process can deny what it did, or what was done to it.
    pub(super) fn process_record(&self, element: &Element) -> Standing {
        let account = element.identity.as_ref();
        if let Some((account, shared)) = account.and_then(|id| Some((id, self.accounts.shared(id)?)))
            && shared.workloads.contains(&element.id)
        {
            let others = shared.workloads.iter().filter(|id| **id != element.id);
            let others = named(others);
            return Standing::exposed(
                format!("what it asks of the API server can't be told from what {others} asks: both run as {account}"),
                shared.evidence.clone(),
            );
        }
        match self.recorded(element) {
            Some(standing) => standing,
            None => Standing::unknown(
                "a collector that carries logs off the node, or the access log of a mesh, would settle it",
                place(element),
            ),
        }
    }

    /// Whether those who call the API server can deny what they asked for.
    pub(super) fn api_server_record(&self, element: &Element) -> Standing {
        match &self.records.audit {
            Audit::On(evidence) => {
                Standing::mitigated("it keeps an audit log of what is asked of it", evidence.clone())
            }
            Audit::Off(evidence) => Standing::exposed("it keeps no audit log", evidence.clone()),
            Audit::Written(evidence) => Standing::unknown(
                "an audit policy is written, but nothing shows that it is followed",
                evidence.clone(),
            ),
            Audit::Unseen => Standing::unknown("nothing here says whether it keeps an audit log", place(element)),
        }
    }

    /// Whether somebody outside can deny what they asked for.
    pub(super) fn external_record(&self, element: &Element, said: Vec<Evidence>) -> Standing {
        let is_internet = element.id.as_str() == ElementId::INTERNET;
        if is_internet && !self.accounts.anonymous.is_empty() {
            return Standing::exposed(
                "requests without a login are granted rights, and the audit log knows them only as system:anonymous",
                self.accounts.anonymous.clone(),
            );
        }
        let asked: Vec<&Element> = self
            .flows
            .keys()
            .filter(|(from, _)| **from == element.id)
            .filter_map(|(_, to)| self.system.element(to.as_str()))
            .collect();
        let logs: Option<Vec<Evidence>> = asked.iter().map(|asked| self.request_log(asked)).collect();
        match logs {
            Some(logs) if !logs.is_empty() => Standing::mitigated("whatever it asks is logged where it arrives", logs),
            _ if asked.is_empty() => {
                Standing::unknown("what it did with what it was sent, only its own records tell", said)
            }
            _ => Standing::unknown("nothing here says whether what it asks for is recorded", said),
        }
    }

    /// Whether what came over these flows, which leave or enter the cluster, can be denied.
    pub(super) fn flow_record(&self, flows: &[&Flow], said: Vec<Evidence>) -> Standing {
        let ends = flows.iter().flat_map(|flow| [&flow.from, &flow.to]);
        let log = ends
            .filter_map(|id| self.system.element(id.as_str()))
            .find_map(|element| self.request_log(element));
        match log {
            Some(log) => Standing::mitigated("each request is logged on our side", vec![log]),
            None => Standing::unknown("nothing here says whether requests are logged, and for whom", said),
        }
    }

    /// Whether those who use a database can deny it.
    pub(super) fn database_record(&self, element: &Element) -> Standing {
        if let Some((secret, clients, evidence)) = self.one_login_for_many(element) {
            return Standing::exposed(
                format!("{clients} log in with one password, {secret}: it can't tell them apart"),
                evidence,
            );
        }
        let question = match self.records.collected() {
            Some(_) => {
                "its log is carried off the node; whether it writes who read and changed what, its settings tell"
            }
            None => "nothing here says whether it records who read and wrote what",
        };
        Standing::unknown(question, place(element))
    }

    /// Whether those who change an object of the API can deny it. `resource`: its plural, where the API server keeps it.
    pub(super) fn object_record(&mut self, element: &Element, resource: Option<&str>) -> Standing {
        let Some(resource) = resource else {
            return Standing::unknown(
                "who reads and writes its files, only the storage system could record",
                place(element),
            );
        };
        if let Some(standing) = self.changed_under_a_shared_name(element, resource) {
            return standing;
        }
        match (&self.records.audit, self.records.left_out(resource)) {
            (Audit::Off(evidence), _) => Standing::exposed(
                "the API server keeps no audit log of who read and changed it",
                evidence.clone(),
            ),
            (Audit::On(_) | Audit::Written(_), Some(evidence)) => {
                Standing::exposed("the audit policy leaves out changes of such objects", vec![evidence])
            }
            (Audit::On(evidence), None) => {
                Standing::mitigated("the API server's audit log tells who changed it", evidence.clone())
            }
            (Audit::Written(evidence), None) => Standing::unknown(
                "an audit policy is written, but nothing shows that the API server follows it",
                evidence.clone(),
            ),
            (Audit::Unseen, _) => Standing::unknown(
                "only the API server's audit log tells who read and wrote it, and nothing here says that it keeps one",
                place(element),
            ),
        }
    }

    /// Where the requests that reach an element are logged, and the log leaves the node.
    fn request_log(&self, element: &Element) -> Option<Evidence> {
        let by_mesh = self.records.access_logged(self.system, element);
        by_mesh.or_else(|| {
            let is_edge = element.technology.as_deref().is_some_and(|id| EDGE.contains(&id));
            self.records.collected().filter(|_| is_edge)
        })
    }

    fn recorded(&self, element: &Element) -> Option<Standing> {
        if let Some(evidence) = self.records.access_logged(self.system, element) {
            let because = "the mesh logs each of its requests, with who sent it";
            return Some(Standing::mitigated(because, vec![evidence]));
        }
        let evidence = self.records.collected()?;
        let because = "what it writes out is carried off the node as it is written";
        Some(Standing::mitigated(because, vec![evidence]))
    }

    /// A Secret that a database itself reads, as its password, and that several of its clients read.
    fn one_login_for_many(&self, element: &Element) -> Option<(ElementId, String, Vec<Evidence>)> {
        let reads = |reader: &ElementId| -> BTreeMap<&ElementId, &Flow> {
            let of_reader = self
                .flows
                .iter()
                .filter(|((from, to), _)| **from == *reader && to.as_str().starts_with("Secret/"));
            of_reader
                .filter_map(|((_, to), flows)| Some((*to, *flows.first()?)))
                .collect()
        };
        let own = reads(&element.id);
        if own.is_empty() {
            return None;
        }
        let is_client = |flows: &Vec<&Flow>| flows.iter().any(|flow| flow.basis <= Basis::Declared);
        let clients: BTreeSet<&ElementId> = self
            .flows
            .iter()
            .filter(|((_, to), flows)| **to == element.id && is_client(flows))
            .map(|((from, _), _)| *from)
            .collect();
        own.keys().find_map(|secret| {
            let readers: Vec<(&ElementId, &Flow)> = clients
                .iter()
                .filter_map(|client| Some((*client, *reads(client).get(secret)?)))
                .collect();
            let evidence = readers
                .iter()
                .filter_map(|(_, flow)| flow.evidence.first().cloned())
                .collect();
            let names = named(readers.iter().map(|(client, _)| *client));
            (readers.len() > 1).then(|| ((*secret).clone(), names, evidence))
        })
    }

    fn changed_under_a_shared_name(&mut self, element: &Element, resource: &str) -> Option<Standing> {
        let permissions: Vec<_> = ["update", "patch", "delete"]
            .iter()
            .filter_map(|verb| format!("{verb} {resource}").parse().ok())
            .collect();
        let name = element.id.as_str().rsplit('/').next().unwrap_or_default();
        let namespace = element.namespace.as_deref().unwrap_or_default();
        let holders = self.holders.of(&permissions, namespace, name);
        let holder = holders
            .into_iter()
            .find(|holder| self.accounts.shared(&holder.identity).is_some())?;
        let shared = self.accounts.shared(&holder.identity)?;
        Some(Standing::exposed(
            format!(
                "{} may change it, and {} act under that name",
                holder.identity,
                named(shared.workloads.iter())
            ),
            holder.evidence,
        ))
    }
}

/// `a, b and 3 more`.
fn named<'i>(ids: impl Iterator<Item = &'i ElementId>) -> String {
    let ids: Vec<&ElementId> = ids.collect();
    let mut names: Vec<String> = ids.iter().take(NAMED).map(ToString::to_string).collect();
    if ids.len() > NAMED {
        names.push(format!("{} more", ids.len() - NAMED));
    }
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}
