import type { Path } from '../../../labs/kit/kubernetes/finding.ts'
import { fieldsOf, isFields } from '../../../labs/kit/kubernetes/read/manifest.ts'

/**
 * A field as an API server names it (`spec.containers[0].image`, `metadata.labels[a.b/c]`, `.spec.containers[name="web"].imag`) as a path
 * into the object it is about. An item named by its key is looked up; one that is not there ends the path.
 */
export const parseFieldPath = (field: string, value: unknown): Path => {
  const path: (string | number)[] = []
  let inside: unknown = value
  for (const { groups } of field.matchAll(/\[(?<bracket>[^\]]*)\]|(?<name>[^.[\]]+)/g)) {
    const { bracket, name = '' } = groups ?? {}
    const step = bracket === undefined ? name : stepOf(bracket, inside)
    if (step === undefined) return path
    path.push(step)
    inside = Array.isArray(inside) ? inside[Number(step)] : fieldsOf(inside)[String(step)]
  }
  return path
}

const stepOf = (bracket: string, inside: unknown): string | number | undefined => {
  if (/^\d+$/.test(bracket)) return Number(bracket)
  const keys = [...bracket.matchAll(/(\w+)="?([^",]*)"?/g)]
  if (keys.length === 0 || !Array.isArray(inside)) return bracket.replace(/^"|"$/g, '')
  const index = inside.findIndex((item) => isFields(item) && keys.every(([, key, wanted]) => String(item[key ?? ''] ?? '') === wanted))
  return index === -1 ? undefined : index
}
