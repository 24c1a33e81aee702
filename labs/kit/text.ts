import { IntlMessageFormat } from 'intl-messageformat'
import { z } from 'zod'
import { LANGUAGES, type Language, type Localized, type Values } from './finding.ts'

/** An ICU message: `{lost, plural, one {# request} other {# requests}} lost`. Tags are plain text. */
const message = z.string().superRefine((source, context) => {
  try {
    variablesOf(source)
  } catch (cause) {
    context.addIssue({ code: 'custom', message: `is not an ICU message (${(cause as Error).message}): ${JSON.stringify(source)}` })
  }
})

const sentences = z.strictObject({
  because: message,
  expected: message.optional(),
  actual: message.optional(),
  hint: message.optional(),
})
export type Sentences = z.infer<typeof sentences>

/** A check's words: its title, what its pass proved, and sentences for each way to fail. */
export interface CheckText {
  readonly title: string
  readonly passed: string
  readonly [as: string]: string | Sentences
}
const checkText: z.ZodType<CheckText> = z.object({ title: z.string(), passed: message }).catchall(sentences)

/** One language of a lab, as `text.<language>.yaml` holds it. */
export const labTextSchema = z.strictObject({
  title: z.string(),
  summary: z.string(),
  task: z.string(),
  checks: z.record(z.string(), checkText),
  doing: z.record(z.string(), z.string()).default({}),
  evidence: z.record(z.string(), z.string()).default({}),
  words: z.record(z.string(), z.string()).default({}),
  hints: z.array(z.string()).min(2),
  mistakes: z.record(z.string(), z.string()),
})
export type LabText = z.infer<typeof labTextSchema>

/** Fills an ICU message. The output is plain text. */
export const fill = (source: string, language: Language, values: Values): string => String(parsed(source, language).format(values))

const parsed = (source: string, language: Language): IntlMessageFormat =>
  new IntlMessageFormat(source, language, undefined, { ignoreTag: true })

/** Fills the same entry of both languages. */
export const fillBoth = (entry: Localized, values: Values): Localized => ({
  en: fill(entry.en, 'en', values),
  ja: fill(entry.ja, 'ja', values),
})

/**
 * What keeps two languages of one text from saying the same: keys that one lacks, and messages whose variables differ.
 * Empty when they match. Each entry names the place.
 */
export const differences = (texts: Readonly<Record<Language, unknown>>, path = ''): string[] => {
  const { en, ja } = texts
  if (typeof en === 'string' && typeof ja === 'string') {
    if (!/^checks\./.test(path)) return []
    const [a, b] = [variablesOf(en).join(', '), variablesOf(ja).join(', ')]
    return a === b ? [] : [`${path}: en uses {${a}}, ja uses {${b}}`]
  }
  if (!isRecord(en) || !isRecord(ja))
    return en === undefined && ja === undefined ? [] : [`${path}: one language has text, the other structure`]
  return [...new Set([...Object.keys(en), ...Object.keys(ja)])].flatMap((key) => {
    const at = path === '' ? key : `${path}.${key}`
    const missing = LANGUAGES.find((language) => texts[language] !== undefined && !(key in (texts[language] as object)))
    return missing === undefined ? differences({ en: en[key], ja: ja[key] }, at) : [`${at}: missing in ${missing}`]
  })
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Names of the variables of an ICU message, sorted. */
const variablesOf = (source: string): string[] => {
  const names = new Set<string>()
  const visit = (elements: readonly unknown[]): void => {
    for (const element of elements) {
      if (!isRecord(element)) continue
      // 0 is a literal and 7 the `#` of a plural; every other element is named after its variable.
      if (typeof element['value'] === 'string' && element['type'] !== 0) names.add(element['value'])
      if (isRecord(element['options']))
        for (const option of Object.values(element['options'])) visit((option as { value: unknown[] }).value)
    }
  }
  visit(parsed(source, 'en').getAst())
  return [...names].sort()
}
