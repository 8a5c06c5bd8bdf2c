//! A small assessment made by hand, for tests.

use std::sync::Arc;

use palisade_engine::assessment::{
    AssetKind, AttackPath, ControlAssessment, ControlState, Finding, FindingPosition, Fix, HardeningAssessment,
    HardeningState, NotEvaluated, PathStep, ProjectAssessment, ProjectPart, Recognised, RecognisedBy, SystemAssessment,
    Threat, ThreatState,
};
use palisade_engine::system::{
    Basis, Boundary, BoundaryKind, Confidence, Dangling, Element, ElementId, ElementKind, Evidence, Flow, Isolation,
    Unknown,
};
use palisade_engine::{Assessment, System};
use palisade_inventory::{Coverage, Notice, Root, RootKind, Skipped, Tool};
use palisade_knowledge::{Layer, Severity, Stage, StoreKind, Stride};

/// One system: the internet calls a front end, which calls a cart with a cache; a worker with a token stands beside.
pub(crate) fn assessment() -> Assessment {
    Assessment {
        schema: 1,
        version: "0.1.0".to_owned(),
        coverage: coverage(),
        not_evaluated: vec![NotEvaluated {
            rule: "PAL-W009".to_owned(),
            element: "Deployment/shop/worker".into(),
            reason: "no such key: `mode`".to_owned(),
        }],
        systems: vec![system()],
    }
}

/// Two systems: the sample and the same under another root.
pub(crate) fn two_systems() -> Assessment {
    let mut assessment = assessment();
    let mut other = system();
    other.system.root = "shop/overlays/dev".into();
    other.system.root_kind = RootKind::Kustomization;
    other.findings.truncate(1);
    other.paths.clear();
    other.fixes.clear();
    assessment.systems.push(other);
    assessment
}

fn coverage() -> Coverage {
    Coverage {
        documents: 12,
        understood: 10,
        skipped: vec![
            Skipped {
                file: "shop/broken.yaml".to_owned(),
                line: 3,
                column: 7,
                code: "yaml-syntax".to_owned(),
                reason: "a mapping value is not allowed here".to_owned(),
                help: "quote the value".to_owned(),
            },
            Skipped {
                file: "shop/chart".to_owned(),
                line: 0,
                column: 0,
                code: "helm-not-rendered".to_owned(),
                reason: "the chart was not rendered".to_owned(),
                help: "install helm".to_owned(),
            },
        ],
        notices: vec![Notice {
            file: "shop/web.yaml".to_owned(),
            line: 4,
            column: 3,
            code: "duplicate-key".to_owned(),
            message: "`app` is written twice".to_owned(),
        }],
        opaque: [("Widget.example.com".to_owned(), 2)].into(),
        tools: vec![Tool {
            name: "kubectl".to_owned(),
            version: "v1.36.0".to_owned(),
        }],
    }
}

fn system() -> SystemAssessment {
    let mut system = System::new(&Root {
        name: "shop".into(),
        kind: RootKind::Given,
    });
    system.elements = elements();
    system.boundaries = vec![
        boundary("cluster", BoundaryKind::ClusterEdge, Some("outside")),
        boundary("namespace/shop", BoundaryKind::Namespace, Some("cluster")),
        boundary("outside", BoundaryKind::Outside, None),
    ];
    system.flows = flows();
    system.dangling = vec![Dangling {
        from: "Deployment/shop/web".into(),
        host: "assistant".to_owned(),
        port: Some(80),
        reason: "no Service has this name".to_owned(),
        evidence: vec![evidence(21, "names it")],
    }];
    system.unknowns = vec![Unknown {
        element: "Deployment/shop/worker".into(),
        code: "callers".to_owned(),
        question: "Who calls Deployment/shop/worker?".to_owned(),
        evidence: vec![evidence(50, "nothing names it")],
    }];
    SystemAssessment {
        system,
        findings: vec![
            finding(
                "PAL-W001",
                "The container is privileged",
                "Deployment/shop/worker",
                Severity::High,
                55,
            ),
            finding(
                "PAL-W014",
                "Memory has no limit",
                "Deployment/shop/cart",
                Severity::Low,
                12,
            ),
            finding(
                "PAL-W014",
                "Memory has no limit",
                "Deployment/shop/web",
                Severity::Low,
                6,
            ),
        ],
        threats: vec![
            threat(
                "TM-0000000001",
                Stride::ElevationOfPrivilege,
                "Deployment/shop/worker",
                ThreatState::Exposed,
            ),
            threat(
                "TM-0000000002",
                Stride::Spoofing,
                "Deployment/shop/cart",
                ThreatState::Unknown,
            ),
            threat(
                "TM-0000000003",
                Stride::Tampering,
                "Deployment/shop/web",
                ThreatState::Mitigated,
            ),
        ],
        assets: Vec::new(),
        projects: vec![project()],
        controls: vec![
            control("PAL-C001", ControlState::Partly, 2),
            control("PAL-C004", ControlState::NotInPlace, 0),
        ],
        paths: vec![path()],
        fixes: vec![Fix {
            rule: "PAL-S002".to_owned(),
            element: "Deployment/shop/worker".into(),
            action: "Drop `privileged: true`".to_owned(),
            closes: vec!["AP-0000000001".to_owned()],
            weakens: Vec::new(),
            evidence: vec![evidence(55, "privileged")],
        }],
        risk: None,
        risks: Vec::new(),
        plan: None,
        verdict: None,
        bounds_hit: Vec::new(),
    }
}

fn elements() -> Vec<Element> {
    let mut elements = vec![
        element("Deployment/shop/cart", ElementKind::Process, "namespace/shop", 9),
        element("Deployment/shop/redis", ElementKind::DataStore, "namespace/shop", 30),
        element("Deployment/shop/web", ElementKind::Process, "namespace/shop", 3),
        element("Deployment/shop/worker", ElementKind::Process, "namespace/shop", 50),
        element("External/internet", ElementKind::ExternalEntity, "outside", 1),
        element(
            "PersistentVolumeClaim/shop/redis-data",
            ElementKind::DataStore,
            "namespace/shop",
            40,
        ),
        element("Secret/shop/db", ElementKind::DataStore, "namespace/shop", 60),
        element("Secret/shop/unused", ElementKind::DataStore, "namespace/shop", 64),
        element(
            "ServiceAccount/shop/worker",
            ElementKind::Identity,
            "namespace/shop",
            70,
        ),
    ];
    for element in &mut elements {
        match element.id.as_str() {
            "Deployment/shop/redis" => {
                element.technology = Some("redis".to_owned());
                element.store = Some(StoreKind::Cache);
                element.images = vec!["redis:7".to_owned()];
            }
            "Deployment/shop/web" => {
                element.instances = 3;
                element.owner = Some("team-web".to_owned());
                element.images = vec!["example.com/web:1".to_owned()];
            }
            _ => {}
        }
    }
    elements
}

fn flows() -> Vec<Flow> {
    vec![
        flow(
            "Deployment/shop/cart",
            "Deployment/shop/redis",
            Basis::Declared,
            &[6379],
        ),
        flow(
            "Deployment/shop/redis",
            "PersistentVolumeClaim/shop/redis-data",
            Basis::Declared,
            &[],
        ),
        flow("Deployment/shop/web", "Deployment/shop/cart", Basis::Declared, &[7070]),
        flow(
            "Deployment/shop/worker",
            "Deployment/shop/redis",
            Basis::Allowed,
            &[6379],
        ),
        flow("Deployment/shop/worker", "Secret/shop/db", Basis::Declared, &[]),
        flow("External/internet", "Deployment/shop/web", Basis::Declared, &[8080]),
    ]
}

fn element(id: &str, kind: ElementKind, boundary: &str, line: u32) -> Element {
    let mut parts = id.split('/').skip(1);
    let namespace = parts.next().filter(|_| parts.next().is_some());
    Element {
        id: id.into(),
        kind,
        boundary: boundary.to_owned(),
        namespace: namespace.map(Arc::from),
        technology: None,
        store: None,
        owner: None,
        instances: 1,
        nodes: Vec::new(),
        images: Vec::new(),
        identity: None,
        isolation: Isolation::default(),
        evidence: vec![evidence(line, "defined here")],
        confidence: Confidence::High,
        templates: Vec::new(),
        resource: None,
    }
}

fn boundary(id: &str, kind: BoundaryKind, parent: Option<&str>) -> Boundary {
    Boundary {
        id: id.to_owned(),
        kind,
        parent: parent.map(str::to_owned),
    }
}

fn flow(from: &str, to: &str, basis: Basis, ports: &[u16]) -> Flow {
    Flow {
        from: from.into(),
        to: to.into(),
        basis,
        protocol: if ports.is_empty() { "mount" } else { "TCP" }.to_owned(),
        application: None,
        ports: ports.to_vec(),
        encrypted: None,
        crosses: Vec::new(),
        evidence: vec![evidence(20, "says that it calls")],
        confidence: Confidence::High,
    }
}

pub(crate) fn evidence(line: u32, note: &str) -> Evidence {
    Evidence {
        file: "shop/web.yaml".into(),
        line,
        column: 5,
        path: "spec".to_owned(),
        note: note.to_owned(),
    }
}

fn finding(rule: &str, title: &str, element: &str, severity: Severity, line: u32) -> Finding {
    Finding {
        id: format!("FD-00000000{line:02}"),
        rule: rule.to_owned(),
        title: title.to_owned(),
        element: element.into(),
        severity,
        container: Some("main".to_owned()),
        position: FindingPosition {
            file: "shop/web.yaml".to_owned(),
            line,
            column: 9,
        },
        path: "spec.template.spec.containers[0]".to_owned(),
        to: None,
        waiver: None,
        since: None,
    }
}

fn threat(id: &str, category: Stride, element: &str, state: ThreatState) -> Threat {
    Threat {
        decision: None,
        id: id.to_owned(),
        category,
        element: element.into(),
        to: None,
        state,
        severity: Severity::High,
        statement: "What can go wrong, and why it is so.".to_owned(),
        evidence: vec![evidence(55, "says so")],
        rules: vec!["PAL-W001".to_owned()],
        techniques: vec!["T1611".to_owned()],
        stage: Stage::Deploy,
        layer: Layer::Compute,
        source: None,
    }
}

fn project() -> ProjectAssessment {
    ProjectAssessment {
        id: "redis".to_owned(),
        name: "Redis".to_owned(),
        runs: true,
        recognised_by: vec![Recognised {
            by: RecognisedBy::Image,
            sign: "redis:7".to_owned(),
            evidence: evidence(40, "an image of it"),
        }],
        elements: vec![ProjectPart {
            part: "server".to_owned(),
            element: "Deployment/shop/worker".into(),
        }],
        privileges: Vec::new(),
        hardening: vec![HardeningAssessment {
            title: "It asks for a password".to_owned(),
            state: HardeningState::Fails,
            look_at: "its arguments".to_owned(),
            holds: 0,
            of: 1,
            evidence: Some(evidence(41, "")),
        }],
    }
}

fn control(id: &str, state: ControlState, holds: usize) -> ControlAssessment {
    ControlAssessment {
        id: id.to_owned(),
        state,
        holds,
        of: 3,
        evidence: (holds > 0).then(|| evidence(55, "")),
        gap: (holds < 3).then(|| evidence(21, "")),
        running: Vec::new(),
    }
}

fn path() -> AttackPath {
    AttackPath {
        id: "AP-0000000001".to_owned(),
        actor: "outsider".to_owned(),
        entry: ElementId::INTERNET.into(),
        asset: "Secret/shop/db".into(),
        asset_kind: AssetKind::Secret,
        also: vec!["Secret/shop/other".into()],
        through: None,
        steps: vec![
            step(
                "PAL-S001",
                "exploits a public application",
                ElementId::INTERNET,
                "Deployment/shop/worker",
            ),
            step(
                "PAL-S002",
                "reads a mounted secret",
                "Deployment/shop/worker",
                "Secret/shop/db",
            ),
        ],
        likelihood: 0.25,
        severity: Severity::High,
        alternatives: Vec::new(),
        waiver: None,
        since: None,
    }
}

fn step(step: &str, title: &str, from: &str, to: &str) -> PathStep {
    PathStep {
        step: step.to_owned(),
        title: title.to_owned(),
        from: from.into(),
        to: to.into(),
        techniques: vec!["T1190".to_owned()],
        why: "It is written so.".to_owned(),
        fix: "Write it otherwise.".to_owned(),
        evidence: vec![evidence(55, "says so")],
        likelihood: 0.5,
        choke_point: Some(step == "PAL-S001"),
    }
}
