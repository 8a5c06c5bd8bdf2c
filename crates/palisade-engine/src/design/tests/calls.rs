//! Who says that it calls whom.

use super::*;

#[test]
fn a_name_resolves_in_all_its_lengths() {
    for host in [
        "db:5432",
        "db.default:5432",
        "db.default.svc:5432",
        "db.default.svc.cluster.local:5432",
        "db.default.svc.cluster.local.:5432",
        "db.default.svc.k8s.example.org:5432",
    ] {
        let manifests = app("db", Some(5432), "") + &app("web", None, &env("DB_ADDR", host));
        assert_eq!(
            declared(&manifests),
            ["Deployment/web → Deployment/db TCP 5432"],
            "{host}"
        );
    }
}

#[test]
fn a_short_name_is_one_of_the_own_namespace() {
    let elsewhere = in_namespace("data", "db", Some(5432), "");
    let short = elsewhere.clone() + &app("web", None, &env("DB_ADDR", "db:5432"));
    assert_eq!(declared(&short), Vec::<String>::new());
    assert_eq!(dangling(&short), ["Deployment/web → db:5432"]);
    let long = elsewhere + &app("web", None, &env("DB_ADDR", "db.data:5432"));
    assert_eq!(declared(&long), ["Deployment/web → Deployment/data/db TCP 5432"]);
}

#[test]
fn the_port_is_that_of_the_container() {
    let service = |ports: &str, container: &str| {
        app("api", None, container)
            + &format!(
                "---\n{{apiVersion: v1, kind: Service, metadata: {{name: api}}, spec: {{selector: {{app: api}}, ports: [{ports}]}}}}\n"
            )
    };
    let web = app("web", None, &env("API_URL", "http://api/v1"));
    let named = service(
        "{port: 80, targetPort: web}",
        "ports: [{name: web, containerPort: 8080}]",
    );
    assert_eq!(declared(&(named + &web)), ["Deployment/web → Deployment/api TCP 8080"]);
    let numbered = service(
        "{port: 9000, targetPort: 9001, name: a}, {port: 80, targetPort: 8081, name: b}",
        "",
    );
    assert_eq!(
        declared(&(numbered + &web)),
        ["Deployment/web → Deployment/api TCP 8081"]
    );
}

#[test]
fn a_port_that_the_service_has_not_is_dangling() {
    let manifests = app("api", Some(80), "") + &app("web", None, &env("API_ADDR", "api:9999"));
    assert_eq!(declared(&manifests), Vec::<String>::new());
    assert_eq!(dangling(&manifests), ["Deployment/web → api:9999"]);
}

#[test]
fn a_service_that_selects_nothing_is_dangling() {
    let manifests = "---\n{apiVersion: v1, kind: Service, metadata: {name: api}, spec: {selector: {app: gone}, ports: [{port: 80}]}}\n".to_owned()
        + &app("web", None, &env("API_ADDR", "api:80"));
    assert_eq!(declared(&manifests), Vec::<String>::new());
    assert_eq!(dangling(&manifests), ["Deployment/web → api:80"]);
}

#[test]
fn nobody_calls_himself() {
    let manifests = app("api", Some(80), &env("SELF_ADDR", "api:80")) + &app("web", Some(80), &env("NAME", "web"));
    assert_eq!(declared(&manifests), Vec::<String>::new());
}

#[test]
fn words_that_are_names_of_services_are_no_calls() {
    for (name, value) in [
        ("POSTGRES_DB", "orders"),
        ("OTEL_SERVICE_NAME", "orders"),
        ("TOPIC", "orders"),
        ("NO_PROXY", "orders,.svc,orders.default.svc"),
        ("CORS_ORIGINS", "http://orders:80"),
    ] {
        let manifests = app("orders", Some(80), "") + &app("web", None, &env(name, value));
        assert_eq!(declared(&manifests), Vec::<String>::new(), "{name}={value}");
        assert_eq!(dangling(&manifests), Vec::<String>::new(), "{name}={value}");
    }
}

#[test]
fn arguments_and_init_containers_call() {
    let db = app("db", Some(5432), "");
    let args = db.clone() + &app("web", None, "args: ['--db=postgres://db:5432/shop']");
    assert_eq!(declared(&args), ["Deployment/web → Deployment/db TCP 5432"]);
    let init = db
        + "---\n{apiVersion: batch/v1, kind: Job, metadata: {name: migrate}, spec: {template: {spec: {containers: [{name: a, image: a}], \
           initContainers: [{name: wait, image: b, command: [sh, -c, 'until nc -z db 5432; do sleep 1; done']}]}}}}\n";
    assert_eq!(declared(&init), ["Job/migrate → Deployment/db TCP 5432"]);
}

#[test]
fn config_maps_are_read_as_far_as_they_are_mounted() {
    let config = "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {DB_ADDR: 'db:5432', CACHE_ADDR: 'cache:6379'}}\n";
    let backends = app("db", Some(5432), "") + &app("cache", Some(6379), "") + config;
    let all = backends.clone() + &app("web", None, "envFrom: [{configMapRef: {name: web}}]");
    assert_eq!(
        declared(&all),
        [
            "Deployment/web → Deployment/cache TCP 6379",
            "Deployment/web → Deployment/db TCP 5432"
        ]
    );
    let one = "env: [{name: X, valueFrom: {configMapKeyRef: {name: web, key: DB_ADDR}}}]";
    let one = backends.clone() + &app("web", None, one);
    assert_eq!(declared(&one), ["Deployment/web → Deployment/db TCP 5432"]);
    assert_eq!(declared(&(backends + &app("web", None, ""))), Vec::<String>::new());
}

#[test]
fn evidence_is_the_callers_own_word_then_the_service() {
    let system = system(&(app("db", Some(5432), "") + &app("web", None, &env("DB_ADDR", "db:5432"))));
    let flow = system
        .flows
        .iter()
        .find(|flow| flow.basis == Basis::Declared)
        .expect("one flow");
    let told: Vec<(u32, &str)> = flow.evidence.iter().map(|one| (one.line, &*one.path)).collect();
    assert_eq!(told, [(6, "spec.template.spec.containers[0].env[0].value"), (4, "")]);
}

#[test]
fn pods_of_a_stateful_set_are_called_by_name() {
    let manifests = "---\n{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: kafka}, spec: {serviceName: brokers, selector: {matchLabels: {app: kafka}}, \
                     template: {metadata: {labels: {app: kafka}}, spec: {containers: [{name: a, image: a}]}}}}\n\
                     ---\n{apiVersion: v1, kind: Service, metadata: {name: brokers}, spec: {clusterIP: None, selector: {app: kafka}, ports: [{port: 9092}]}}\n";
    for host in [
        "kafka-0.brokers:9092",
        "kafka-0.brokers.default:9092",
        "kafka-1.brokers.default.svc:9092",
    ] {
        let manifests = manifests.to_owned() + &app("web", None, &env("KAFKA_BROKERS", host));
        assert_eq!(
            declared(&manifests),
            ["Deployment/web → StatefulSet/kafka TCP 9092"],
            "{host}"
        );
    }
}

#[test]
fn cluster_addresses_lead_to_services() {
    let manifests = app("db", None, "")
        + "---\n{apiVersion: v1, kind: Service, metadata: {name: db}, spec: {clusterIP: 10.96.0.7, selector: {app: db}, ports: [{port: 5432}]}}\n"
        + &app("web", None, &env("DB_ADDR", "10.96.0.7:5432"));
    assert_eq!(declared(&manifests), ["Deployment/web → Deployment/db TCP 5432"]);
}

#[test]
fn aliases_are_followed() {
    let alias = |to: &str| {
        format!(
            "---\n{{apiVersion: v1, kind: Service, metadata: {{name: db}}, spec: {{type: ExternalName, externalName: {to}}}}}\n"
        )
    };
    let web = app("web", None, &env("DB_ADDR", "db:5432"));
    assert_eq!(
        declared(&(alias("db.example.com") + &web)),
        ["Deployment/web → External/db.example.com TCP 5432"]
    );
    let inside = alias("real.data.svc.cluster.local") + &in_namespace("data", "real", Some(5432), "") + &web;
    assert_eq!(declared(&inside), ["Deployment/web → Deployment/data/real TCP 5432"]);
    let circle = alias("db.default.svc") + &web;
    assert_eq!(dangling(&circle), ["Deployment/web → db:5432"]);
}

#[test]
fn hosts_outside_are_external() {
    let manifests = app("web", None, &env("MAIL_HOST", "smtp.example.com"));
    assert_eq!(declared(&manifests), ["Deployment/web → External/smtp.example.com TCP"]);
    let word = app("web", None, &env("PACKAGES_URL", "https://go.dev/x"));
    assert_eq!(declared(&word), ["Deployment/web → External/go.dev TCP 443"]);
    let own = app("web", None, &env("BASE_URL", "https://shop.example.com"));
    assert_eq!(declared(&own), Vec::<String>::new());
}

#[test]
fn names_of_absent_namespaces_are_dangling() {
    for host in [
        "zipkin.tracing.svc.cluster.local",
        "zipkin.tracing:9411",
        "redis.data:6379",
        "es-0.es:9200",
    ] {
        let manifests = app("web", None, &env("ZIPKIN_HOST", host));
        assert_eq!(dangling(&manifests), [format!("Deployment/web → {host}")]);
    }
}

#[test]
fn variables_of_services_are_calls() {
    let manifests = app("cache", Some(6379), "") + &app("web", None, "args: ['--cache=$(CACHE_SERVICE_HOST):6379']");
    assert_eq!(declared(&manifests), ["Deployment/web → Deployment/cache TCP 6379"]);
}

#[test]
fn between_members_of_a_mesh_plaintext_is_not_for_certain() {
    let manifests = app("api", Some(80), "") + &app("web", None, &env("API_URL", "http://api"));
    let encrypted = |manifests: &str| {
        let system = system(manifests);
        let flow = system.flows.iter().find(|flow| flow.basis == Basis::Declared);
        flow.expect("one flow").encrypted
    };
    assert_eq!(encrypted(&manifests), Some(false));
    let mesh =
        "---\n{apiVersion: v1, kind: Namespace, metadata: {name: default, labels: {istio-injection: enabled}}}\n";
    assert_eq!(encrypted(&(manifests + mesh)), None);
}
