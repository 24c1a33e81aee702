import { parse } from 'yaml'

/**
 * What a scalar without quotes and without a tag means to Kubernetes, which reads YAML 1.1 as Go's `yaml.v2` does
 * (sigs.k8s.io/yaml): `yes`, `on` and `y` are booleans, `0644` is octal, `12:30` stays text, a date stays text.
 */
export const plainScalar = (source: string): string | number | boolean | null => {
  if (NULL.has(source)) return null
  if (TRUE.has(source)) return true
  if (FALSE.has(source)) return false
  // Underscores may part digits; a word that begins with one is a word.
  const digits = source.startsWith('_') ? source : source.replaceAll('_', '')
  // A number that is too large for any is text: `1e400`.
  if (DECIMAL.test(digits) || FLOAT.test(digits)) return Number.isFinite(Number(digits)) ? Number(digits) : source
  const based = BASED.exec(digits)
  if (based === null) return source
  const { sign, hex, binary, octal } = based.groups as Record<string, string | undefined>
  const [text, base] = hex !== undefined ? [hex, 16] : binary !== undefined ? [binary, 2] : [octal ?? '', 8]
  return (sign === '-' ? -1 : 1) * Number.parseInt(text, base)
}

const NULL = new Set(['', '~', 'null', 'Null', 'NULL'])
const TRUE = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'])
const FALSE = new Set(['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'])
const DECIMAL = /^[-+]?(0|[1-9][0-9]*)$/
const BASED = /^(?<sign>[-+]?)(0x(?<hex>[0-9a-fA-F]+)|0b(?<binary>[01]+)|0o?(?<octal>[0-7]+))$/
const FLOAT = /^[-+]?(\.[0-9]+|(0|[1-9][0-9]*)\.[0-9]*|0[0-9]*[89][0-9]*(\.[0-9]*)?|(\.[0-9]+|[0-9]+(\.[0-9]*)?)[eE][-+]?[0-9]+)$/

/** Go's `yaml.v2` knows one escape in double quotes that YAML does not: `\'`. */
export const isGoEscape = (text: string, offset: number): boolean => text.startsWith("\\'", offset)

/** A text in double quotes, quotes included: as it was parsed, or read anew where that escape is in it. */
export const doubleQuoted = (source: string, parsed: string): string => {
  const standard = source.replace(/\\([\s\S])/g, (pair, escaped: string) => (escaped === "'" ? escaped : pair))
  return standard === source ? parsed : String(parse(standard, { schema: 'failsafe', logLevel: 'silent' }))
}
