import { type Options, parse, type Token, tokenizer } from 'acorn'
import { type Answer, type At, pass, reject } from './finding.ts'

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

type Files = Readonly<Record<string, string>>

/** The answer about the first of these files that cannot be parsed, by its kind of problem; undefined when all can. */
export const syntaxAnswer = (files: Files, ...paths: readonly string[]): Answer | undefined => {
  const problem = paths.map((path) => syntaxProblem(path, files[path] ?? '')).find((found) => found !== undefined)
  if (problem === undefined) return undefined
  const { kind, at, ...words } = problem
  return reject(kind, { ...words, file: at.file, line: at.line ?? 0, column: at.column ?? 0 }, { at })
}

/** The static check of work in JavaScript: Node can parse these files. Its text has `open`, `unexpected` and `other`. */
export const parseable = (...paths: readonly string[]) => ({
  tier: 'static' as const,
  run: ({ files }: { readonly files: Files }): Answer => syntaxAnswer(files, ...paths) ?? pass(),
})

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
