//! Answers to the questions that claims ask, from one system, each with what it follows from.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;

use palisade_inventory::{FieldPath, Pattern, offer};
use palisade_knowledge::{Answer, Catalogue, Holding, Oracle, Word};

use super::Counterexample;
use crate::assessment::{ControlState, PathStep, SystemAssessment};
use crate::kube::api_resource;
use crate::network::{End, Ports, Protocol};
use crate::paths::{AttackGraph, BlastRadius, Gain};
use crate::rbac::{Authorizer, Decision, Identity, Request};
use crate::system::{Basis, Element, ElementId, ElementKind, Evidence, Flow};

/// A question with what it is asked with.
pub(super) type Asked = (String, Vec<Word>);

/// An answer and what it follows from.
#[derive(Clone, Debug)]
struct Told {
    answer: bool,
    /// In a sentence.
    says: String,
    steps: Vec<PathStep>,
    evidence: Vec<Evidence>,
}

/// One system, to be asked. What is costly to prepare is prepared when it is first asked for.
pub(super) struct Model<'a> {
    of: &'a SystemAssessment,
    catalogue: &'a Catalogue,
    authorizer: OnceCell<Authorizer>,
    graph: OnceCell<AttackGraph<'a>>,
    radii: RefCell<BTreeMap<String, Option<BlastRadius>>>,
    told: RefCell<BTreeMap<Asked, Result<Told, String>>>,
    /// What was asked and answered with yes or no, each once, in order.
    asked: RefCell<Vec<Asked>>,
    /// To be answered the other way round.
    otherwise: RefCell<Option<Asked>>,
    /// Something was asked about that this system does not have.
    has_missed: Cell<bool>,
}

impl Oracle for Model<'_> {
    fn answer(&self, question: &str, words: &[Word]) -> Result<Answer, String> {
        if let ("elements", [Word::Text(pattern)]) = (question, words) {
            let ids = self.matching(pattern)?;
            return Ok(Answer::Ids(
                ids.into_iter().map(|element| element.id.to_string()).collect(),
            ));
        }
        let asked = (question.to_owned(), words.to_vec());
        let told = self.told.borrow().get(&asked).cloned();
        let told = told.unwrap_or_else(|| {
            let told = self.ask(question, words);
            self.told.borrow_mut().insert(asked.clone(), told.clone());
            if told.is_ok() {
                self.asked.borrow_mut().push(asked.clone());
            }
            told
        })?;
        let is_otherwise = self.otherwise.borrow().as_ref() == Some(&asked);
        Ok(Answer::Is(told.answer != is_otherwise))
    }
}

impl<'a> Model<'a> {
    pub(super) fn new(of: &'a SystemAssessment, catalogue: &'a Catalogue) -> Self {
        Self {
            of,
            catalogue,
            authorizer: OnceCell::new(),
            graph: OnceCell::new(),
            radii: RefCell::default(),
            told: RefCell::default(),
            asked: RefCell::default(),
            otherwise: RefCell::default(),
            has_missed: Cell::new(false),
        }
    }

    /// Whether something was asked about that this system does not have.
    pub(super) fn missed_something(&self) -> bool {
        self.has_missed.get()
    }

    /// What was asked and answered with yes or no.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.borrow().clone()
    }

    /// From now on answers this the other way round.
    pub(super) fn answer_otherwise(&self, asked: Option<Asked>) {
        *self.otherwise.borrow_mut() = asked;
    }

    /// What an answer follows from.
    pub(super) fn explain(&self, asked: &Asked) -> Counterexample {
        let told = self.told.borrow().get(asked).cloned().and_then(Result::ok);
        let (says, steps, evidence) = told.map_or_else(Default::default, |told| (told.says, told.steps, told.evidence));
        Counterexample {
            system: self.of.system.root.to_string(),
            says,
            steps,
            evidence,
        }
    }

    fn ask(&self, question: &str, words: &[Word]) -> Result<Told, String> {
        use Word::{Number, Text};
        match (question, words) {
            ("reachable", [Text(from), Text(to)]) => self.reachable(from, to, None),
            ("reachable", [Text(from), Text(to), Number(port)]) => {
                let port = u16::try_from(*port).map_err(|_| format!("{port} is no port"))?;
                self.reachable(from, to, Some(port))
            }
            ("attackable", [Text(from), Text(to)]) => self.attackable(from, to),
            ("can", [Text(who), Text(verb), Text(resource)]) => self.can(who, verb, resource, ""),
            ("can", [Text(who), Text(verb), Text(resource), Text(namespace)]) => {
                self.can(who, verb, resource, namespace)
            }
            ("exposed", [Text(element)]) => self.exposed(element),
            ("flows", [Text(from), Text(to)]) => {
                let flows = self.flows(from, to)?;
                Ok(about_flows(!flows.is_empty(), &flows, from, to))
            }
            ("encrypted", [Text(from), Text(to)]) => self.encrypted(from, to),
            ("isolated", [Text(element)]) => self.isolated(element),
            ("found", [Text(rule), Text(elements)]) => self.found(rule, elements),
            ("in_place", [Text(control)]) => self.in_place(control),
            _ => Err(format!("`{question}` can't be asked so")),
        }
    }

    fn missing(&self, id: &str) -> String {
        self.has_missed.set(true);
        let ids = self.of.system.elements.iter().map(|element| element.id.as_str());
        let help = if id.contains('*') {
            String::new()
        } else {
            offer(id, ids)
        };
        let help = if help.is_empty() { help } else { format!("; {help}") };
        format!("nothing here is called `{id}`{help}")
    }

    fn element(&self, id: &str) -> Result<&'a Element, String> {
        self.of.system.element(id).ok_or_else(|| self.missing(id))
    }

    /// The elements of this name, with `*` for any text. None is no answer.
    fn matching(&self, pattern: &str) -> Result<Vec<&'a Element>, String> {
        let wanted = Pattern::new(pattern);
        let found: Vec<&Element> = self
            .of
            .system
            .elements
            .iter()
            .filter(|element| wanted.matches(element.id.as_str()))
            .collect();
        if found.is_empty() {
            Err(self.missing(pattern))
        } else {
            Ok(found)
        }
    }

    fn reachable(&self, from: &str, to: &str, port: Option<u16>) -> Result<Told, String> {
        let (network, resources) = (&self.of.system.network, &self.of.system.resources);
        let end = |id: &str| {
            network.end(id, resources).map_err(|unclear| {
                if self.of.system.element(id).is_some() {
                    return format!("no pods stand behind `{id}`: connections end at workloads");
                }
                self.has_missed.set(true);
                unclear.to_string()
            })
        };
        let (source, target) = (end(from)?, end(to)?);
        let wanted = port.map_or(Ports::All, |port| Ports::one(Protocol::Tcp, port));
        let answers = network.between(&source, &target);
        if answers.is_empty() {
            return Err("both ends are outside: no policy here is asked".to_owned());
        }
        let ways = matches!(source, End::Outside(_)).then(|| network.ways_in(&target, resources));
        let open = answers
            .iter()
            .find(|answer| !answer.ports.intersection(&wanted).is_empty());
        let is_reachable = open.is_some() && ways.as_ref().is_none_or(|ways| !ways.is_empty());
        let shown = open.or(answers.first());
        let decisions = shown
            .into_iter()
            .flat_map(|answer| [&answer.egress, &answer.ingress])
            .flatten();
        let because = decisions.flat_map(|decision| &decision.because);
        let about = because.filter(|because| !because.ports.intersection(&wanted).is_empty());
        let mut evidence: Vec<Evidence> = about.filter_map(|because| network.evidence(because)).collect();
        evidence.extend(ways.iter().flatten().cloned());
        let ports = open.map_or_else(String::new, |answer| {
            format!(" on {}", answer.ports.intersection(&wanted))
        });
        let says = match (is_reachable, open.is_some()) {
            (true, _) if evidence.is_empty() => format!("{from} reaches {to}{ports}: no policy decides about it"),
            (true, _) => format!("{from} reaches {to}{ports}"),
            (false, true) => format!("nothing leads from outside to {to}, though policies would let it in"),
            (false, false) => format!("{from} does not reach {to}"),
        };
        if evidence.is_empty() {
            evidence.extend(
                self.of
                    .system
                    .element(to)
                    .and_then(|element| element.evidence.first())
                    .cloned(),
            );
        }
        Ok(Told {
            answer: is_reachable,
            says,
            steps: Vec::new(),
            evidence,
        })
    }

    fn attackable(&self, from: &str, to: &str) -> Result<Told, String> {
        let graph = self
            .graph
            .get_or_init(|| AttackGraph::new(&self.of.system, self.catalogue));
        for id in [from, to] {
            if self.of.system.element(id).is_none() && !graph.holdable().any(|held| held == id) {
                return Err(self.missing(id));
            }
        }
        let mut radii = self.radii.borrow_mut();
        let radius = radii
            .entry(from.to_owned())
            .or_insert_with(|| graph.blast_radius(from))
            .as_ref();
        let gains = radius.map(|radius| radius.gains.as_slice()).unwrap_or_default();
        // To stop something, or to use its computing power, is not to come by it, and nothing follows from that.
        let is_held = |gain: &Gain| !matches!(gain.holding, Holding::Availability | Holding::Compute);
        // Each step begins with something that was gained before it, or with the first.
        let mut steps: Vec<PathStep> = Vec::new();
        let mut next = gains
            .iter()
            .position(|gain| gain.element.as_str() == to && is_held(gain));
        while let Some(index) = next
            && let Some(gain) = gains.get(index)
        {
            let earlier = gains.get(..index).unwrap_or_default();
            next = earlier
                .iter()
                .rposition(|before| before.element == gain.last.from && is_held(before) && before.steps < gain.steps);
            steps.push(gain.last.clone());
        }
        steps.reverse();
        let is_attackable = !steps.is_empty();
        let says = match (is_attackable, steps.len()) {
            (false, _) => format!("no attack step leads from {from} to {to}"),
            (true, 1) => format!("{from} leads to {to} in one attack step"),
            (true, several) => format!("{from} leads to {to} in {several} attack steps"),
        };
        let evidence = steps.iter().filter_map(|step| step.evidence.first()).cloned().collect();
        Ok(Told {
            answer: is_attackable,
            says,
            steps,
            evidence,
        })
    }

    fn can(&self, who: &str, verb: &str, resource: &str, namespace: &str) -> Result<Told, String> {
        let authorizer = self
            .authorizer
            .get_or_init(|| Authorizer::of_cluster(&self.of.system.resources));
        let identity = self.identity(who, authorizer)?;
        let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
        let (name, group) = match resource.split_once('.') {
            Some((name, group)) => (name, Some(group)),
            None => (resource, None),
        };
        let lower = name.to_lowercase();
        let known = api_resource(&lower, group);
        if known.is_none() && group.is_none() && name != "*" {
            return Err(format!(
                "`{name}` is no resource that is known here: write its group as well, `name.group`"
            ));
        }
        let request = Request {
            verb,
            group: group.or(known.map(|known| known.group)).unwrap_or_default(),
            resource: known.map_or(name, |known| known.plural),
            subresource,
            namespace,
            ..Request::default()
        };
        let decision = authorizer.decide(identity.user().as_deref(), &identity.groups(), &request);
        let evidence = match &decision {
            Decision::Allowed(granted) => granted.evidence(),
            _ => Vec::new(),
        };
        let place = if namespace.is_empty() {
            "in the whole cluster".to_owned()
        } else {
            format!("in {namespace}")
        };
        let word = if decision.is_allowed() { "may" } else { "may not" };
        let reason = decision.to_string();
        let reason = if reason.is_empty() {
            reason
        } else {
            format!(" ({reason})")
        };
        Ok(Told {
            answer: decision.is_allowed(),
            says: format!("{} {word} {verb} {resource} {place}{reason}", identity.element()),
            steps: Vec::new(),
            evidence,
        })
    }

    /// Somebody that is there: an identity that is defined or bound, or the one that a workload runs as.
    fn identity(&self, who: &str, authorizer: &Authorizer) -> Result<Identity, String> {
        let (kind, rest) = who.split_once('/').unwrap_or((who, ""));
        let identity = match (kind, rest.split_once('/')) {
            ("ServiceAccount", Some((namespace, name))) => Identity::service_account(namespace, name),
            ("User", _) => Identity::User(rest.into()),
            ("Group", _) => Identity::Group(rest.into()),
            _ => {
                let element = self.element(who)?;
                let account = element.identity.as_ref();
                return self.identity(
                    account.ok_or_else(|| format!("`{who}` runs as nobody"))?.as_str(),
                    authorizer,
                );
            }
        };
        let is_there = self.of.system.element(who).is_some()
            || authorizer.identities().contains(&identity)
            || rest.starts_with("system:")
            || self
                .of
                .system
                .elements
                .iter()
                .any(|element| element.identity.as_ref() == Some(&identity.element()));
        if is_there { Ok(identity) } else { Err(self.missing(who)) }
    }

    /// A workload that something outside calls, or a Service or route that is on the way of such a call.
    fn exposed(&self, id: &str) -> Result<Told, String> {
        let element = self.element(id)?;
        let document = element
            .resource
            .as_ref()
            .and_then(|id| self.of.system.resources.get(id));
        let is_on_the_way = |flow: &Flow| {
            let Some(resource) = document.filter(|_| element.kind == ElementKind::Route) else {
                return false;
            };
            flow.evidence.iter().any(|evidence| {
                let place = resource.content.locate(&FieldPath::parse(&evidence.path));
                evidence.file == resource.content_file && place.line + 1 == evidence.line
            })
        };
        let is_outside = |id: &ElementId| {
            let from = self.of.system.element(id.as_str());
            from.is_some_and(|from| from.kind == ElementKind::ExternalEntity)
        };
        let calls = self
            .of
            .system
            .flows
            .iter()
            .filter(|flow| flow.basis != Basis::Platform && is_outside(&flow.from));
        let call = calls
            .into_iter()
            .find(|flow| flow.to == element.id || is_on_the_way(flow));
        Ok(Told {
            answer: call.is_some(),
            says: match call {
                Some(flow) if flow.to == element.id => format!("{} calls {id}", flow.from),
                Some(flow) => format!("{} calls {} by {id}", flow.from, flow.to),
                None => format!("nothing outside calls {id}"),
            },
            steps: Vec::new(),
            evidence: call.map_or_else(|| element.evidence.clone(), |flow| flow.evidence.clone()),
        })
    }

    /// Calls from one to the other; both may hold `*`.
    fn flows(&self, from: &str, to: &str) -> Result<Vec<&'a Flow>, String> {
        self.matching(from)?;
        self.matching(to)?;
        let (from, to) = (Pattern::new(from), Pattern::new(to));
        let fits = |flow: &&Flow| from.matches(flow.from.as_str()) && to.matches(flow.to.as_str());
        let flows = self.of.system.flows.iter().filter(|flow| flow.basis != Basis::Platform);
        Ok(flows.filter(fits).collect())
    }

    fn encrypted(&self, from: &str, to: &str) -> Result<Told, String> {
        let mut flows = self.flows(from, to)?;
        flows.retain(|flow| !matches!(&*flow.protocol, "mount" | "env"));
        if flows.is_empty() {
            return Err(format!("there is no flow from {from} to {to}"));
        }
        let plain: Vec<&Flow> = flows
            .iter()
            .copied()
            .filter(|flow| flow.encrypted == Some(false))
            .collect();
        if !plain.is_empty() {
            let mut told = about_flows(false, &plain, from, to);
            told.says = format!("{}, in plain text", told.says);
            return Ok(told);
        }
        if let Some(silent) = flows.iter().find(|flow| flow.encrypted.is_none()) {
            return Err(format!(
                "nothing tells whether {} → {} is encrypted",
                silent.from, silent.to
            ));
        }
        let mut told = about_flows(true, &flows, from, to);
        told.says = format!("{}, encrypted", told.says);
        Ok(told)
    }

    fn isolated(&self, id: &str) -> Result<Told, String> {
        let element = self.element(id)?;
        if element.templates.is_empty() {
            return Err(format!("`{id}` runs no pods that could be isolated"));
        }
        let policies = &element.isolation.ingress;
        let word = if policies.is_empty() {
            "no policy isolates"
        } else {
            "policies isolate"
        };
        let places = policies
            .iter()
            .filter_map(|policy| self.of.system.element(policy.as_str())?.evidence.first());
        let mut evidence: Vec<Evidence> = places.cloned().collect();
        if evidence.is_empty() {
            evidence.extend(element.evidence.first().cloned());
        }
        Ok(Told {
            answer: !policies.is_empty(),
            says: format!("{word} all pods of {id}"),
            steps: Vec::new(),
            evidence,
        })
    }

    fn found(&self, rule: &str, elements: &str) -> Result<Told, String> {
        if !self.catalogue.weaknesses.contains_key(rule) {
            return Err(format!("there is no weakness `{rule}`"));
        }
        self.matching(elements)?;
        let wanted = Pattern::new(elements);
        let findings = self.of.findings.iter().filter(|finding| finding.rule == rule);
        let mut counted = findings.filter(|finding| {
            let is_borne = finding.waiver.as_ref().is_some_and(|waiver| !waiver.has_ended);
            !is_borne && wanted.matches(finding.element.as_str())
        });
        let found = counted.next();
        let place = |finding: &crate::assessment::Finding| Evidence {
            file: finding.position.file.as_str().into(),
            line: finding.position.line,
            column: finding.position.column,
            path: finding.path.clone(),
            note: finding.title.clone(),
        };
        Ok(Told {
            answer: found.is_some(),
            says: match (found, counted.count()) {
                (None, _) => format!("{rule} is found nowhere in {elements}"),
                (Some(first), 0) => format!("{rule} ({}) is found in {}", first.title, first.element),
                (Some(first), more) => {
                    format!("{rule} ({}) is found in {} and {more} more", first.title, first.element)
                }
            },
            steps: Vec::new(),
            evidence: found.map(place).into_iter().collect(),
        })
    }

    fn in_place(&self, control: &str) -> Result<Told, String> {
        let seen = self.of.controls.iter().find(|known| known.id == control);
        let seen = seen.ok_or_else(|| format!("there is no control `{control}`"))?;
        if seen.state == ControlState::NotEvaluated {
            return Err(format!("nothing that was read could show {control}"));
        }
        let is_in_place = seen.state == ControlState::InPlace;
        let place = if is_in_place { &seen.evidence } else { &seen.gap };
        Ok(Told {
            answer: is_in_place,
            says: format!("{control} is in place on {} of {}", seen.holds, seen.of),
            steps: Vec::new(),
            evidence: place.iter().cloned().collect(),
        })
    }
}

fn about_flows(answer: bool, flows: &[&Flow], from: &str, to: &str) -> Told {
    let says = match flows {
        [] => format!("there is no flow from {from} to {to}"),
        [one] => format!("{} → {}", one.from, one.to),
        [first, rest @ ..] => format!("{} → {} and {} more", first.from, first.to, rest.len()),
    };
    Told {
        answer,
        says,
        steps: Vec::new(),
        evidence: flows.iter().filter_map(|flow| flow.evidence.first()).cloned().collect(),
    }
}
