import type { Dockerfile, Stage } from '../read.ts'
import type { Hit, Rule } from '../rule.ts'
import { copied, copyFrom } from './instructions.ts'

const eachStage = (broken: (stage: Stage, dockerfile: Dockerfile) => boolean | Hit['values']): Rule['check'] =>
  function* (dockerfile) {
    for (const stage of dockerfile.stages) {
      const found = broken(stage, dockerfile)
      if (found !== false && found !== undefined) yield { line: stage.from.line, ...(typeof found === 'object' && { values: found }) }
    }
  }

/** `registry/name:tag@digest`, as far as it is written. */
const partsOf = (image: string) => {
  const [, path = '', tag, digest] = /^(.+?)(?::([^/@]+))?(?:@(.+))?$/.exec(image) ?? []
  const first = path.split('/')[0] ?? ''
  return { path, tag, digest, registry: path.includes('/') && /[.:]|^localhost$/.test(first) ? first : undefined }
}

const platformOf = ({ from }: Stage): string | undefined => from.flags.find(({ name }) => name === 'platform')?.value

const isExternal = ({ parent, image }: Stage): boolean => parent === undefined && image !== 'scratch' && image !== ''

const borrowed = (broken: (source: string, stage: Stage, dockerfile: Dockerfile) => boolean): Rule['check'] =>
  function* (dockerfile) {
    for (const stage of dockerfile.stages) {
      for (const instruction of stage.instructions) {
        const source = copyFrom(instruction)
        if (source !== undefined && broken(source, stage, dockerfile)) yield { line: instruction.line, values: { source } }
      }
    }
  }

/** Rules about FROM and what stages take from each other, numbered as hadolint numbers them. */
export const STAGE_RULES: readonly Rule[] = [
  {
    id: 'DL3006',
    source: 'hadolint',
    severity: 'warning',
    message: {
      en: '`{image}` has no tag: which version it is depends on the day.',
      ja: '`{image}` にタグがありません。どのバージョンになるかは日によって変わります。',
    },
    check: eachStage((stage) => {
      const { tag, digest } = partsOf(stage.image)
      return isExternal(stage) && !stage.image.includes('$') && tag === undefined && digest === undefined && { image: stage.image }
    }),
  },
  {
    id: 'DL3007',
    source: 'hadolint',
    severity: 'warning',
    message: {
      en: '`{image}` moves with every release: name the version.',
      ja: '`{image}` はリリースのたびに変わります。バージョンを指定してください。',
    },
    check: eachStage((stage) => {
      const { tag, digest } = partsOf(stage.image)
      return isExternal(stage) && tag === 'latest' && digest === undefined && { image: stage.image }
    }),
  },
  {
    id: 'DL3022',
    source: 'hadolint',
    severity: 'warning',
    message: { en: 'No earlier stage is called `{source}`.', ja: '`{source}` という名前のステージは、これより前にありません。' },
    check: borrowed((source, { index }, { stages }) => {
      if (/[:/@$]/.test(source)) return false
      return /^\d+$/.test(source) ? Number(source) >= index : !stages.some((stage) => stage.index <= index && stage.name === source)
    }),
  },
  {
    id: 'DL3023',
    source: 'hadolint',
    severity: 'error',
    message: { en: '`{source}` is this very stage.', ja: '`{source}` はこのステージ自身です。' },
    check: borrowed((source, { name, index }) => source === name || source === String(index)),
  },
  {
    id: 'DL3024',
    source: 'hadolint',
    severity: 'error',
    message: { en: 'Two stages are called `{name}`.', ja: '`{name}` という名前のステージが 2 つあります。' },
    check: eachStage(
      ({ name, index }, { stages }) => name !== undefined && stages.some((other) => other.index < index && other.name === name) && { name },
    ),
  },
  {
    id: 'DL3026',
    source: 'hadolint',
    severity: 'error',
    message: {
      en: '`{image}` comes from a registry that is not allowed here.',
      ja: '`{image}` は、ここで許可されていないレジストリのイメージです。',
    },
    *check({ stages }, { registries }) {
      if (!registries) return
      const allowed = (registry: string) =>
        registries.some((pattern) =>
          pattern.startsWith('*')
            ? registry.endsWith(pattern.slice(1))
            : pattern.endsWith('*')
              ? registry.startsWith(pattern.slice(0, -1))
              : registry === pattern,
        )
      for (const stage of stages) {
        if (isExternal(stage) && !stage.image.includes('$') && !allowed(partsOf(stage.image).registry ?? 'docker.io'))
          yield { line: stage.from.line, values: { image: stage.image } }
      }
    },
  },
  {
    id: 'DL3029',
    source: 'hadolint',
    severity: 'warning',
    message: {
      en: '`--platform={platform}` ties this FROM to one architecture.',
      ja: '`--platform={platform}` により、この FROM は特定のアーキテクチャに固定されます。',
    },
    check: eachStage((stage) => {
      const platform = platformOf(stage)
      return platform !== undefined && !/\$\{?(?:BUILD|TARGET)PLATFORM/.test(platform) && { platform }
    }),
  },
  {
    id: 'DL3063',
    source: 'hadolint',
    severity: 'warning',
    message: { en: '`{name}` already means something else to the builder.', ja: '`{name}` はビルダーが別の意味で使う予約語です。' },
    check: eachStage(({ name }) => name !== undefined && ['scratch', 'context'].includes(name.toLowerCase()) && { name }),
  },
  {
    id: 'DL3065',
    source: 'hadolint',
    severity: 'warning',
    message: { en: '`$TARGETPLATFORM` is what FROM takes anyway.', ja: '`$TARGETPLATFORM` は FROM の既定値と同じです。' },
    check: eachStage((stage) => /^\$\{?TARGETPLATFORM\}?$/.test(platformOf(stage) ?? '')),
  },
  {
    id: 'DL3067',
    source: 'hadolint',
    severity: 'warning',
    message: {
      en: 'Everything of `{source}` is copied, with all that only its build needed.',
      ja: '`{source}` の中身をすべてコピーしています。ビルドにしか使わないものまで入ります。',
    },
    *check({ stages }) {
      for (const instruction of stages.flatMap(({ instructions }) => instructions)) {
        const source = copyFrom(instruction)
        const words = copied(instruction)
        if (source !== undefined && words.length === 2 && words[0] === '/' && words[1] === '/')
          yield { line: instruction.line, values: { source } }
      }
    },
  },
]
