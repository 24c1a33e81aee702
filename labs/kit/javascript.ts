import { type Options, parse, type Token, tokenizer } from 'acorn'
import type { At } from './finding.ts'

/** Why a JavaScript file cannot be parsed, and where. `open`: it ends while the bracket at `at` is still open. */
export type SyntaxProblem =
  | { readonly kind: 'open'; readonly bracket: string; readonly at: At }
  | { readonly kind: 'unexpected'; readonly found: string; readonly at: At }
  | { readonly kind: 'other'; readonly message: string; readonly at: At }

const OPTIONS = { ecmaVersion: 'latest', locations: true, allowHashBang: true } as const satisfies Options

/** The first syntax problem of a file that Node would run, as a module or else as a script; undefined when it parses. */
export const syntaxProblem = (file: string, text: string): SyntaxProblem | undefined => {
  const asModule = failure(text, 'module')
  if (asModule === undefined || failure(text, 'script') === undefined) return undefined
  const at = { file, line: asModule.loc.line, column: asModule.loc.column + 1 }
  const bracket = asModule.pos >= text.trimEnd().length ? openBracket(text) : undefined
  if (bracket !== undefined) {
    const { line, column } = bracket.loc?.start ?? { line: at.line, column: 0 }
    return { kind: 'open', bracket: text.slice(bracket.start, bracket.end), at: { file, line, column: column + 1 } }
  }
  if (!asModule.message.startsWith('Unexpected token')) {
    return { kind: 'other', message: asModule.message.replace(/ \(\d+:\d+\)$/, ''), at }
  }
  return { kind: 'unexpected', found: /^(?:[\w$]+|.)/u.exec(text.slice(asModule.pos))?.[0] ?? '', at }
}

interface Failure extends SyntaxError {
  readonly pos: number
  readonly loc: { readonly line: number; readonly column: number }
}

const failure = (text: string, sourceType: 'module' | 'script'): Failure | undefined => {
  try {
    parse(text, { ...OPTIONS, sourceType, allowReturnOutsideFunction: sourceType === 'script' })
    return undefined
  } catch (thrown) {
    if (thrown instanceof SyntaxError && 'loc' in thrown) return thrown as Failure
    throw thrown
  }
}

/** The innermost bracket that nothing closes. */
const openBracket = (text: string): Token | undefined => {
  const open: Token[] = []
  try {
    for (const token of tokenizer(text, { ...OPTIONS, sourceType: 'module' })) {
      if (['{', '(', '[', '${'].includes(token.type.label)) open.push(token)
      else if (['}', ')', ']'].includes(token.type.label)) open.pop()
    }
  } catch {
    return undefined
  }
  return open.at(-1)
}
