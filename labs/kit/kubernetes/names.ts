/**
 * What may be a name. Source: Kubernetes documentation, "Object Names and IDs" and "Labels and Selectors" (kubernetes/website,
 * content/en/docs/concepts/overview/working-with-objects/), and the validation the API server answers with.
 */

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const SERVICE = /^[a-z]([-a-z0-9]*[a-z0-9])?$/
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const QUALIFIED = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/

/** RFC 1123 label: a container, a namespace. */
export const isLabelName = (name: string): boolean => name.length <= 63 && LABEL.test(name)
/** RFC 1035 label: a Service, whose name becomes a host name and an environment variable. */
export const isServiceName = (name: string): boolean => name.length <= 63 && SERVICE.test(name)
/** RFC 1123 subdomain: most objects. */
export const isSubdomain = (name: string): boolean => name.length <= 253 && SUBDOMAIN.test(name)
/** What can stand in a URL's path: the objects of RBAC. */
export const isPathSegment = (name: string): boolean => name !== '' && name !== '.' && name !== '..' && !/[/%]/.test(name)
/** A port's name: at most 15 of a-z, 0-9 and single hyphens, one letter among them. */
export const isPortName = (name: string): boolean => name.length <= 15 && LABEL.test(name) && /[a-z]/.test(name) && !name.includes('--')
/** An environment variable: printable ASCII but `=`. */
export const isEnvName = (name: string): boolean => /^[\x20-\x3c\x3e-\x7e]+$/.test(name)
/** A key in a ConfigMap or Secret. */
export const isDataKey = (key: string): boolean =>
  key.length <= 253 && /^[-._a-zA-Z0-9]+$/.test(key) && key !== '.' && !key.startsWith('..')
/** A label's value; the empty one is allowed. */
export const isLabelValue = (value: string): boolean => value === '' || (value.length <= 63 && QUALIFIED.test(value))
/** The key of a label or annotation: `name` or `prefix.example/name`. */
export const isQualifiedName = (key: string): boolean => {
  const [name = '', prefix, ...more] = key.split('/').reverse()
  return more.length === 0 && name.length <= 63 && QUALIFIED.test(name) && (prefix === undefined || isSubdomain(prefix))
}

export type NameForm = 'subdomain' | 'label' | 'service' | 'path'

const FORMS: Readonly<Record<string, NameForm>> = {
  Namespace: 'label',
  Service: 'service',
  Role: 'path',
  RoleBinding: 'path',
  ClusterRole: 'path',
  ClusterRoleBinding: 'path',
  CertificateSigningRequest: 'subdomain',
}
const TESTS: Readonly<Record<NameForm, (name: string) => boolean>> = {
  subdomain: isSubdomain,
  label: isLabelName,
  service: isServiceName,
  path: isPathSegment,
}

/** The form that names of a kind have. */
export const nameFormOf = (kind: string): NameForm => FORMS[kind] ?? 'subdomain'
export const hasForm = (name: string, form: NameForm): boolean => TESTS[form](name)
