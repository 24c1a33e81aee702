import { expect, test } from 'vitest'
import type { LintId } from '../../../labs/kit/kubernetes/index.ts'
import { found, type Json } from './lint-fixtures.ts'

const GROUP = 'gateway.networking.k8s.io'
const object = (kind: string, name: string, namespace: string, spec: Json, apiVersion = `${GROUP}/v1`): Json => ({
  apiVersion,
  kind,
  metadata: { name, namespace },
  spec,
})
const gateway = (listener: Json, spec: Json = {}): Json =>
  object('Gateway', 'edge', 'edge', { gatewayClassName: 'any', listeners: [{ name: 'web', port: 443, ...listener }], ...spec })
const route = (spec: Json): Json => object('HTTPRoute', 'shop', 'shop', { hostnames: ['shop.example'], ...spec })
const grant = (kind: string, from: string, to: Json): Json =>
  object('ReferenceGrant', 'let-in', String(to['namespace']), {
    from: [{ group: GROUP, kind, namespace: from }],
    to: [{ group: '', ...to }],
  })
const certificate = { tls: { certificateRefs: [{ name: 'shop', namespace: 'keys' }] } }
const toOrders = { rules: [{ backendRefs: [{ name: 'orders', namespace: 'orders', port: 80 }] }] }
const toTls = { rules: [{ backendRefs: [{ name: 'pay', port: 8443 }] }] }
const plain = { parentRefs: [{ name: 'edge', namespace: 'edge' }], rules: [{ backendRefs: [{ name: 'shop', port: 80 }] }] }
const http = { protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'All' } } }
const redirect = { filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https' } }] }

test.each<[LintId, bad: Json[], good: Json[]]>([
  ['lint.gateway-routes-all', [gateway(http)], [gateway({ protocol: 'HTTP' })]],
  ['lint.gateway-no-certificate', [gateway({ protocol: 'HTTPS' })], [gateway({ protocol: 'TLS', tls: { mode: 'Passthrough' } })]],
  [
    'lint.gateway-open-validation',
    [gateway({}, { tls: { frontend: { perPort: [{ port: 443, tls: { validation: { mode: 'AllowInsecureFallback' } } }] } } })],
    [gateway({}, { tls: { frontend: { default: { validation: { mode: 'AllowValidOnly' } } } } })],
  ],
  [
    'lint.grant-missing',
    [gateway(certificate), grant('Gateway', 'edge', { kind: 'Secret', name: 'other', namespace: 'keys' })],
    [gateway(certificate), grant('Gateway', 'edge', { kind: 'Secret', name: 'shop', namespace: 'keys' })],
  ],
  [
    'lint.grant-missing',
    [route(toOrders), grant('HTTPRoute', 'elsewhere', { kind: 'Service', namespace: 'orders' })],
    [route(toOrders), grant('HTTPRoute', 'shop', { kind: 'Service', namespace: 'orders' })],
  ],
  ['lint.route-plaintext', [gateway(http), route(plain)], [gateway(http), route({ ...plain, rules: [redirect] })]],
  [
    'lint.route-plaintext',
    [gateway({ ...http, hostname: '*.example' }), route(plain)],
    [gateway({ ...http, hostname: 'pay.example' }), route(plain)],
  ],
  ['lint.route-plaintext', [gateway(http), route(plain)], [gateway({ ...http, allowedRoutes: {} }), route(plain)]],
  ['lint.route-any-host', [route({ hostnames: ['*.example'] })], [route({})]],
  [
    'lint.backend-plaintext',
    [route(toTls)],
    [route(toTls), object('BackendTLSPolicy', 'pay', 'shop', { targetRefs: [{ group: '', kind: 'Service', name: 'pay' }] })],
  ],
  [
    'lint.backend-plaintext',
    [route(plain), object('Service', 'shop', 'shop', { ports: [{ name: 'https-web', port: 80 }] }, 'v1')],
    [route(plain), object('Service', 'shop', 'shop', { ports: [{ name: 'web', port: 80 }] }, 'v1')],
  ],
  [
    'lint.backend-unverified',
    [object('BackendConfigPolicy', 'pay', 'shop', { tls: { insecureSkipVerify: true } }, 'gateway.kgateway.dev/v1alpha1')],
    [object('BackendConfigPolicy', 'pay', 'shop', { tls: { sni: 'pay' } }, 'gateway.kgateway.dev/v1alpha1')],
  ],
  [
    'lint.route-insecure-edge',
    [object('Route', 'shop', 'shop', { tls: { termination: 'edge', insecureEdgeTerminationPolicy: 'Allow' } }, 'route.openshift.io/v1')],
    [object('Route', 'shop', 'shop', { tls: { termination: 'edge', insecureEdgeTerminationPolicy: 'Redirect' } }, 'route.openshift.io/v1')],
  ],
])('%s is found, and not where it is not so', (rule, bad, good) => {
  expect(found(bad, [rule])).toEqual([rule])
  expect(found(good, [rule])).toEqual([])
})
