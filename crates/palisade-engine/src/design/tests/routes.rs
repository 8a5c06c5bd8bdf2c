//! Ingresses and gateways.

use super::*;

const INGRESS: &str = "---\n{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web}, spec: {ingressClassName: nginx, \
                       tls: [{hosts: [shop.example.com]}], rules: [{host: shop.example.com, http: {paths: [{path: /, pathType: Prefix, \
                       backend: {service: {name: web, port: {number: 80}}}}]}}]}}\n";

const CONTROLLER: &str = "---\n{apiVersion: apps/v1, kind: Deployment, metadata: {name: controller, namespace: ingress-nginx}, spec: {selector: {matchLabels: {app.kubernetes.io/name: ingress-nginx}}, \
                          template: {metadata: {labels: {app.kubernetes.io/name: ingress-nginx}}, spec: {containers: [{name: c, image: 'registry.k8s.io/ingress-nginx/controller:v1.9.0', ports: [{name: https, containerPort: 443}]}]}}}}\n";

#[test]
fn an_ingress_leads_from_the_internet_to_its_backend() {
    let system = system(&(app("web", Some(80), "") + INGRESS));
    assert_eq!(
        flows(&system, Basis::Declared),
        ["External/internet → Deployment/web TCP 80"]
    );
    assert_eq!(system.flows[0].encrypted, Some(true));
    assert_eq!(system.flows[0].crosses, ["cluster", "namespace/default"]);
}

#[test]
fn it_goes_through_the_controller_that_is_there() {
    assert_eq!(
        declared(&(app("web", Some(80), "") + INGRESS + CONTROLLER)),
        [
            "Deployment/ingress-nginx/controller → Deployment/web TCP 80",
            "External/internet → Deployment/ingress-nginx/controller TCP"
        ]
    );
    let cloud = INGRESS.replace("nginx", "alb");
    assert_eq!(
        declared(&(app("web", Some(80), "") + &cloud + CONTROLLER)),
        ["External/internet → Deployment/web TCP 80"]
    );
}

#[test]
fn the_older_form_is_read_too() {
    let old = "---\n{apiVersion: extensions/v1beta1, kind: Ingress, metadata: {name: web}, spec: {backend: {serviceName: web, servicePort: 80}}}\n";
    assert_eq!(
        declared(&(app("web", Some(80), "") + old)),
        ["External/internet → Deployment/web TCP 80"]
    );
}

#[test]
fn a_backend_that_is_not_there_is_dangling() {
    assert_eq!(dangling(INGRESS), ["External/internet → web.default.svc:80"]);
}

fn http_route(namespace: &str, backend: &str) -> String {
    format!(
        "---\n{{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {{name: edge}}, spec: {{gatewayClassName: any, listeners: [{{name: a, port: 443, protocol: HTTPS}}]}}}}\n\
         ---\n{{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {{name: r, namespace: {namespace}}}, spec: {{parentRefs: [{{name: edge, namespace: default}}], rules: [{{backendRefs: [{backend}]}}]}}}}\n"
    )
}

#[test]
fn a_route_attaches_where_its_gateway_takes_it() {
    let web = app("web", Some(80), "");
    let own = web.clone() + &http_route("default", "{name: web, port: 80}");
    assert_eq!(declared(&own), ["External/internet → Deployment/web TCP 80"]);
    let other = in_namespace("other", "web", Some(80), "") + &http_route("other", "{name: web, port: 80}");
    assert_eq!(declared(&other), Vec::<String>::new());
}

#[test]
fn another_namespace_must_grant_it() {
    let web =
        in_namespace("data", "web", Some(80), "") + &http_route("default", "{name: web, namespace: data, port: 80}");
    assert_eq!(declared(&web), Vec::<String>::new());
    assert_eq!(dangling(&web), ["External/internet → web.data.svc"]);
    let grant = "---\n{apiVersion: gateway.networking.k8s.io/v1beta1, kind: ReferenceGrant, metadata: {name: g, namespace: data}, \
                 spec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: default}], to: [{group: '', kind: Service}]}}\n";
    assert_eq!(
        declared(&(web + grant)),
        ["External/internet → Deployment/data/web TCP 80"]
    );
}

#[test]
fn virtual_services_lead_through_the_gateways_workload() {
    let manifests = app("web", Some(80), "").clone()
        + "---\n{apiVersion: networking.istio.io/v1, kind: Gateway, metadata: {name: edge}, spec: {selector: {istio: ingress}, servers: [{port: {number: 443, protocol: HTTPS, name: a}}]}}\n\
           ---\n{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: web}, spec: {hosts: ['*'], gateways: [edge], http: [{route: [{destination: {host: web, port: {number: 80}}}]}]}}\n\
           ---\n{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: inner}, spec: {hosts: [web], http: [{route: [{destination: {host: web}}]}]}}\n";
    assert_eq!(declared(&manifests), ["External/internet → Deployment/web TCP 80"]);
    let gateway =
        in_namespace("istio-system", "gateway", None, "").replace("labels: {app: gateway}", "labels: {istio: ingress}");
    assert_eq!(
        declared(&(manifests + &gateway)),
        [
            "Deployment/istio-system/gateway → Deployment/web TCP 80",
            "External/internet → Deployment/istio-system/gateway TCP"
        ]
    );
}

#[test]
fn the_api_server_calls_webhooks() {
    let hook = "---\n{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: w}, webhooks: [{name: a.example.com, \
                clientConfig: {service: {name: hook, namespace: default}}}]}\n";
    let manifests = app("hook", Some(443), "") + hook;
    assert_eq!(declared(&manifests), ["Platform/api-server → Deployment/hook TCP 443"]);
    assert_eq!(dangling(hook), ["Platform/api-server → hook.default.svc:443"]);
}

#[test]
fn an_internal_load_balancer_of_an_ingress_is_not_the_internet() {
    let internal = INGRESS.replace(
        "{name: web}, spec: {ingressClassName: nginx",
        "{name: web, annotations: {alb.ingress.kubernetes.io/scheme: internal}}, spec: {ingressClassName: alb",
    );
    assert_eq!(
        declared(&(app("web", Some(80), "") + &internal)),
        ["External/internal-network → Deployment/web TCP 80"]
    );
}
