import type { Dockerfile, Instruction } from '../read.ts'
import { ancestry, bare, each, type Hit, lineage, type Rule } from '../rule.ts'
import { commandsOf, scriptOf } from '../shell.ts'
import { references } from '../variables.ts'

const ARCHIVE = /\.(?:tar|tar\.(?:bz2|gz|lz|lzma|xz|Z|zst)|tb2|tbz2?|tgz|tpz|tlz|txz|tZ|tzst)$/
const REMOTE = /^(?:https?:\/\/|ftp:\/\/|git@|git:\/\/|ssh:\/\/)|\.git(?:#.*)?$/
const WINDOWS = /^[A-Za-z]:[\\/]/

const isRoot = (user: string): boolean => /^(?:root|0+)(?::|$)/.test(bare(user))
const named = (instruction: Instruction, flag: string): string | undefined => instruction.flags.find(({ name }) => name === flag)?.value
const sourcesAndTarget = ({ words, exec }: Instruction): readonly string[] => (exec ?? words).map(bare)

/** Every one after the first of its kind in a stage. */
const repeated = (keyword: string): Rule['check'] =>
  function* ({ stages }) {
    for (const { instructions } of stages)
      for (const { line } of instructions.filter((one) => one.keyword === keyword).slice(1)) yield { line }
  }

const shellForm = each(({ keyword, exec, rest }) => (keyword === 'CMD' || keyword === 'ENTRYPOINT') && exec === undefined && rest !== '')

const sameEnvironment = function* ({ stages }: Dockerfile): Iterable<Hit> {
  for (const { instructions } of stages) {
    const known = new Set<string>()
    for (const instruction of instructions.filter(({ keyword }) => keyword === 'ENV' || keyword === 'ARG')) {
      const set = instruction.pairs
      const own = instruction.keyword === 'ENV' ? set.map(({ name }) => name) : []
      // A variable may take its own earlier value; only another one of the same statement is not there yet.
      const early = set.flatMap(({ name: setting, value = '', literal }) =>
        references(literal ? '' : value).filter(({ name }) => name !== setting && own.includes(name) && !known.has(name)),
      )[0]
      if (early) yield { line: instruction.line, values: { name: early.name } }
      for (const { name } of set) known.add(name)
    }
  }
}

const relativeCopy = function* (dockerfile: Dockerfile): Iterable<Hit> {
  for (const stage of dockerfile.stages) {
    let placed = ancestry(dockerfile, stage)
      .slice(0, -1)
      .some(({ instructions }) => instructions.some(({ keyword }) => keyword === 'WORKDIR'))
    for (const instruction of stage.instructions) {
      if (instruction.keyword === 'WORKDIR') placed = true
      const target = sourcesAndTarget(instruction).at(-1) ?? '/'
      if (instruction.keyword === 'COPY' && !placed && !/^[/$\\]/.test(target) && !WINDOWS.test(target))
        yield { line: instruction.line, values: { target } }
    }
  }
}

const copiedThenExtracted = function* ({ stages }: Dockerfile): Iterable<Hit> {
  for (const { instructions } of stages) {
    const copied = instructions.filter(({ keyword, flags }) => keyword === 'COPY' && !flags.some(({ name }) => name === 'from'))
    const extracted = instructions
      .flatMap((instruction) => (instruction.keyword === 'RUN' ? commandsOf(scriptOf(instruction)) : []))
      .filter(
        ({ name, args }) =>
          ['unzip', 'gunzip', 'bunzip2', 'unlzma', 'unxz', 'zgz', 'uncompress', 'zcat', 'gzcat'].includes(name) ||
          (name === 'tar' && args.some((arg) => /^-?[a-zA-Z]*x/.test(arg) || arg === '--extract' || arg === '--get')),
      )
    for (const { line, ...copy } of copied) {
      const words = sourcesAndTarget({ line, ...copy })
      const target = words.at(-1) ?? ''
      const names = words
        .slice(0, -1)
        .filter((source) => ARCHIVE.test(source))
        .map((source) => source.split(/[\\/]/).at(-1) ?? source)
      const landed = [...names, ...(names.length > 0 && !target.endsWith('/') ? [target.split('/').at(-1) ?? ''] : [])].filter(
        (name) => name !== '' && name !== '.',
      )
      if (extracted.some(({ args }) => args.some((arg) => landed.includes(arg.split('/').at(-1) ?? '')))) yield { line }
    }
  }
}

/** Rules about single instructions, numbered as hadolint numbers them. */
export const INSTRUCTION_RULES: readonly Rule[] = [
  {
    id: 'DL1001',
    source: 'hadolint',
    severity: 'ignore',
    message: {
      en: 'This comment switches a rule off for the next instruction.',
      ja: 'このコメントは、次の命令に対してルールを無効にしています。',
    },
    *check({ lines }) {
      for (const [index, text] of lines.entries()) if (/^\s*#\s*hadolint\s+(?:global\s+)?ignore\s*=/.test(text)) yield { line: index + 1 }
    },
  },
  {
    id: 'DL3000',
    source: 'hadolint',
    severity: 'error',
    message: {
      en: 'The WORKDIR `{path}` is relative: where it ends up depends on the base image.',
      ja: 'WORKDIR の `{path}` は相対パスです。実際の場所はベースイメージによって変わります。',
    },
    check: each(({ keyword, rest }) => {
      const path = bare(rest)
      return keyword === 'WORKDIR' && path !== '' && !/^[/$\\]/.test(path) && !WINDOWS.test(path) && { path }
    }),
  },
  {
    id: 'DL3002',
    source: 'hadolint',
    severity: 'warning',
    message: { en: 'The last USER of this stage is root.', ja: 'このステージの最後の USER が root です。' },
    *check({ stages }) {
      for (const { instructions } of stages) {
        const last = instructions.findLast(({ keyword }) => keyword === 'USER')
        if (last && isRoot(last.rest)) yield { line: last.line }
      }
    },
  },
  {
    id: 'DL3010',
    source: 'hadolint',
    severity: 'info',
    message: {
      en: 'An archive is copied and then unpacked; ADD does both in one layer.',
      ja: 'アーカイブをコピーしてから展開しています。ADD なら 1 つのレイヤーで済みます。',
    },
    check: copiedThenExtracted,
  },
  {
    id: 'DL3011',
    source: 'hadolint',
    severity: 'error',
    message: { en: '{port} is no port: they end at 65535.', ja: '{port} はポート番号ではありません。上限は 65535 です。' },
    check: each(({ keyword, words }) => {
      const port =
        keyword === 'EXPOSE'
          ? words
              .flatMap((word) =>
                bare(word)
                  .replace(/\/\w+$/, '')
                  .split('-'),
              )
              .find((number) => /^\d+$/.test(number) && Number(number) > 65535)
          : undefined
      return port !== undefined && { port }
    }),
  },
  {
    id: 'DL3012',
    source: 'hadolint',
    severity: 'error',
    message: {
      en: 'A stage has one HEALTHCHECK; this one replaces the earlier.',
      ja: 'HEALTHCHECK はステージに 1 つです。前の指定はこれで上書きされます。',
    },
    check: repeated('HEALTHCHECK'),
  },
  {
    id: 'DL3020',
    source: 'hadolint',
    severity: 'error',
    message: {
      en: 'ADD of plain files: COPY says what happens, ADD may also fetch and unpack.',
      ja: '通常のファイルに ADD を使っています。ADD は取得や展開も行うため、COPY のほうが意図が伝わります。',
    },
    check: each((instruction) => {
      if (instruction.keyword !== 'ADD' || instruction.heredocs.length > 0) return false
      const sources = sourcesAndTarget(instruction).slice(0, -1)
      return sources.length > 0 && sources.some((source) => !ARCHIVE.test(source) && !REMOTE.test(source) && !source.startsWith('$'))
    }),
  },
  {
    id: 'DL3021',
    source: 'hadolint',
    severity: 'error',
    message: {
      en: 'Several sources need a folder as target: end `{target}` with a slash.',
      ja: 'コピー元が複数あるときは、コピー先がディレクトリでなければなりません。`{target}` の末尾に / を付けてください。',
    },
    check: each((instruction) => {
      const words = sourcesAndTarget(instruction)
      const target = words.at(-1) ?? ''
      return instruction.keyword === 'COPY' && instruction.heredocs.length === 0 && words.length > 2 && !/[/\\]$/.test(target) && { target }
    }),
  },
  {
    id: 'DL3025',
    source: 'hadolint',
    severity: 'warning',
    message: {
      en: 'In the shell form `sh` is PID 1 and takes the signals; the JSON form starts the program itself.',
      ja: 'シェル形式では `sh` が PID 1 になり、シグナルもそこに届きます。JSON 形式ならプログラムが直接起動します。',
    },
    check: shellForm,
  },
  {
    id: 'DL3043',
    source: 'hadolint',
    severity: 'error',
    message: { en: 'ONBUILD cannot trigger {what}.', ja: 'ONBUILD から {what} は実行できません。' },
    check: each(({ keyword, words }) => {
      const what = (words[0] ?? '').toUpperCase()
      return keyword === 'ONBUILD' && ['ONBUILD', 'FROM', 'MAINTAINER'].includes(what) && { what }
    }),
  },
  {
    id: 'DL3044',
    source: 'hadolint',
    severity: 'error',
    message: {
      en: '`{name}` is set in this same ENV, so its new value is not seen here yet.',
      ja: '`{name}` は同じ ENV の中で設定しているため、ここではまだ新しい値になっていません。',
    },
    check: sameEnvironment,
  },
  {
    id: 'DL3045',
    source: 'hadolint',
    severity: 'warning',
    message: {
      en: '`{target}` is relative and no WORKDIR says to what.',
      ja: '`{target}` は相対パスですが、基準となる WORKDIR がありません。',
    },
    check: relativeCopy,
  },
  {
    id: 'DL3057',
    source: 'hadolint',
    severity: 'ignore',
    message: {
      en: 'Nothing tells the engine how to see that the program is well.',
      ja: 'プログラムが正常かどうかを確かめる HEALTHCHECK がありません。',
    },
    *check(dockerfile) {
      const stages = lineage(dockerfile)
      const last = stages.at(-1)
      const has = stages.some(({ instructions }) =>
        instructions.some(
          ({ keyword, words }) => keyword === 'HEALTHCHECK' || (keyword === 'ONBUILD' && words[0]?.toUpperCase() === 'HEALTHCHECK'),
        ),
      )
      if (last && !has) yield { line: last.from.line }
    },
  },
  {
    id: 'DL3059',
    source: 'hadolint',
    severity: 'info',
    message: {
      en: 'Two RUNs in a row make two layers where one would do.',
      ja: 'RUN が続いています。1 つにまとめればレイヤーも 1 つで済みます。',
    },
    *check({ stages }) {
      for (const { instructions } of stages) {
        for (const [index, { keyword, line, flags }] of instructions.entries()) {
          const before = instructions[index - 1]
          if (keyword === 'RUN' && before?.keyword === 'RUN' && JSON.stringify(before.flags) === JSON.stringify(flags)) yield { line }
        }
      }
    },
  },
  {
    id: 'DL3061',
    source: 'hadolint',
    severity: 'error',
    message: {
      en: '{keyword} stands before the first FROM; only ARG may.',
      ja: '最初の FROM より前に {keyword} があります。置けるのは ARG だけです。',
    },
    *check({ before }) {
      for (const { keyword, line } of before) if (keyword !== 'ARG') yield { line, values: { keyword } }
    },
  },
  {
    id: 'DL3064',
    source: 'hadolint',
    severity: 'warning',
    message: {
      en: '`{name}` looks like a secret, and whoever has the image can read it.',
      ja: '`{name}` は秘密情報のように見えます。イメージを持つ人なら誰でも読めます。',
    },
    check: each((instruction) => {
      const name = secretName(instruction)
      return name !== undefined && { name }
    }),
  },
  {
    id: 'DL3066',
    source: 'hadolint',
    severity: 'info',
    message: {
      en: '`{user}` is a name: an engine that asks "is this root?" before the start can only judge a number.',
      ja: '`{user}` は名前です。起動前に root かどうかを判定する環境では、数値の UID でなければ判断できません。',
    },
    check: each(
      ({ keyword, rest }) => keyword === 'USER' && !/^(?:\d+(?::\S+)?|\$.*)$/.test(bare(rest)) && !isRoot(rest) && { user: bare(rest) },
    ),
  },
  {
    id: 'DL4000',
    source: 'hadolint',
    severity: 'error',
    message: {
      en: 'MAINTAINER is deprecated; a label says who looks after an image.',
      ja: 'MAINTAINER は非推奨です。担当者はラベルで示します。',
    },
    check: each(({ keyword }) => keyword === 'MAINTAINER'),
  },
  {
    id: 'DL4003',
    source: 'hadolint',
    severity: 'warning',
    message: { en: 'Only the last CMD of a stage counts.', ja: 'ステージで有効なのは最後の CMD だけです。' },
    check: repeated('CMD'),
  },
  {
    id: 'DL4004',
    source: 'hadolint',
    severity: 'error',
    message: { en: 'Only the last ENTRYPOINT of a stage counts.', ja: 'ステージで有効なのは最後の ENTRYPOINT だけです。' },
    check: repeated('ENTRYPOINT'),
  },
]

const SECRET = /(?:^|_)(?:apikey|auth|credentials?|key|password|passwd|pword|secret|token)(?:$|_)/i
const PUBLIC = /(?:^|_)public(?:$|_)/i

/** The first name of an ARG or ENV that says it is a secret. */
export const secretName = (instruction: Instruction): string | undefined =>
  instruction.keyword === 'ARG' || instruction.keyword === 'ENV'
    ? instruction.pairs.find(({ name }) => SECRET.test(name) && !PUBLIC.test(name))?.name
    : undefined

/** The stage or image that a COPY takes from. */
export const copyFrom = (instruction: Instruction): string | undefined =>
  instruction.keyword === 'COPY' ? named(instruction, 'from') : undefined

/** Sources and target of a COPY or ADD, without quotes. */
export const copied = sourcesAndTarget
