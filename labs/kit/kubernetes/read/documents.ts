import { type Document, LineCounter } from 'yaml'
import type { At, Values } from '../../finding.ts'
import type { RuleId } from '../text/index.ts'
import { parseDocuments } from './parse.ts'
import { BOUNDS, type Plain, type Problem, toPlain } from './plain.ts'
import { isGoEscape } from './scalar.ts'
import { syntaxRule } from './syntax.ts'

/** One thing that is wrong with a file as YAML, at its place. */
export interface YamlProblem {
  readonly rule: RuleId
  readonly values: Values
  readonly at: Required<At>
}

export interface YamlReading {
  /** Documents that could be read and hold something. */
  readonly documents: readonly Plain[]
  readonly problems: readonly YamlProblem[]
  /** Line and column of an offset of the file. */
  atOffset(offset: number): Required<At>
}

/** Characters of one file that are read at all. */
const MOST_CHARACTERS = 128_000
const MOST_DOCUMENTS = 500
/** The parser's own recursion; the bound on what a document means is `BOUNDS.depth`. */
const DEEPEST_BRACKETS = 200

/**
 * Every document of a YAML file as plain data, each value with its place. Never throws: what cannot be read is a problem, and the
 * documents beside it are still read.
 */
export const readDocuments = (file: string, text: string): YamlReading => {
  const lines = new LineCounter()
  const problems: YamlProblem[] = []
  const atOffset = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const report = ({ rule, offset, values }: Problem): void => {
    // An offset among the values is a place in this file: the reader wants its line.
    const first = values['first']
    problems.push({ rule, values: typeof first === 'number' ? { ...values, first: atOffset(first).line } : values, at: atOffset(offset) })
  }
  const reading = (documents: readonly Plain[]): YamlReading => ({ documents, problems, atOffset })
  const refused = refusal(text)
  if (refused !== undefined) {
    lines.addNewLine(0)
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1)
    report(refused)
    return reading([])
  }
  return reading(parseDocuments(text, lines).flatMap((document) => readDocument(document, text, report)))
}

const readDocument = (document: Document.Parsed, text: string, report: (problem: Problem) => void): Plain[] => {
  const error = document.errors.find(({ code, pos }) => code !== 'BAD_DQ_ESCAPE' || !isGoEscape(text, pos[0]))
  if (error !== undefined) {
    report({ rule: syntaxRule(error), offset: error.pos[0], values: { says: error.message, allowed: BOUNDS.depth } })
    return []
  }
  const problems: Problem[] = []
  const plain = toPlain(document, text, problems)
  for (const problem of problems) report(problem)
  return plain === undefined || plain.value === null ? [] : [plain]
}

/** Why a text is not handed to the parser at all. */
const refusal = (text: string): Problem | undefined => {
  if (text.length > MOST_CHARACTERS) return { rule: 'yaml.too-long', offset: 0, values: { allowed: MOST_CHARACTERS } }
  if ((text.match(/^---/gm)?.length ?? 0) > MOST_DOCUMENTS) return { rule: 'yaml.too-many', offset: 0, values: { allowed: MOST_DOCUMENTS } }
  const tooDeep = deepBracket(text)
  return tooDeep === undefined ? undefined : { rule: 'yaml.too-deep', offset: tooDeep, values: { allowed: DEEPEST_BRACKETS } }
}

/** Where brackets are opened more often without being closed than any text needs. Strings and comments count too: it is a guard. */
const deepBracket = (text: string): number | undefined => {
  let depth = 0
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charCodeAt(index)
    if (char === 0x5b || char === 0x7b) {
      depth += 1
      if (depth > DEEPEST_BRACKETS) return index
    } else if ((char === 0x5d || char === 0x7d) && depth > 0) depth -= 1
  }
  return undefined
}
