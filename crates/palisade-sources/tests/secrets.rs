//! Nothing that may be a secret leaves the loader: not in a resource, not in coverage.

use palisade_sources::read_bytes;

const SECRET: &str = "hunter2-Tr0ub4dor";

/// Every place that a secret may stand in; `@` is where.
const PLACES: &[(&str, &str)] = &[
    (
        "secret data",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {k: @}",
    ),
    (
        "secret string data",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {k: \"@\"}",
    ),
    (
        "secret data of a wrong type",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: @",
    ),
    (
        "helm release",
        "apiVersion: v1\nkind: Secret\ntype: helm.sh/release.v1\nmetadata: {name: sh.helm.release.v1.a.v1}\ndata: {release: @}",
    ),
    (
        "secret in a list",
        "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"a\"},\"data\":{\"k\":\"@\"}}]}",
    ),
    (
        "typed list of secrets",
        "apiVersion: v1\nkind: SecretList\nitems: [{metadata: {name: a}, data: {k: @}}]",
    ),
    (
        "last applied",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {\"data\":{\"k\":\"@\"}}",
    ),
    (
        "annotation",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {example.com/x: @}}",
    ),
    (
        "annotation url",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {example.com/team: \"https://u:@@h/\"}}",
    ),
    ("env", "@env {name: DB_PASSWORD, value: @}"),
    ("env without a telling name", "@env {name: X, value: @}"),
    ("env url", "@env {name: URL, value: \"postgres://u:@@db:5432/x\"}"),
    (
        "env url with odd characters",
        "@env {name: URL, value: \"postgres://u:1#@/@db:5432/x\"}",
    ),
    ("env dsn", "@env {name: DSN, value: \"u:@@tcp(db:3306)/x\"}"),
    ("env of a wrong type", "@env {name: X, value: [@]}"),
    ("env that is a map", "@container env: {X: {value: @}}"),
    (
        "env by reference",
        "@env {name: A, value: @}, {name: B, value: \"http://u:$(A)@@db/\"}",
    ),
    ("args", "@container args: [\"--password=@\"]"),
    ("args apart", "@container args: [\"--password\", \"@\"]"),
    ("args run together", "@container args: [\"-p@\"]"),
    ("args of a user", "@container args: [\"-u\", \"admin:@\"]"),
    ("args that are a text", "@container args: @"),
    (
        "script",
        "@container command: [sh, -c, \"export PW=@; curl -u a:@ http://x\"]",
    ),
    (
        "probe command",
        "@container livenessProbe: {exec: {command: [sh, -c, \"redis-cli -a @ ping\"]}}",
    ),
    (
        "probe header",
        "@container livenessProbe: {httpGet: {path: /, httpHeaders: [{name: Authorization, value: \"Basic @\"}]}}",
    ),
    (
        "config map",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {app.properties: \"password=@\"}",
    ),
    (
        "config map url",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {app.yaml: \"db: postgres://u:@@db/x\"}",
    ),
    (
        "config map binary data",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nbinaryData: {k: @}",
    ),
    (
        "custom resource",
        "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\nspec: {key: @}",
    ),
    (
        "credential field",
        "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: a}\nspec: {csi: {volumeAttributes: {password: @}}}",
    ),
    (
        "url in a spec",
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: {source: {repoURL: \"https://u:@@git/\"}}",
    ),
    (
        "chart values",
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: a}\nspec: {values: {db: {user: @}}}",
    ),
    (
        "chart parameters",
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: {source: {helm: {parameters: [{name: x, value: @}]}}}",
    ),
    (
        "malformed document",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  k: @\n @: [\n",
    ),
    ("malformed json", "{\"apiVersion\": \"v1\", \"@\" @}"),
    (
        "wrong tag",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {k: !!int @}",
    ),
    (
        "unknown anchor",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {k: *@}",
    ),
    ("not kubernetes", "services:\n  db:\n    password: @\n"),
    ("unknown kind", "kind: @\nx: @\n"),
    (
        "metadata of a wrong type",
        "apiVersion: v1\nkind: Secret\nmetadata: @\n",
    ),
];

#[test]
fn no_secret_is_kept() {
    for (place, text) in PLACES {
        let container = |rest: &str| {
            format!(
                "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{containers: [{{name: c, image: i, {rest}}}]}}\n"
            )
        };
        let text = match (text.strip_prefix("@env "), text.strip_prefix("@container ")) {
            (Some(variables), _) => container(&format!("env: [{variables}]")),
            (_, Some(fields)) => container(fields),
            _ => (*text).to_owned(),
        };
        // An `@` before a host is the user information's own.
        let text = text
            .replace("@@", "\u{1}")
            .replace('@', SECRET)
            .replace('\u{1}', &format!("{SECRET}@"));
        let reading = read_bytes("test", text.as_bytes());
        let shown = format!("{reading:?}");
        assert!(
            !shown.contains("hunter2") && !shown.contains("Tr0ub4dor"),
            "{place}: {shown}"
        );
        assert_eq!(reading.coverage.documents, 1, "{place}: {:?}", reading.coverage);
    }
}

#[test]
fn what_the_engine_needs_is_kept() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations: {example.com/team: shop}\nspec:\n  containers:\n  - name: c\n    \
                image: i\n    command: [kube-apiserver]\n    args: [\"--authorization-mode=Node,RBAC\", --upstream=orders:80, -v]\n    env:\n    - {name: DEBUG, value: \"true\"}\n    \
                - {name: REDIS_HOST, value: redis}\n    - {name: REDIS_PORT, value: \"6379\"}\n    - {name: CART, value: \"http://$(REDIS_HOST)-cart/\"}\n";
    let reading = read_bytes("test", text.as_bytes());
    insta::assert_snapshot!(show(&reading.resources[0].content, 0), @r#"
    apiVersion:
      v1
    kind:
      Pod
    metadata:
      name:
        a
      annotations:
        example.com/team:
          shop
    spec:
      containers:
          name:
            c
          image:
            i
          command:
              kube-apiserver
          args:
              --authorization-mode=Node,RBAC
              REDACTED false None://orders:Some(80)
              -v
          env:
              name:
                DEBUG
              value:
                true
              name:
                REDIS_HOST
              value:
                REDACTED false None://redis:Some(6379)
              name:
                REDIS_PORT
              value:
                6379
              name:
                CART
              value:
                REDACTED false Some("http")://redis-cart:None
    "#);
}

/// One line a value.
fn show(node: &palisade_inventory::Node, depth: usize) -> String {
    use palisade_inventory::Value;
    let indent = "  ".repeat(depth);
    match &node.value {
        Value::Map(map) => {
            let entries = map.entries().iter();
            let lines = entries.flat_map(|entry| [format!("{indent}{}:\n", entry.key), show(&entry.value, depth + 1)]);
            lines.collect()
        }
        Value::List(items) => items.iter().map(|item| show(item, depth + 1)).collect(),
        Value::Text(text) => format!("{indent}{text}\n"),
        Value::Redacted(redacted) => {
            let endpoints = redacted
                .endpoints
                .iter()
                .map(|e| format!(" {:?}://{}:{:?}", e.scheme, e.host, e.port));
            format!(
                "{indent}REDACTED {}{}\n",
                redacted.credential,
                endpoints.collect::<String>()
            )
        }
        other => format!("{indent}{other:?}\n"),
    }
}
