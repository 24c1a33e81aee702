import type { Dockerfile, Instruction, Stage } from '../read.ts'
import { ancestry, bare, each, everything, type Hit, type Rule } from '../rule.ts'
import { references } from '../variables.ts'
import { isIgnored } from './ignore.ts'
import { copied, copyFrom, secretName } from './instructions.ts'

const CASING = (text: string): 'upper' | 'lower' | 'mixed' =>
  text === text.toUpperCase() ? 'upper' : text === text.toLowerCase() ? 'lower' : 'mixed'

const casing = function* (dockerfile: Dockerfile): Iterable<Hit> {
  const all = everything(dockerfile)
  const count = { upper: 0, lower: 0, mixed: 0 }
  for (const { written } of all) count[CASING(written)] += 1
  const wanted = count.lower > count.upper ? 'lower' : 'upper'
  for (const { line, written } of all) if (CASING(written) !== wanted) yield { line, values: { written } }
}

const stageRule = (broken: (stage: Stage, dockerfile: Dockerfile) => Hit['values'] | undefined): Rule['check'] =>
  function* (dockerfile) {
    for (const stage of dockerfile.stages) {
      const values = broken(stage, dockerfile)
      if (values) yield { line: stage.from.line, values }
    }
  }

const asWord = ({ from }: Stage): string | undefined => from.words.find((word, index) => index === 1 && /^as$/i.test(word))

const platformOf = ({ from }: Stage): string | undefined => from.flags.find(({ name }) => name === 'platform')?.value

const PREDEFINED = [
  'BUILDPLATFORM',
  'BUILDOS',
  'BUILDARCH',
  'BUILDVARIANT',
  'TARGETPLATFORM',
  'TARGETOS',
  'TARGETARCH',
  'TARGETVARIANT',
  'TARGETSTAGE',
  'HTTP_PROXY',
  'http_proxy',
  'HTTPS_PROXY',
  'https_proxy',
  'FTP_PROXY',
  'ftp_proxy',
  'NO_PROXY',
  'no_proxy',
  'ALL_PROXY',
  'all_proxy',
  'SOURCE_DATE_EPOCH',
  'BUILDKIT_SBOM_SCAN_CONTEXT',
  'BUILDKIT_SBOM_SCAN_STAGE',
  'BUILDKIT_MULTI_PLATFORM',
]

const argNames = (instructions: readonly Instruction[]): readonly string[] =>
  instructions.filter(({ keyword }) => keyword === 'ARG').flatMap((arg) => arg.pairs.map(({ name }) => name))

/** Values of an image or platform that a FROM refers to. */
const fromTexts = (stage: Stage): readonly string[] => [stage.image, platformOf(stage) ?? '']

/** An image reference is whole: it has a name, and no empty tag or digest. */
const isReference = (image: string): boolean =>
  /^[a-z0-9][\w.\-/:]*(?::[\w][\w.-]*)?(?:@sha256:[0-9a-f]{64})?$/i.test(image) && !/[:@/]$|\/\/|::/.test(image)

const withDefaults = (text: string, dockerfile: Dockerfile): string => {
  const values = new Map(
    dockerfile.before
      .filter(({ keyword }) => keyword === 'ARG')
      .flatMap((arg) => arg.pairs.map(({ name, value = '' }) => [name, value] as const)),
  )
  return text.replace(/\$(?:\{(\w+)(?:(:?[-+])([^}]*))?\}|(\w+))/g, (_all, braced?: string, operator?: string, word = '', plain = '') => {
    const value = values.get(braced ?? plain) ?? ''
    if (operator?.endsWith('-')) return value === '' ? word : value
    if (operator?.endsWith('+')) return value === '' ? '' : word
    return value
  })
}

const EXPANDED = new Set(['ADD', 'COPY', 'ENV', 'EXPOSE', 'FROM', 'LABEL', 'STOPSIGNAL', 'USER', 'VOLUME', 'WORKDIR', 'ARG'])

/** What images set that learners' Dockerfiles build on; only names that are common to all of one family. */
const FROM_BASES =
  /^(?:PATH|HOME|HOSTNAME|LANG|[A-Z]+_VERSION|JAVA_HOME|GOPATH|GOROOT|CARGO_HOME|RUSTUP_HOME|GEM_HOME|NGINX_\w+|PG\w+|PYTHON_\w+|NODE_\w+|YARN_\w+)$/

const undefinedVariables = function* (dockerfile: Dockerfile): Iterable<Hit> {
  const global = argNames(dockerfile.before)
  for (const stage of dockerfile.stages) {
    const known = new Set([...PREDEFINED])
    const parents = ancestry(dockerfile, stage)
    const scratch = parents[0]?.image === 'scratch'
    for (const { instructions } of parents.slice(0, -1))
      for (const instruction of instructions)
        if (instruction.keyword === 'ENV' || instruction.keyword === 'ARG') for (const { name } of instruction.pairs) known.add(name)
    for (const instruction of stage.instructions) {
      if (EXPANDED.has(instruction.keyword) && instruction.heredocs.length === 0) {
        const texts =
          instruction.pairs.length > 0 ? instruction.pairs.map(({ value = '', literal }) => (literal ? '' : value)) : instruction.words
        const missing = texts
          .flatMap(references)
          .find(({ name, fallback }) => !fallback && !known.has(name) && (scratch || !FROM_BASES.test(name)))
        if (missing) yield { line: instruction.line, values: { name: missing.name, ...(global.includes(missing.name) && { global: 1 }) } }
      }
      if (instruction.keyword === 'ENV' || instruction.keyword === 'ARG') for (const { name } of instruction.pairs) known.add(name)
    }
  }
}

const emptyContinuations = function* (dockerfile: Dockerfile): Iterable<Hit> {
  for (const { line, endLine, heredocs } of everything(dockerfile)) {
    if (heredocs.length > 0) continue
    const gap = dockerfile.lines.slice(line, endLine).findIndex((text, index) => text.trim() === '' && line + index < endLine - 1)
    if (gap >= 0) yield { line: line + gap + 1 }
  }
}

const descriptions = function* (dockerfile: Dockerfile): Iterable<Hit> {
  const described = [...everything(dockerfile)].filter(
    ({ keyword, words }) => keyword === 'ARG' || (keyword === 'FROM' && /^as$/i.test(words[1] ?? '')),
  )
  for (const { keyword, line, words } of described) {
    const comments: string[] = []
    for (let above = line - 2; above >= 0 && /^\s*#/.test(dockerfile.lines[above] ?? ''); above -= 1)
      comments.unshift((dockerfile.lines[above] ?? '').replace(/^\s*#\s?/, ''))
    const first = comments.at(0)
    if (first === undefined || dockerfile.directives.some((directive) => directive.line === line - comments.length)) continue
    const name = keyword === 'ARG' ? (words[0] ?? '').split('=')[0] : words[2]
    if (comments.at(-1)?.trim() !== '' && !comments.some((text) => text.trim().split(/\s+/)[0] === name))
      yield { line, values: { name: name ?? '' } }
  }
}

const constantPlatform = stageRule((stage, { stages }) => {
  const platform = platformOf(stage)
  if (platform === undefined || platform.includes('$')) return undefined
  const distinct = new Set(stages.map(platformOf).filter((one) => one !== undefined))
  return distinct.size > 1 && stage.name !== undefined ? undefined : { platform }
})

const shellForm = function* (dockerfile: Dockerfile): Iterable<Hit> {
  for (const stage of dockerfile.stages) {
    const chosen = ancestry(dockerfile, stage).some(({ instructions }) => instructions.some(({ keyword }) => keyword === 'SHELL'))
    if (chosen) continue
    for (const { keyword, exec, rest, line } of stage.instructions) {
      if ((keyword === 'CMD' || keyword === 'ENTRYPOINT') && exec === undefined && rest !== '') yield { line, values: { keyword } }
    }
  }
}

const repeated = function* ({ stages }: Dockerfile): Iterable<Hit> {
  for (const { instructions } of stages) {
    for (const keyword of ['CMD', 'ENTRYPOINT', 'HEALTHCHECK'])
      for (const { line } of instructions.filter((one) => one.keyword === keyword).slice(0, -1)) yield { line, values: { keyword } }
  }
}

const ignoredCopies: Rule['check'] = function* (dockerfile, { ignored = [] }) {
  for (const instruction of everything(dockerfile)) {
    if (!['COPY', 'ADD'].includes(instruction.keyword) || copyFrom(instruction) !== undefined || instruction.heredocs.length > 0) continue
    const source = copied(instruction)
      .slice(0, -1)
      .find((path) => isIgnored(ignored, path))
    if (source !== undefined) yield { line: instruction.line, values: { source } }
  }
}

const rule = (id: string, en: string, ja: string, check: Rule['check'], severity: Rule['severity'] = 'warning'): Rule => ({
  id,
  source: 'buildkit',
  severity,
  message: { en, ja },
  check,
})

/** Docker's own build checks, by the names that its documentation gives them. */
export const BUILDKIT_RULES: readonly Rule[] = [
  rule(
    'ConsistentInstructionCasing',
    '`{written}` is written in another case than the other instructions.',
    '`{written}` の大文字と小文字が、ほかの命令とそろっていません。',
    casing,
    'style',
  ),
  rule(
    'CopyIgnoredFile',
    '`{source}` is never in the context: .dockerignore leaves it out.',
    '`{source}` は .dockerignore で除外されているため、コンテキストに含まれません。',
    ignoredCopies,
  ),
  rule(
    'DuplicateStageName',
    'Two stages are called `{name}`.',
    '`{name}` という名前のステージが 2 つあります。',
    stageRule(({ name, index }, { stages }) =>
      name !== undefined && stages.some((other) => other.index < index && other.name?.toLowerCase() === name.toLowerCase())
        ? { name }
        : undefined,
    ),
    'error',
  ),
  rule(
    'ExposeInvalidFormat',
    '`{port}`: EXPOSE names a port of the container; addresses and host ports belong to `docker run -p`.',
    '`{port}`: EXPOSE に書くのはコンテナのポートだけです。アドレスやホスト側のポートは `docker run -p` で指定します。',
    each(({ keyword, words }) => {
      const port = keyword === 'EXPOSE' ? words.map(bare).find((word) => !/\$\{[^}]*:/.test(word) && word.includes(':')) : undefined
      return port !== undefined && { port }
    }),
  ),
  rule(
    'ExposeProtoCasing',
    '`{port}`: the protocol is written in lower case.',
    '`{port}`: プロトコルは小文字で書きます。',
    each(({ keyword, words }) => {
      const port = keyword === 'EXPOSE' ? words.map(bare).find((word) => /\/.*[A-Z]/.test(word) && !word.includes('$')) : undefined
      return port !== undefined && { port }
    }),
    'style',
  ),
  rule(
    'FromAsCasing',
    '`{as}` and `{from}` are written in different cases.',
    '`{as}` と `{from}` の大文字と小文字がそろっていません。',
    stageRule((stage) => {
      const as = asWord(stage)
      return as !== undefined && CASING(as) !== CASING(stage.from.written) ? { as, from: stage.from.written } : undefined
    }),
    'style',
  ),
  rule(
    'FromPlatformFlagConstDisallowed',
    '`--platform={platform}` is a constant, so `docker build --platform` has no say.',
    '`--platform={platform}` は固定値のため、`docker build --platform` の指定が効きません。',
    constantPlatform,
  ),
  rule(
    'InvalidDefaultArgInFrom',
    'With the defaults of its ARGs this FROM names no image: `{image}`.',
    'ARG の既定値のままでは、この FROM はイメージ名になりません: `{image}`',
    stageRule((stage, dockerfile) => {
      const declared = new Set(argNames(dockerfile.before))
      const used = references(stage.image)
      if (used.length === 0 || used.some(({ name, fallback }) => !fallback && !declared.has(name))) return undefined
      const image = withDefaults(stage.image, dockerfile)
      return isReference(image) ? undefined : { image }
    }),
  ),
  rule(
    'InvalidDefinitionDescription',
    'A comment right above `{name}` describes it and begins with that name; leave an empty line otherwise.',
    '`{name}` のすぐ上のコメントは説明とみなされます。名前から書き始めるか、空行を入れてください。',
    descriptions,
    'ignore',
  ),
  rule(
    'JSONArgsRecommended',
    '{keyword} in the shell form: the shell takes the signals that are meant for the program.',
    '{keyword} がシェル形式です。プログラムに届くはずのシグナルをシェルが受け取ります。',
    shellForm,
  ),
  rule(
    'LegacyKeyValueFormat',
    'Write {keyword} as name=value.',
    '{keyword} は name=value の形で書きます。',
    each(
      ({ keyword, words }) =>
        (keyword === 'ENV' || keyword === 'LABEL' || keyword === 'ARG') &&
        words.length > 1 &&
        !(words[0] ?? '').includes('=') &&
        (keyword !== 'ARG' || (words.length === 2 && !(words[1] ?? '').includes('='))) && { keyword },
    ),
  ),
  rule(
    'MaintainerDeprecated',
    'MAINTAINER is deprecated; a label says who looks after an image.',
    'MAINTAINER は非推奨です。担当者はラベルで示します。',
    each(({ keyword }) => keyword === 'MAINTAINER'),
  ),
  rule(
    'MultipleInstructionsDisallowed',
    'Only the last {keyword} of a stage counts.',
    'ステージで有効なのは最後の {keyword} だけです。',
    repeated,
  ),
  rule(
    'NoEmptyContinuation',
    'An empty line inside an instruction will end it one day; remove it.',
    '命令の途中に空行があります。将来はここで命令が終わる扱いになるため、取り除いてください。',
    emptyContinuations,
  ),
  rule(
    'RedundantTargetPlatform',
    '`$TARGETPLATFORM` is what FROM takes anyway.',
    '`$TARGETPLATFORM` は FROM の既定値と同じです。',
    stageRule((stage) => (/^\$\{?TARGETPLATFORM\}?$/.test(platformOf(stage) ?? '') ? {} : undefined)),
  ),
  rule(
    'ReservedStageName',
    '`{name}` already means something else to the builder.',
    '`{name}` はビルダーが別の意味で使う予約語です。',
    stageRule(({ name }) => (name !== undefined && ['scratch', 'context'].includes(name.toLowerCase()) ? { name } : undefined)),
    'error',
  ),
  rule(
    'SecretsUsedInArgOrEnv',
    '`{name}` looks like a secret, and whoever has the image can read it.',
    '`{name}` は秘密情報のように見えます。イメージを持つ人なら誰でも読めます。',
    each((instruction) => {
      const name = secretName(instruction)
      return name !== undefined && { name }
    }),
  ),
  rule(
    'StageNameCasing',
    'The stage `{name}` should be in lower case.',
    'ステージ名 `{name}` は小文字で書きます。',
    stageRule(({ name }) => (name !== undefined && name !== name.toLowerCase() ? { name } : undefined)),
    'style',
  ),
  rule(
    'UndefinedArgInFrom',
    'No ARG before the first FROM declares `{name}`.',
    '最初の FROM より前に、`{name}` を宣言する ARG がありません。',
    stageRule((stage, dockerfile) => {
      const declared = new Set([...argNames(dockerfile.before), ...PREDEFINED])
      const missing = fromTexts(stage)
        .flatMap(references)
        .find(({ name, fallback }) => !fallback && !declared.has(name))
      return missing ? { name: missing.name } : undefined
    }),
  ),
  rule('UndefinedVar', '`{name}` has no value here.', '`{name}` にはここで値がありません。', undefinedVariables),
  rule(
    'WorkdirRelativePath',
    'The WORKDIR `{path}` is relative, and no earlier one says to what.',
    'WORKDIR の `{path}` は相対パスですが、基準となる WORKDIR がありません。',
    function* (dockerfile) {
      for (const stage of dockerfile.stages) {
        let placed = ancestry(dockerfile, stage)
          .slice(0, -1)
          .some(({ instructions }) => instructions.some(({ keyword }) => keyword === 'WORKDIR'))
        for (const { keyword, rest, line } of stage.instructions) {
          const path = bare(rest)
          if (keyword === 'WORKDIR' && !placed && !/^[/$\\]|^[A-Za-z]:/.test(path)) yield { line, values: { path } }
          if (keyword === 'WORKDIR') placed = true
        }
      }
    },
  ),
]
