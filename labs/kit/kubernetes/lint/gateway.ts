import { type Fields, fieldsOf, listOf, type Manifest } from '../read/manifest.ts'
import { backendsOf, gatewaysOf, isGranted, isHttpsRedirect, isTold, listenersOf, speaksTls, toReference } from './gateway-api.ts'
import { type LintRule, nameOf, objectRule, specOf } from './rule.ts'

const GATEWAY = ['Gateway'] as const
const ROUTE = ['HTTPRoute'] as const

/** A rule that looks at one listener of a Gateway after the other. */
const listenerRule = (
  head: Pick<LintRule, 'id' | 'sources'>,
  looksBad: (listener: Fields) => boolean,
  field: readonly string[],
): LintRule =>
  objectRule({ ...head, kinds: GATEWAY }, function* (gateway) {
    for (const [index, listener] of listenersOf(gateway).entries())
      if (looksBad(listener)) yield { path: ['spec', 'listeners', index, ...field], values: { listener: nameOf(listener) || '?' } }
  })

/** Listeners that end TLS themselves; `Passthrough` hands it on. */
const endsTls = ({ protocol, tls }: Fields): boolean =>
  protocol === 'HTTPS' || protocol === 'GRPC' || (protocol === 'TLS' && fieldsOf(tls)['mode'] !== 'Passthrough')

const OPEN = 'AllowInsecureFallback'

/** The places where a Gateway says how it looks at its clients' certificates. */
const validations = (gateway: Manifest): (readonly [path: readonly (string | number)[], mode: unknown])[] => {
  const { frontend } = fieldsOf(specOf(gateway)['tls'])
  const mode = (tls: unknown): unknown => fieldsOf(fieldsOf(tls)['validation'])['mode']
  const path = ['spec', 'tls', 'frontend']
  return [
    [[...path, 'default', 'validation', 'mode'], mode(fieldsOf(frontend)['default'])],
    ...listOf(fieldsOf(frontend)['perPort']).map(
      (each, index) => [[...path, 'perPort', index, 'tls', 'validation', 'mode'], mode(fieldsOf(each)['tls'])] as const,
    ),
  ]
}

/** Who comes in through a Gateway. Sources beside other tools: the field descriptions of the Gateway API. */
export const GATEWAY_RULES: readonly LintRule[] = [
  listenerRule(
    { id: 'lint.gateway-routes-all', sources: ['polaris gatewayAllowedRoutesAll'] },
    ({ allowedRoutes }) => fieldsOf(fieldsOf(allowedRoutes)['namespaces'])['from'] === 'All',
    ['allowedRoutes', 'namespaces', 'from'],
  ),
  listenerRule(
    { id: 'lint.gateway-no-certificate', sources: ['polaris gatewayTLSMissing'] },
    (listener) => endsTls(listener) && listOf(fieldsOf(listener['tls'])['certificateRefs']).length === 0,
    ['tls'],
  ),
  objectRule(
    { id: 'lint.gateway-open-validation', sources: ['polaris gatewayInsecureFrontendValidation'], kinds: GATEWAY },
    function* (gateway) {
      for (const [path, mode] of validations(gateway)) if (mode === OPEN) yield { path, values: {} }
    },
  ),
  objectRule(
    { id: 'lint.grant-missing', sources: ['polaris gatewayCrossNamespaceCertificateRef'], kinds: GATEWAY },
    function* (gateway, world) {
      for (const [l, listener] of listenersOf(gateway).entries())
        for (const [c, certificate] of listOf(fieldsOf(listener['tls'])['certificateRefs']).entries()) {
          const reference = toReference(certificate, 'Secret', gateway)
          const { kind, name, namespace } = reference
          if (!isGranted(gateway, reference, world))
            yield { path: ['spec', 'listeners', l, 'tls', 'certificateRefs', c], values: { kind, name, namespace } }
        }
    },
  ),
  objectRule({ id: 'lint.grant-missing', sources: ['polaris httpRouteCrossNamespaceBackendRef'], kinds: ROUTE }, function* (route, world) {
    for (const { reference, path } of backendsOf(route)) {
      const { kind, name, namespace } = reference
      if (!isGranted(route, reference, world)) yield { path, values: { kind, name, namespace } }
    }
  }),
  objectRule({ id: 'lint.route-plaintext', sources: ['polaris httpRouteInsecureListener'], kinds: ROUTE }, function* (route, world) {
    if (isHttpsRedirect(route)) return
    for (const { listener, path } of gatewaysOf(route, world))
      if (listener['protocol'] === 'HTTP') yield { path, values: { listener: nameOf(listener) || '?' } }
  }),
  objectRule(
    { id: 'lint.route-any-host', sources: ['polaris httpRouteWildcardOrEmptyHost'], kinds: ROUTE, optional: true },
    function* (route) {
      const hostnames = listOf(specOf(route)['hostnames'])
      if (hostnames.length === 0 || hostnames.some((host) => String(host).includes('*'))) yield { path: ['spec', 'hostnames'], values: {} }
    },
  ),
  objectRule({ id: 'lint.backend-plaintext', sources: ['polaris httpRouteBackendTLSMissing'], kinds: ROUTE }, function* (route, world) {
    for (const { reference, path } of backendsOf(route))
      if (speaksTls(reference, world) && !isTold(reference, world)) yield { path, values: { name: reference.name } }
  }),
  objectRule(
    { id: 'lint.backend-unverified', sources: ['polaris kgatewayBackendTLSVerificationDisabled'], kinds: ['BackendConfigPolicy'] },
    function* (policy) {
      if (fieldsOf(specOf(policy)['tls'])['insecureSkipVerify'] === true) yield { path: ['spec', 'tls', 'insecureSkipVerify'], values: {} }
    },
  ),
  objectRule({ id: 'lint.route-insecure-edge', sources: ['kube-linter insecure-route-termination'], kinds: ['Route'] }, function* (route) {
    if (fieldsOf(specOf(route)['tls'])['insecureEdgeTerminationPolicy'] === 'Allow')
      yield { path: ['spec', 'tls', 'insecureEdgeTerminationPolicy'], values: {} }
  }),
]
