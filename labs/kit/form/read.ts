import type { z } from 'zod'
import { type Answer, type At, reject, type Values } from '../finding.ts'
import { type Path, writePath } from '../kubernetes/finding.ts'
import { readDocuments } from '../kubernetes/read/documents.ts'
import { placeOf } from '../kubernetes/read/place.ts'
import { closest } from '../kubernetes/schema/similar.ts'
import { commonName } from '../kubernetes/text/common.ts'
import { knownAt } from './known.ts'
import type { FormRule } from './text.ts'

/** A structured file that a learner fills in, read and in its shape. */
export interface Form<T> {
  readonly value: T
  /** The place of a path in the file; of the deepest part that exists, where the path does not. */
  at(path: Path, want?: 'key' | 'value'): Required<At>
}

/**
 * A YAML file as the schema wants it, with the place of every value; or the answer to give when it is no YAML or has another shape,
 * in the kit's own sentences. A key without a value counts as not written. Never throws for what a learner wrote.
 */
export const readForm = <T>(file: string, text: string, schema: z.ZodType<T>): { readonly form: Form<T> } | { readonly answer: Answer } => {
  const { documents, problems, atOffset } = readDocuments(file, text)
  const [problem] = problems
  if (problem !== undefined) return { answer: reject(commonName(problem.rule), problem.values, { at: problem.at }) }
  const [plain, second] = documents
  if (plain === undefined) return { answer: say('form.empty', { file }, { file }) }
  if (second !== undefined) return { answer: say('form.several', { file, documents: documents.length }, atOffset(second.place.offset)) }
  const at = (path: Path, want?: 'key' | 'value') => atOffset(placeOf(plain.place, path, want))
  const parsed = schema.safeParse(plain.value, { reportInput: true })
  return parsed.success ? { form: { value: parsed.data, at } } : { answer: complaint(schema, parsed.error.issues, plain.value, at) }
}

const complaint = (schema: z.ZodType, issues: readonly z.core.$ZodIssue[], root: unknown, at: Form<unknown>['at']): Answer => {
  const [issue] = issues
  if (issue === undefined) throw new Error('a schema refused a form without saying why')
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)))
  if (issue.code === 'unrecognized_keys')
    return stranger(issue.keys[0] ?? '', knownAt(schema, path), at([...path, issue.keys[0] ?? ''], 'key'))
  if (issue.code === 'invalid_key') return stranger(String(path.at(-1)), knownAt(schema, path.slice(0, -1)), at(path, 'key'))
  const found = path.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], root)
  if (found === undefined && issue.code === 'invalid_type') return say('form.missing', { key: String(path.at(-1)) }, at(path))
  if (issue.code === 'invalid_value') return stranger(String(found), knownAt(schema, path), at(path))
  const values = { path: writePath(path) || '.', says: issue.message }
  if (issue.code === 'invalid_type') return say('form.type', { ...values, wanted: issue.expected, found: typeOf(found) }, at(path))
  return say('form.value', values, at(path))
}

const stranger = (key: string, known: readonly string[], at: At): Answer => {
  const similar = closest(key, known)
  return similar === undefined
    ? say('form.unknown', { key, known: known.map((word) => `\`${word}\``).join(', ') }, at)
    : say('form.misspelt', { key, similar }, at)
}

const say = (rule: FormRule, values: Values, at: At): Answer => reject(rule, values, { at })

const typeOf = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value)
