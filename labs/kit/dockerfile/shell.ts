import type { Instruction } from './read.ts'

/** One simple command of a shell script: `FOO=1 apt-get -y install curl`. */
export interface Command {
  /** Without its folder; empty where only variables are set. */
  readonly name: string
  readonly args: readonly string[]
  readonly assigned: Readonly<Record<string, string>>
  /** Whether its output goes into the next. */
  readonly piped: boolean
}

type Token = { readonly word: string } | { readonly operator: string }

const OPERATOR = /^(?:&&|\|\||;;|\|&|[;|&\n(){}])/
const KEYWORDS = new Set([
  'if',
  'then',
  'else',
  'elif',
  'fi',
  'for',
  'while',
  'until',
  'do',
  'done',
  'case',
  'esac',
  '!',
  'time',
  'exec',
  'command',
  'eval',
  'env',
])

/** The script of a RUN: its text, the body of its here-document, or its exec form joined. */
export const scriptOf = ({ exec, heredocs, rest }: Instruction): string => {
  if (exec) return exec[1] === '-c' && exec[2] !== undefined ? exec[2] : exec.join(' ')
  const bodies = heredocs.map(({ text }) => text)
  const first = rest.replace(/<<-?\s*(["']?)\w+\1/g, '').trim()
  return [first, ...bodies].filter((part) => part !== '').join('\n')
}

/** The simple commands of a shell script, those of substitutions and of `sh -c` after the one they stand in. Good enough to lint; nothing is ever run. */
export const commandsOf = (script: string): readonly Command[] => {
  const commands: Command[] = []
  const inner: string[] = []
  let words: string[] = []
  const end = (piped: boolean): void => {
    const command = toCommand(words, piped)
    words = []
    if (command) commands.push(command)
  }
  for (const token of tokensOf(script, inner)) {
    if ('word' in token) words.push(token.word)
    else end(token.operator === '|' || token.operator === '|&')
  }
  end(false)
  const nested = commands.flatMap(({ name, args }) => {
    const at = ['sh', 'bash', 'ash', 'dash'].includes(name) ? args.findIndex((arg) => /^-[a-z]*c$/.test(arg)) : -1
    return at >= 0 ? [args[at + 1] ?? ''] : []
  })
  return [...commands, ...[...inner, ...nested].flatMap(commandsOf)]
}

const toCommand = (all: readonly string[], piped: boolean): Command | undefined => {
  const assigned: Record<string, string> = {}
  let words = all
  for (;;) {
    const [first] = words
    if (first === undefined) return Object.keys(assigned).length > 0 ? { name: '', args: [], assigned, piped } : undefined
    const set = /^([A-Za-z_]\w*)\+?=(.*)$/s.exec(first)
    if (set) assigned[set[1] ?? ''] = set[2] ?? ''
    else if (!KEYWORDS.has(first)) break
    words = words.slice(1)
  }
  return { name: words[0]?.split('/').at(-1) ?? '', args: words.slice(1), assigned, piped }
}

/** Words without their quotes; substitutions are put aside. */
const tokensOf = function* (script: string, inner: string[]): Generator<Token> {
  let at = 0
  let word: string | undefined
  const flush = function* (): Generator<Token> {
    if (word !== undefined) yield { word }
    word = undefined
  }
  while (at < script.length) {
    const rest = script.slice(at)
    const char = rest[0] ?? ''
    if (char === '\\') {
      if (rest[1] !== '\n') word = (word ?? '') + (rest[1] ?? '')
      at += 2
    } else if (char === "'") {
      const close = script.indexOf("'", at + 1)
      word = (word ?? '') + script.slice(at + 1, close < 0 ? undefined : close)
      at = close < 0 ? script.length : close + 1
    } else if (char === '"') {
      const [text, length] = doubleQuoted(rest, inner)
      word = (word ?? '') + text
      at += length
    } else if (rest.startsWith('$(') || rest.startsWith('${') || char === '`') {
      const length = char === '`' ? closing(rest, '`', '`', 1) : closing(rest, rest[1] ?? '', rest[1] === '(' ? ')' : '}', 2)
      if (rest[1] !== '{') inner.push(char === '`' ? rest.slice(1, length - 1) : rest.slice(2, length - 1))
      word = (word ?? '') + rest.slice(0, length)
      at += length
    } else if (char === '#' && word === undefined) {
      const line = script.indexOf('\n', at)
      at = line < 0 ? script.length : line
    } else if (/^\d?[<>]/.test(rest) && (word === undefined || !/^\d/.test(char))) {
      yield* flush()
      const redirect = /^\d?(?:<<<|<<-?|>>|>&|<&|>\||[<>])\s*\S*/.exec(rest)?.[0] ?? char
      at += Math.max(1, redirect.replace(/[;&|)]+$/, (tail) => (redirect.includes('>&') && /^&?\d/.test(tail) ? tail : '')).length)
    } else if (OPERATOR.test(rest) && !((char === '{' || char === '}') && (word !== undefined || !/^[{}](?:\s|;|$)/.test(rest)))) {
      yield* flush()
      const operator = OPERATOR.exec(rest)?.[0] ?? char
      yield { operator }
      at += operator.length
    } else if (/\s/.test(char)) {
      yield* flush()
      at += 1
    } else {
      word = (word ?? '') + char
      at += 1
    }
  }
  yield* flush()
}

const doubleQuoted = (text: string, inner: string[]): readonly [string, number] => {
  let result = ''
  let at = 1
  while (at < text.length && text[at] !== '"') {
    if (text.startsWith('$(', at)) {
      const length = closing(text.slice(at), '(', ')', 2)
      inner.push(text.slice(at + 2, at + length - 1))
      result += text.slice(at, at + length)
      at += length
    } else if (text[at] === '\\') {
      result += text[at + 1] ?? ''
      at += 2
    } else {
      result += text[at]
      at += 1
    }
  }
  return [result, at + 1]
}

/** How long a bracketed part is, nested ones counted. */
const closing = (text: string, open: string, close: string, from: number): number => {
  let depth = 1
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === close) depth -= 1
    else if (text[at] === open) depth += 1
    if (depth === 0) return at + 1
  }
  return text.length
}

/** Arguments that are not flags, without the values of the flags named (`t`, `target-release`). */
export const operands = ({ args }: Command, valued: readonly string[] = []): readonly string[] => {
  const found: string[] = []
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? ''
    if (arg === '--') return [...found, ...args.slice(at + 1)]
    if (!arg.startsWith('-') || arg === '-') found.push(arg)
    else if (valued.includes(arg.replace(/^-+/, ''))) at += 1
  }
  return found
}

/** Whether one of the flags is there: short ones alone, joined (`-qqy`), long ones with or without a value. */
export const hasFlag = ({ args }: Command, ...names: readonly string[]): boolean =>
  args.some((arg) =>
    names.some((name) =>
      name.length === 1 ? /^-[A-Za-z0-9]+$/.test(arg) && arg.includes(name) : arg === `--${name}` || arg.startsWith(`--${name}=`),
    ),
  )

/** The value behind a flag, as `--uid 7`, `--uid=7`, `-u 7` or `-u7`. */
export const flagValue = ({ args }: Command, ...names: readonly string[]): string | undefined => {
  for (const [index, arg] of args.entries()) {
    for (const name of names) {
      const flag = name.length === 1 ? `-${name}` : `--${name}`
      if (arg === flag) return args[index + 1]
      if (arg.startsWith(`${flag}=`)) return arg.slice(flag.length + 1)
      if (name.length === 1 && arg.startsWith(flag)) return arg.slice(2)
    }
  }
  return undefined
}
