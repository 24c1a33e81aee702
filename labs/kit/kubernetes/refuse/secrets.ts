import type { Complaint } from '../complaint.ts'
import { isDataKey } from '../names.ts'
import { fieldsOf, type Manifest, textOf } from '../read/manifest.ts'
import { repeated } from './complaints.ts'

/** The keys that a Secret of a type must have. Source: kubernetes/kubernetes, pkg/apis/core/validation/validation.go (ValidateSecret). */
const KEYS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    'kubernetes.io/dockercfg': ['.dockercfg'],
    'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
    'kubernetes.io/ssh-auth': ['ssh-privatekey'],
    'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  }),
)
const ACCOUNT = 'kubernetes.io/service-account.name'

export const secretComplaints = ({ value }: Manifest): Complaint[] => {
  const type = textOf(value['type'])
  const held = { ...fieldsOf(value['data']), ...fieldsOf(value['stringData']) }
  if (type === 'kubernetes.io/service-account-token' && fieldsOf(fieldsOf(value['metadata'])['annotations'])[ACCOUNT] === undefined)
    return [{ rule: 'field.missing', path: ['metadata', 'annotations', ACCOUNT], values: { field: ACCOUNT, parent: 'annotations' } }]
  return (KEYS.get(type) ?? [])
    .filter((key) => held[key] === undefined)
    .map((key) => ({ rule: 'field.missing', path: ['data', key], values: { field: key, parent: 'data' } }))
}

/** Keys become names of files. Source: the same file (ValidateConfigMap, ValidateSecret). */
export const dataKeys = ({ value, kind }: Manifest): Complaint[] => {
  if (kind !== 'ConfigMap' && kind !== 'Secret') return []
  const keys = ['data', 'stringData', 'binaryData'].flatMap((field) =>
    Object.keys(fieldsOf(value[field])).map((key) => ({ key, field, path: [field, key] })),
  )
  return [
    ...keys.flatMap(({ key, path }): Complaint[] =>
      isDataKey(key) ? [] : [{ rule: 'name.data-key', path, want: 'key', values: { name: key } }],
    ),
    // In a Secret what is written in `stringData` wins.
    ...(kind === 'ConfigMap' ? repeated('key', keys).map((complaint) => ({ ...complaint, want: 'key' as const })) : []),
  ]
}
