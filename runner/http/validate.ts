import { sValidator } from '@hono/standard-validator'
import type { z } from 'zod'
import { known } from './language.ts'
import { Refusal } from './refusal.ts'

/** The body in this form, or a refusal that names the field. */
export const body = <S extends z.ZodType>(schema: S) =>
  sValidator('json', schema, (result) => {
    if (result.success) return
    const language = known((result.data as { language?: unknown } | null)?.language)
    throw invalid('body.invalid', result.error, language)
  })

/** The query parameters in this form, or a refusal that names one. */
export const query = <S extends z.ZodType>(schema: S) =>
  sValidator('query', schema, (result) => {
    if (!result.success) throw invalid('query.invalid', result.error)
  })

interface Issue {
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
  readonly keys?: readonly string[]
}

const invalid = (code: 'body.invalid' | 'query.invalid', issues: readonly Issue[], language?: Refusal['language']): Refusal => {
  const [issue] = issues
  const path = (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part))
  const field = [...path, ...(issue?.keys?.slice(0, 1) ?? [])].join('.').toWellFormed().slice(0, 80)
  return new Refusal(code, { values: { field }, at: { field }, language })
}
