//! `palisade reach FROM TO`: yes or no, and who says so.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::Context;
use palisade_engine::network::{Answer, Because, Decision, End, Network, Ports, Unclear, Verdict};
use palisade_engine::system::Evidence;
use serde::Serialize;

use super::Part;
use crate::cli::{Reach, ReachFormat};
use crate::console::Report;
use crate::failure::{Failure, Outcome};
use crate::verbs::Done;

/// The report, as `--format json` writes it.
#[derive(Serialize)]
struct Told {
    from: String,
    to: String,
    /// The port asked for; all of them without.
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<String>,
    reachable: bool,
    /// One for each pair of ends that policies treat alike.
    answers: Vec<ToldAnswer>,
    /// From outside: what leads there. Policies say who may come in, not whether there is a way.
    #[serde(skip_serializing_if = "Option::is_none")]
    ways_in: Option<Vec<Evidence>>,
}

#[derive(PartialEq, Serialize)]
struct ToldAnswer {
    from: String,
    to: String,
    reachable: bool,
    /// What gets through: `All Connections`, `No Connections`, `TCP 80,UDP 53`.
    connections: String,
    /// What the policies of the source say, those that decided first.
    egress: Vec<Says>,
    /// What the policies of the target say.
    ingress: Vec<Says>,
}

#[derive(PartialEq, Serialize)]
struct Says {
    allows: bool,
    ports: String,
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<Evidence>,
}

pub(super) fn run<'a>(parts: &[Part], from: &str, to: &str, args: &'a Reach) -> anyhow::Result<Done<'a>> {
    let (part, source, target) = ends(parts, from, to)?;
    let wanted = args.port.clone().unwrap_or(Ports::All);
    let mut answers: Vec<ToldAnswer> = Vec::new();
    for answer in part.network.between(&source, &target) {
        let told = tell(&part.network, &answer, &wanted);
        if !answers.contains(&told) {
            answers.push(told);
        }
    }
    if answers.is_empty() {
        let help = "at least one of FROM and TO must be something that the input holds";
        return Err(Failure::new("no network policy is asked about connections between others", help).into());
    }
    let told = Told {
        from: from.to_owned(),
        to: to.to_owned(),
        port: args.port.as_ref().map(Ports::to_string),
        reachable: answers.iter().any(|answer| answer.reachable),
        answers,
        ways_in: matches!(source, End::Outside(_)).then(|| part.network.ways_in(&target, &part.resources)),
    };
    let report = match args.format {
        ReachFormat::Text => text(&told),
        ReachFormat::Json => serde_json::to_string_pretty(&told).context("cannot write JSON")? + "\n",
        ReachFormat::Csv => return Err(Failure::new("`--format csv` is for --all", "take text or json").into()),
    };
    Ok(Done {
        report: Report::Plain(report),
        output: args.output.as_deref(),
        outcome: if told.reachable { Outcome::Fine } else { Outcome::Found },
    })
}

/// The system that holds both ends.
fn ends<'p>(parts: &'p [Part], from: &str, to: &str) -> Result<(&'p Part, End, End), Failure> {
    let mut found = Vec::new();
    let mut unclear: Option<Unclear> = None;
    for part in parts {
        let end = |text| part.network.end(text, &part.resources);
        match end(from).and_then(|source| Ok((source, end(to)?))) {
            Ok((source, target)) => found.push((part, source, target)),
            Err(why @ Unclear::Several { .. }) => unclear = Some(why),
            Err(why @ Unclear::Unknown(_)) => {
                unclear.get_or_insert(why);
            }
        }
    }
    let several = found.len() > 1;
    match (found.into_iter().next(), unclear) {
        (Some((part, _, _)), _) if several => Err(Failure::new(
            "several systems hold both ends",
            format!("name one: --system {}", part.root.name),
        )),
        (Some(found), _) => Ok(found),
        (None, unclear) => {
            let help = match &unclear {
                Some(Unclear::Unknown(text)) => like(parts, text),
                _ => "name an element by its id, such as Deployment/shop/web".to_owned(),
            };
            Err(Failure::new(
                unclear.map_or_else(String::new, |unclear| unclear.to_string()),
                help,
            ))
        }
    }
}

/// What somebody may have meant.
fn like(parts: &[Part], text: &str) -> String {
    let names: BTreeSet<&str> = parts.iter().flat_map(|part| part.network.names()).collect();
    if names.is_empty() {
        return "no pod is there: name a folder or file that holds workloads".to_owned();
    }
    format!(
        "the most like it: {}; outside is called internet, or by an address",
        palisade_report::most_like(names, text).join(", ")
    )
}

fn tell(network: &Network, answer: &Answer, wanted: &Ports) -> ToldAnswer {
    let ports = answer.ports.intersection(wanted);
    // Of a yes, who let these ports through; of a no, whoever was asked.
    let about = if ports.is_empty() { wanted } else { &ports };
    let says = |decision: &Option<Decision>, subject: &str| {
        let because = decision.iter().flat_map(|decision| &decision.because);
        let because = because.filter(|because| !because.ports.intersection(about).is_empty());
        because.map(|because| says(network, because, about, subject)).collect()
    };
    ToldAnswer {
        reachable: !ports.is_empty(),
        connections: ports.to_string(),
        egress: says(&answer.egress, &answer.from),
        ingress: says(&answer.ingress, &answer.to),
        from: answer.from.clone(),
        to: answer.to.clone(),
    }
}

fn says(network: &Network, because: &Because, about: &Ports, subject: &str) -> Says {
    let ports = because.ports.intersection(about);
    let told = Because {
        ports: ports.clone(),
        ..because.clone()
    };
    let evidence = network.evidence(&told);
    let reason = match (because.verdict, &evidence) {
        (_, Some(evidence)) => evidence.note.clone(),
        (Verdict::HostNetwork, None) => {
            format!("{subject} shares its node's network, where most network plugins apply no policy")
        }
        (Verdict::OwnNode, None) => {
            "both may run on one node, and a node and its pods always reach each other".to_owned()
        }
        (_, None) => format!("no policy decides about {ports} of {subject}"),
    };
    Says {
        allows: because.verdict.allows(),
        ports: ports.to_string(),
        reason,
        evidence,
    }
}

fn text(told: &Told) -> String {
    let mut text = String::new();
    for answer in &told.answers {
        let word = if answer.reachable { "yes" } else { "no" };
        let line = format!("{word}: {} → {} : {}", answer.from, answer.to, answer.connections);
        let _ = writeln!(text, "{}", palisade_report::clean(&line));
        for (direction, says) in [("egress", &answer.egress), ("ingress", &answer.ingress)] {
            for one in says {
                let place = one.evidence.as_ref().map(place).unwrap_or_default();
                let line = format!("{place}{}", one.reason);
                let _ = writeln!(text, "  {direction:7}  {}", palisade_report::clean(&line));
            }
        }
    }
    for way in told.ways_in.iter().flatten() {
        let line = format!("{}{}", place(way), way.note);
        let _ = writeln!(text, "way in: {}", palisade_report::clean(&line));
    }
    if told.ways_in.as_ref().is_some_and(Vec::is_empty) {
        text.push_str("way in: none is known: no Service, route or port of a node leads there from outside\n");
    }
    text
}

fn place(at: &Evidence) -> String {
    format!("{}:{}:{}: ", at.file, at.line, at.column)
}
