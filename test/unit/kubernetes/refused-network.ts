import { of, type RefusedCase } from './refused-case.ts'

/** What leads to Pods and keeps from them: Services, policies, Ingresses. */
export const REFUSED_NETWORK: readonly RefusedCase[] = [
  ['one port twice', of('v1 Service', 'spec: {ports: [{name: a, port: 80}, {name: b, port: 80}]}'), 'field.repeated', '80'],
  ['a node port below the range', of('v1 Service', 'spec: {type: NodePort, ports: [{port: 80, nodePort: 80}]}'), 'field.between', '80'],
  ['a node port without a node', of('v1 Service', 'spec: {ports: [{port: 80, nodePort: 30080}]}'), 'field.only-with', 'nodePort:'],
  ['an external name that is none', of('v1 Service', 'spec: {type: ExternalName, externalName: "foo_bar!"}'), 'net.host', '"foo_bar!"'],
  [
    'a policy for traffic that does not come',
    of('v1 Service', 'spec: {externalTrafficPolicy: Local, ports: [{port: 80}]}'),
    'field.only-with',
    'externalTrafficPolicy:',
  ],
  [
    'a load balancer without an address',
    of('v1 Service', 'spec: {type: LoadBalancer, clusterIP: None, ports: [{port: 80}]}'),
    'field.only-with',
    'None',
  ],
  ['an address of three parts', of('v1 Service', 'spec: {clusterIP: 10.0.0, ports: [{port: 80}]}'), 'net.address', '10.0.0'],
  [
    'an address for a range',
    of('networking.k8s.io/v1 NetworkPolicy', 'spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0}}]}]}'),
    'net.range',
    '10.0.0.0',
  ],
  [
    'an exception outside its range',
    of(
      'networking.k8s.io/v1 NetworkPolicy',
      'spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/16]}}]}]}',
    ),
    'net.except',
    '11.0.0.0/16',
  ],
  [
    'ports that end before they begin',
    of('networking.k8s.io/v1 NetworkPolicy', 'spec: {podSelector: {}, ingress: [{ports: [{port: 80, endPort: 70}]}]}'),
    'field.least',
    '70',
  ],
  [
    'ports from a name to a number',
    of('networking.k8s.io/v1 NetworkPolicy', 'spec: {podSelector: {}, ingress: [{ports: [{port: http, endPort: 70}]}]}'),
    'field.only-with',
    'endPort:',
  ],
  [
    'Pods and addresses in one peer',
    of(
      'networking.k8s.io/v1 NetworkPolicy',
      'spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]}]}',
    ),
    'field.exclusive',
    'ipBlock:',
  ],
  [
    'a peer that says nothing',
    of('networking.k8s.io/v1 NetworkPolicy', 'spec: {podSelector: {}, ingress: [{from: [{}]}]}'),
    'policy.peer',
    '{}]}]}',
  ],
  [
    'a path without its slash',
    of(
      'networking.k8s.io/v1 Ingress',
      'spec: {rules: [{http: {paths: [{path: foo, pathType: Prefix, backend: {service: {name: a, port: {number: 80}}}}]}}]}',
    ),
    'ingress.path',
    'foo',
  ],
  ['an Ingress to nowhere', of('networking.k8s.io/v1 Ingress', 'spec: {ingressClassName: nginx}'), 'ingress.nothing', 'spec:'],
  [
    'a port by name and number',
    of('networking.k8s.io/v1 Ingress', 'spec: {defaultBackend: {service: {name: a, port: {number: 80, name: http}}}}'),
    'field.one-of',
    'port:',
  ],
  [
    'a backend without a port',
    of('networking.k8s.io/v1 Ingress', 'spec: {defaultBackend: {service: {name: a}}}'),
    'field.one-of',
    'service:',
  ],
  [
    'a star in the middle of a host',
    of('networking.k8s.io/v1 Ingress', 'spec: {defaultBackend: {service: {name: a, port: {number: 80}}}, rules: [{host: "a.*.com"}]}'),
    'net.host',
    '"a.*.com"',
  ],
  [
    'an address for a host',
    of('networking.k8s.io/v1 Ingress', 'spec: {defaultBackend: {service: {name: a, port: {number: 80}}}, rules: [{host: "10.0.0.1"}]}'),
    'net.host',
    '"10.0.0.1"',
  ],
  [
    'an account of no namespace',
    of(
      'rbac.authorization.k8s.io/v1 ClusterRoleBinding',
      'roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: a}\nsubjects: [{kind: ServiceAccount, name: a}]',
    ),
    'field.missing',
    '{kind: ServiceAccount',
  ],
  [
    'a role of another group',
    of(
      'rbac.authorization.k8s.io/v1 ClusterRoleBinding',
      'roleRef: {apiGroup: rbac, kind: ClusterRole, name: a}\nsubjects: [{kind: ServiceAccount, name: a, namespace: b}]',
    ),
    'field.choice',
    'rbac',
  ],
  [
    'a Service with a range that is none',
    of('v1 Service', 'spec: {type: LoadBalancer, ports: [{port: 80}], loadBalancerSourceRanges: [10.0.0.0/33]}'),
    'net.range',
    '10.0.0.0/33',
  ],
  ['a Service port named in capitals', of('v1 Service', 'spec: {ports: [{name: HTTP, port: 80}]}'), 'name.label', 'HTTP'],
  [
    'an Ingress of two classes',
    'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a, annotations: {kubernetes.io/ingress.class: x}}\nspec: {ingressClassName: z, defaultBackend: {service: {name: a, port: {number: 80}}}}\n',
    'field.exclusive',
    'ingressClassName:',
  ],
]
