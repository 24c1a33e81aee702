import {
  type Copy,
  DockerfileParser,
  type From,
  JSONInstruction,
  ModifiableInstruction,
  type Instruction as Parsed,
  type Property,
  PropertyInstruction,
  type Run,
} from 'dockerfile-ast'
import { expand, type Scope } from './variables.ts'

/** One instruction with the lines it covers, counted from 1. */
export interface Instruction {
  /** In capitals, whatever the file says. */
  readonly keyword: string
  /** As the file writes it. */
  readonly written: string
  readonly line: number
  readonly endLine: number
  /** The whole instruction on one line, flags and all; without the bodies of here-documents. */
  readonly text: string
  /** Everything behind the keyword and its flags, continuation lines joined; without the bodies of here-documents. */
  readonly rest: string
  /** Words behind the flags, as written. */
  readonly words: readonly string[]
  readonly flags: readonly { readonly name: string; readonly value: string | undefined }[]
  /** The strings of the exec form (`CMD ["node", "server.js"]`); undefined for the shell form. */
  readonly exec: readonly string[] | undefined
  /** The names that an ARG, ENV or LABEL sets, quotes taken off; `literal`: in single quotes, so that nothing is put in; `old`: as `ENV name value`. */
  readonly pairs: readonly { readonly name: string; readonly value: string | undefined; readonly literal: boolean; readonly old: boolean }[]
  readonly heredocs: readonly { readonly name: string; readonly text: string }[]
}

/** What begins with one FROM. */
export interface Stage {
  readonly index: number
  /** Behind AS, as written. */
  readonly name: string | undefined
  readonly from: Instruction
  /** The image or earlier stage, as written. */
  readonly image: string
  /** The same with ARGs put in; undefined when one has no value. */
  readonly base: string | undefined
  /** The index of the earlier stage that it builds on. */
  readonly parent: number | undefined
  /** Without its FROM. */
  readonly instructions: readonly Instruction[]
}

export interface Dockerfile {
  readonly file: string
  /** The lines of the text, without their ends. */
  readonly lines: readonly string[]
  readonly directives: readonly { readonly name: string; readonly value: string; readonly line: number }[]
  readonly escape: string
  readonly comments: readonly { readonly line: number; readonly text: string }[]
  /** What stands before the first FROM. */
  readonly before: readonly Instruction[]
  readonly stages: readonly Stage[]
}

export interface ReadOptions {
  /** Its name, for `at`. */
  readonly file?: string
  /** Values of `--build-arg`. */
  readonly args?: Readonly<Record<string, string>>
}

/** Reads a Dockerfile, also one with mistakes: what cannot be understood is an instruction with an unknown keyword. Never throws. */
export const readDockerfile = (text: string, { file = 'Dockerfile', args = {} }: ReadOptions = {}): Dockerfile => {
  const parsed = DockerfileParser.parse(text)
  const lines = text.split(/\r\n|\n/)
  const instructions = parsed.getInstructions().map((instruction) => ({ parsed: instruction, read: toInstruction(instruction, lines) }))
  const first = instructions.findIndex(({ read }) => read.keyword === 'FROM')
  const before = (first < 0 ? instructions : instructions.slice(0, first)).map(({ read }) => read)
  const scope = globalScope(before, args)
  const stages: Stage[] = []
  for (const { parsed: instruction, read } of first < 0 ? [] : instructions.slice(first)) {
    const current = stages.at(-1)
    if (read.keyword === 'FROM') stages.push(toStage(instruction as From, read, stages, scope))
    else if (current) (current.instructions as Instruction[]).push(read)
  }
  return {
    file,
    lines,
    directives: parsed.getDirectives().map((directive) => ({
      name: directive.getName().toLowerCase(),
      value: directive.getValue(),
      line: directive.getRange().start.line + 1,
    })),
    escape: parsed.getEscapeCharacter(),
    comments: parsed.getComments().map((comment) => ({ line: comment.getRange().start.line + 1, text: comment.getContent() ?? '' })),
    before,
    stages,
  }
}

const toInstruction = (parsed: Parsed, lines: readonly string[]): Instruction => {
  const { start, end } = parsed.getRange()
  const flags =
    parsed instanceof ModifiableInstruction
      ? parsed.getFlags().map((flag) => ({ name: flag.getName().toLowerCase(), value: flag.getValue() ?? undefined }))
      : []
  const words = parsed.getArguments().map((word) => word.getValue())
  const keyword = parsed.getKeyword()
  const content = contentOf(parsed)
  return {
    keyword,
    text: `${keyword} ${content}`.trim(),
    written: parsed.getInstruction(),
    line: start.line + 1,
    endLine: end.line + 1,
    rest: content.replace(/^(?:--[a-z][a-z-]*(?:=\S*)?\s+)+/i, '').trim(),
    words,
    flags,
    pairs: parsed instanceof PropertyInstruction ? parsed.getProperties().map(toPair) : [],
    exec: parsed instanceof JSONInstruction ? execOf(parsed) : undefined,
    heredocs: hasHeredocs(parsed)
      ? parsed.getHeredocs().map((heredoc) => {
          const content = heredoc.getContentRange()
          return {
            name: heredoc.getName(),
            text: content ? lines.slice(content.start.line, content.end.line + (content.end.character > 0 ? 1 : 0)).join('\n') : '',
          }
        })
      : [],
  }
}

const hasHeredocs = (parsed: Parsed): parsed is Run | Copy =>
  ['RUN', 'COPY', 'ADD'].includes(parsed.getKeyword()) && 'getHeredocs' in parsed

/** Without line ends: of a here-document only its first line. */
const contentOf = (parsed: Parsed): string => {
  const content = parsed.getArgumentsContent() ?? ''
  const first = hasHeredocs(parsed) && parsed.getHeredocs().length > 0 ? (content.split('\n')[0] ?? '') : content
  return first.trim()
}

const toPair = (property: Property): Instruction['pairs'][number] => {
  const value = property.getUnescapedValue() ?? undefined
  return {
    name: unquoted(property.getName()),
    value: value && unquoted(value),
    literal: value?.startsWith("'") ?? false,
    old: value !== undefined && property.getAssignmentOperator() === null,
  }
}

const execOf = (parsed: JSONInstruction): readonly string[] | undefined => {
  if (!parsed.getOpeningBracket() || !parsed.getClosingBracket()) return undefined
  return parsed.getJSONStrings().map((string) => string.getJSONValue())
}

const globalScope = (before: readonly Instruction[], args: Readonly<Record<string, string>>): Scope => {
  const scope = new Map<string, string | undefined>()
  for (const { keyword, words } of before) {
    if (keyword !== 'ARG') continue
    for (const word of words) {
      const [, name = '', value] = /^([^=]+)(?:=(.*))?$/s.exec(word) ?? []
      scope.set(name, args[name] ?? (value === undefined ? undefined : (expand(unquoted(value), scope) ?? undefined)))
    }
  }
  return scope
}

/** Without the quotes around it. */
export const unquoted = (value: string): string => /^(["'])(.*)\1$/s.exec(value)?.[2] ?? value

const toStage = (parsed: From, from: Instruction, earlier: readonly Stage[], scope: Scope): Stage => {
  const image = unquoted(parsed.getImage() ?? '')
  const base = expand(image, scope)
  const parent = earlier.findLast(({ name }) => name !== undefined && name.toLowerCase() === base?.toLowerCase())?.index
  return { index: earlier.length, name: parsed.getBuildStage() ?? undefined, from, image, base, parent, instructions: [] }
}
