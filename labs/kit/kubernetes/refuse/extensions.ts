import type { Complaint } from '../complaint.ts'
import type { Path } from '../finding.ts'
import { isSubdomain } from '../names.ts'
import { type Fields, fieldsOf, isFields, listOf, type Manifest, textOf } from '../read/manifest.ts'
import { between, choice, exactlyOne, needed, onlyWith } from './complaints.ts'

/** Source: kubernetes/kubernetes, staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go. */
export const definitionComplaints = ({ name, value }: Manifest): Complaint[] => {
  const spec = fieldsOf(value['spec'])
  const wanted = `${textOf(fieldsOf(spec['names'])['plural'])}.${textOf(spec['group'])}`
  const versions = listOf(spec['versions'])
  const stored = versions.filter((version) => fieldsOf(version)['storage'] === true).length
  return [
    ...(name === wanted || spec['group'] === undefined || !isFields(spec['names'])
      ? []
      : [{ rule: 'definition.name' as const, path: ['metadata', 'name'], values: { name, wanted } }]),
    ...(versions.length > 0 && stored !== 1
      ? [{ rule: 'definition.storage' as const, path: ['spec', 'versions'], want: 'key' as const, values: { count: stored } }]
      : []),
    // Only the old version of definitions could keep what its schema does not name.
    ...(spec['preserveUnknownFields'] === true ? onlyWith(spec, ['spec'], 'preserveUnknownFields', '`apiextensions.k8s.io/v1beta1`') : []),
    ...choice(spec, ['spec'], 'scope', ['Cluster', 'Namespaced']),
    ...versions.flatMap((version, index) => (isFields(version) ? versionOf(version, ['spec', 'versions', index]) : [])),
  ]
}

const versionOf = (version: Fields, at: Path): Complaint[] => {
  const schema = fieldsOf(version['schema'])['openAPIV3Schema']
  const parent = textOf(version['name']) || 'versions'
  if (!isFields(schema)) return [{ rule: 'field.missing', path: [...at, 'schema'], values: { field: 'schema.openAPIV3Schema', parent } }]
  const inside = [...at, 'schema', 'openAPIV3Schema']
  return schema['type'] === undefined ? needed(schema, inside, 'type', 'openAPIV3Schema') : choice(schema, inside, 'type', ['object'])
}

/** Source: kubernetes/kubernetes, pkg/apis/admissionregistration/validation/validation.go. */
export const webhookComplaints = ({ value }: Manifest): Complaint[] =>
  listOf(value['webhooks']).flatMap((hook, index) => (isFields(hook) ? webhook(hook, ['webhooks', index]) : []))

const webhook = (hook: Fields, at: Path): Complaint[] => {
  const name = textOf(hook['name'])
  const client = hook['clientConfig']
  return [
    ...(name !== '' && (!isSubdomain(name) || name.split('.').length < 3)
      ? [{ rule: 'webhook.name' as const, path: [...at, 'name'], values: { name } }]
      : []),
    ...(isFields(client) ? exactlyOne(client, [...at, 'clientConfig'], ['url', 'service'], 'clientConfig') : []),
    ...choice(hook, at, 'sideEffects', ['None', 'NoneOnDryRun']),
    ...choice(hook, at, 'failurePolicy', ['Fail', 'Ignore']),
    ...between(hook, at, 'timeoutSeconds', [1, 30]),
    ...(Array.isArray(hook['admissionReviewVersions']) ? needed(hook, at, 'admissionReviewVersions', 'webhook') : []),
  ]
}
