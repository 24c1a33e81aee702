import type { Localized, Values } from '../finding.ts'
import type { Dockerfile, Instruction, Stage } from './read.ts'
import { type Command, commandsOf, scriptOf } from './shell.ts'

export type Severity = 'error' | 'warning' | 'info' | 'style' | 'ignore'

/** What a lab may say about its Dockerfiles. */
export interface LintOptions {
  /** Registries that FROM may name. */
  readonly registries?: readonly string[]
  /** Labels that must be there and what they hold. */
  readonly labels?: Readonly<Record<string, LabelKind>>
  /** No other labels. */
  readonly onlyLabels?: boolean
  /** Lines of the `.dockerignore`. */
  readonly ignored?: readonly string[]
}

export type LabelKind = 'text' | 'url' | 'time' | 'spdx' | 'hash' | 'semver' | 'email'

/** Where a rule is broken, and what its sentence is filled with. */
export interface Hit {
  readonly line: number
  readonly values?: Values
}

export interface Rule {
  /** The name under which its source documents it. */
  readonly id: string
  readonly source: 'hadolint' | 'buildkit'
  readonly severity: Severity
  /** An ICU message. */
  readonly message: Localized
  check(dockerfile: Dockerfile, options: LintOptions): Iterable<Hit>
}

export interface Problem {
  readonly id: string
  readonly source: Rule['source']
  readonly severity: Severity
  readonly line: number
  readonly message: Localized
}

/** All instructions in the order of their lines. */
export const everything = ({ before, stages }: Dockerfile): readonly Instruction[] => [
  ...before,
  ...stages.flatMap(({ from, instructions }) => [from, ...instructions]),
]

/** Every RUN with its commands. */
export const runs = (
  instructions: readonly Instruction[],
): readonly { readonly run: Instruction; readonly commands: readonly Command[] }[] =>
  instructions.filter(({ keyword }) => keyword === 'RUN').map((run) => ({ run, commands: commandsOf(scriptOf(run)) }))

/** A rule about each single instruction. */
export const each = (holds: (instruction: Instruction, dockerfile: Dockerfile) => boolean | Values): Rule['check'] =>
  function* (dockerfile) {
    for (const instruction of everything(dockerfile)) {
      const broken = holds(instruction, dockerfile)
      if (broken !== false) yield { line: instruction.line, ...(typeof broken === 'object' && { values: broken }) }
    }
  }

/** A rule about the commands of each RUN, told at most once for a RUN. */
export const eachRun = (broken: (commands: readonly Command[], run: Instruction) => boolean | Values): Rule['check'] =>
  function* (dockerfile) {
    for (const { run, commands } of runs(everything(dockerfile))) {
      const found = broken(commands, run)
      if (found !== false) yield { line: run.line, ...(typeof found === 'object' && { values: found }) }
    }
  }

/** Stages of which something is in the result: the last, and all that it builds on. */
export const lineage = ({ stages }: Dockerfile): readonly Stage[] => {
  const found: Stage[] = []
  for (let stage = stages.at(-1); stage; stage = stage.parent === undefined ? undefined : stages[stage.parent]) found.unshift(stage)
  return found
}

/** A stage and all that it builds on, the first one first. */
export const ancestry = ({ stages }: Dockerfile, stage: Stage): readonly Stage[] => {
  const parent = stage.parent === undefined ? undefined : stages[stage.parent]
  return [...(parent ? ancestry({ stages } as Dockerfile, parent) : []), stage]
}

/** Whether a RUN keeps this folder out of the image with a mount. */
export const mounts = (run: Instruction, folder: RegExp): boolean =>
  run.flags.some(
    ({ name, value = '' }) =>
      name === 'mount' &&
      /type=(?:cache|tmpfs)/.test(value) &&
      folder.test(/(?:target|dst|destination)=([^,]+)/.exec(value)?.[1]?.replace(/\/$/, '') ?? ''),
  )

/** Without surrounding quotes. */
export const bare = (text: string): string => /^(["'])(.*)\1$/s.exec(text)?.[2] ?? text
