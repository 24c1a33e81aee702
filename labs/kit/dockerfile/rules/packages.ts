import type { Dockerfile, Instruction } from '../read.ts'
import { ancestry, eachRun, type Hit, lineage, mounts, type Rule, runs } from '../rule.ts'
import { type Command, hasFlag, operands } from '../shell.ts'

const calls = (commands: readonly Command[], programs: readonly string[], ...verbs: readonly string[]): readonly Command[] =>
  commands.filter(
    (command) =>
      programs.includes(command.name) &&
      operands(command, VALUED[command.name] ?? []).some((word, index) => index === 0 && verbs.includes(word)),
  )

/** Flags of each program that take the next word. */
const VALUED: Readonly<Record<string, readonly string[]>> = {
  'apt-get': ['t', 'target-release', 'o', 'option', 'c', 'config-file'],
  apk: ['t', 'virtual', 'X', 'repository', 'p', 'root', 'arch', 'wait', 'keys-dir'],
  yum: ['c', 'x'],
  dnf: ['c', 'x'],
  microdnf: ['c', 'x'],
  zypper: ['r', 'from', 'p', 't'],
  gem: ['v', 'version', 'i', 'install-dir', 'n', 'bindir', 's', 'source', 'P'],
  npm: ['prefix', 'registry', 'loglevel', 'w', 'workspace', 'cache', 'C'],
  pip: [
    'c',
    'constraint',
    'i',
    'index-url',
    'extra-index-url',
    'f',
    'find-links',
    't',
    'target',
    'prefix',
    'root',
    'trusted-host',
    'timeout',
    'retries',
    'proxy',
    'platform',
    'python-version',
    'src',
    'log',
    'cache-dir',
    'progress-bar',
    'e',
    'editable',
    'r',
    'requirement',
    'no-binary',
    'only-binary',
    'implementation',
    'abi',
    'global-option',
    'config-settings',
    'C',
  ],
}

const packagesOf = (command: Command): readonly string[] => operands(command, VALUED[command.name] ?? []).slice(1)

/** A rule that names the first package without a version. */
const unpinned = (programs: readonly string[], verbs: readonly string[], pinned: (name: string) => boolean): Rule['check'] =>
  eachRun((commands) => {
    const name = calls(commands, programs, ...verbs)
      .flatMap(packagesOf)
      .find((word) => !pinned(word))
    return name !== undefined && { name }
  })

const variable = (word: string): boolean => /^\$/.test(word)
const APT_NO_RECOMMENDS = /APT::Install-Recommends[= ]"?(?:0|false|no)/i

const yes = (command: Command): boolean =>
  hasFlag(command, 'y', 'yes', 'assume-yes', 'assumeyes') ||
  command.args.some((arg) => /^-[a-z]*q[a-z]*q/.test(arg) || arg === '-q=2' || arg === '--quiet=2') ||
  command.args.filter((arg) => arg === '-q' || arg === '--quiet').length > 1

/** `pip install ...`, `python3 -m pip install ...` as one shape. */
const pips = (commands: readonly Command[]): readonly Command[] =>
  commands.flatMap((command) => {
    const module = command.args.indexOf('-m')
    const inner =
      /^python[\d.]*$/.test(command.name) && command.args[module + 1] === 'pip' && module >= 0
        ? { ...command, name: 'pip', args: command.args.slice(module + 2) }
        : /^pip[\d.]*$/.test(command.name)
          ? { ...command, name: 'pip' }
          : undefined
    return inner && operands(inner, VALUED['pip'] ?? [])[0] === 'install' ? [inner] : []
  })

const unpinnedPip = (command: Command): string | undefined =>
  hasFlag(command, 'r', 'requirement', 'c', 'constraint', 'e', 'editable')
    ? undefined
    : packagesOf(command).find(
        (word) => !/[=<>~!@]/.test(word) && !variable(word) && !/^[./]|^\w+:\/\/|\.(?:whl|tar\.gz|zip)$|^git\+/.test(word) && word !== '.',
      )

const pipCacheOff = (value: string | undefined): boolean => value !== undefined && !/^(?:0|false|off|no|)$/i.test(value)

const keptPipCache = function* (dockerfile: Dockerfile): Iterable<Hit> {
  for (const stage of dockerfile.stages) {
    const environment = ancestry(dockerfile, stage).flatMap(({ instructions }) =>
      instructions.filter(({ keyword }) => keyword === 'ENV' || keyword === 'ARG'),
    )
    const off = environment.some((instruction) =>
      instruction.pairs.some(({ name, value }) => name === 'PIP_NO_CACHE_DIR' && pipCacheOff(value)),
    )
    if (off) continue
    for (const { run, commands } of runs(stage.instructions)) {
      if (
        mounts(run, /\.cache(?:\/pip)?$/) ||
        commands.some(
          ({ name, assigned, args }) =>
            pipCacheOff(assigned['PIP_NO_CACHE_DIR']) ||
            (name === 'export' && args.some((arg) => pipCacheOff(/^PIP_NO_CACHE_DIR=(.*)$/.exec(arg)?.[1]))),
        )
      )
        continue
      if (pips(commands).some((command) => !hasFlag(command, 'no-cache-dir'))) yield { line: run.line }
    }
  }
}

const keptLists = function* (dockerfile: Dockerfile): Iterable<Hit> {
  const counting = new Set(lineage(dockerfile))
  for (const stage of dockerfile.stages) {
    if (!counting.has(stage)) continue
    for (const { run, commands } of runs(stage.instructions)) {
      if (calls(commands, ['apt-get', 'apt', 'aptitude'], 'update').length === 0 || mounts(run, /\/var\/lib\/apt(?:\/lists)?$/)) continue
      if (calls(commands, ['apt-get'], 'dist-clean', 'distclean').length > 0) continue
      if (!commands.some(({ name, args }) => name === 'rm' && args.some((arg) => arg.startsWith('/var/lib/apt/lists'))))
        yield { line: run.line }
    }
  }
}

/** An install in a RUN that does not clean up after itself. */
const leavesCache = (programs: readonly string[], cleaned: (commands: readonly Command[]) => boolean, folder: RegExp): Rule['check'] =>
  eachRun((commands, run) => calls(commands, programs, 'install', 'in').length > 0 && !cleaned(commands) && !mounts(run, folder))

const removed = (commands: readonly Command[], folder: string): boolean =>
  commands.some(({ name, args }) => name === 'rm' && args.some((arg) => arg.startsWith(folder)))

const pin = (en: string, ja: string) => ({ en: `{name}: ${en}`, ja: `{name}: ${ja}` })
const PIN = pin(
  'without a version the same Dockerfile gives another image next month.',
  'バージョンの指定がないと、同じ Dockerfile でも来月には別のイメージになります。',
)
const ASKS = {
  en: 'The package manager will ask, and nobody is there to answer: pass the option that says yes.',
  ja: 'パッケージマネージャーが確認を求めますが、答える人がいません。確認を省くオプションを付けてください。',
}
const CACHE = {
  en: 'The package manager keeps its cache in this layer: clean it in the same RUN.',
  ja: 'パッケージマネージャーのキャッシュがこのレイヤーに残ります。同じ RUN の中で消してください。',
}

const rpm = (name: string): boolean =>
  /-\d/.test(name) || name.endsWith('.rpm') || name.startsWith('@') || variable(name) || /^https?:/.test(name)
const npmPinned = (word: string): boolean =>
  word.slice(1).includes('@') ||
  variable(word) ||
  /^(?:\.|\/|~)|\.(?:tgz|tar|tar\.gz)$/.test(word) ||
  /^(?:git|https?|file|ssh)[+:@]/.test(word) ||
  word.includes('#')

const mentions = (run: Instruction, pattern: RegExp): boolean =>
  pattern.test(run.rest) || run.heredocs.some(({ text }) => pattern.test(text))

/** Rules about package managers, numbered as hadolint numbers them. */
export const PACKAGE_RULES: readonly Rule[] = [
  {
    id: 'DL3008',
    source: 'hadolint',
    severity: 'warning',
    message: PIN,
    check: unpinned(['apt-get'], ['install'], (name) => /[=/]/.test(name) || name.endsWith('.deb') || variable(name)),
  },
  {
    id: 'DL3009',
    source: 'hadolint',
    severity: 'info',
    message: {
      en: 'The package lists stay in this layer: remove /var/lib/apt/lists in the same RUN.',
      ja: 'パッケージ一覧がこのレイヤーに残ります。同じ RUN の中で /var/lib/apt/lists を消してください。',
    },
    check: keptLists,
  },
  {
    id: 'DL3013',
    source: 'hadolint',
    severity: 'warning',
    message: PIN,
    check: eachRun((commands) => {
      const name = pips(commands)
        .map(unpinnedPip)
        .find((found) => found !== undefined)
      return name !== undefined && { name }
    }),
  },
  {
    id: 'DL3014',
    source: 'hadolint',
    severity: 'warning',
    message: ASKS,
    check: eachRun((commands) => calls(commands, ['apt-get'], 'install').some((command) => !yes(command))),
  },
  {
    id: 'DL3015',
    source: 'hadolint',
    severity: 'info',
    message: {
      en: 'Recommended packages come along that nobody asked for: pass `--no-install-recommends`.',
      ja: '推奨パッケージまで入ります。`--no-install-recommends` を付けてください。',
    },
    check: eachRun(
      (commands, run) =>
        !mentions(run, APT_NO_RECOMMENDS) &&
        calls(commands, ['apt-get'], 'install').some((command) => !hasFlag(command, 'no-install-recommends')),
    ),
  },
  { id: 'DL3016', source: 'hadolint', severity: 'warning', message: PIN, check: unpinned(['npm'], ['install', 'i', 'add'], npmPinned) },
  {
    id: 'DL3018',
    source: 'hadolint',
    severity: 'warning',
    message: PIN,
    check: unpinned(['apk'], ['add'], (name) => /[=<>~]/.test(name) || name.endsWith('.apk') || variable(name) || name.startsWith('.')),
  },
  {
    id: 'DL3019',
    source: 'hadolint',
    severity: 'info',
    message: CACHE,
    check: eachRun(
      (commands, run) =>
        !mounts(run, /\/var\/cache\/apk$|\/etc\/apk\/cache$/) &&
        calls(commands, ['apk'], 'add').some((command) => !hasFlag(command, 'no-cache')),
    ),
  },
  {
    id: 'DL3028',
    source: 'hadolint',
    severity: 'warning',
    message: PIN,
    check: eachRun((commands) => {
      const name = calls(commands, ['gem'], 'install', 'i')
        .filter((command) => !hasFlag(command, 'v', 'version'))
        .flatMap(packagesOf)
        .find((word) => !word.includes(':') && !word.endsWith('.gem') && !variable(word))
      return name !== undefined && { name }
    }),
  },
  {
    id: 'DL3030',
    source: 'hadolint',
    severity: 'warning',
    message: ASKS,
    check: eachRun((commands) =>
      calls(commands, ['yum'], 'install', 'groupinstall', 'localinstall').some((command) => !hasFlag(command, 'y', 'yes', 'assumeyes')),
    ),
  },
  {
    id: 'DL3032',
    source: 'hadolint',
    severity: 'warning',
    message: CACHE,
    check: leavesCache(
      ['yum'],
      (commands) => calls(commands, ['yum'], 'clean').length > 0 || removed(commands, '/var/cache/yum'),
      /\/var\/cache\/yum$/,
    ),
  },
  { id: 'DL3033', source: 'hadolint', severity: 'warning', message: PIN, check: unpinned(['yum'], ['install'], rpm) },
  {
    id: 'DL3034',
    source: 'hadolint',
    severity: 'warning',
    message: ASKS,
    check: eachRun((commands) =>
      calls(commands, ['zypper'], 'install', 'in', 'remove', 'rm', 'source-install', 'si', 'patch').some(
        (command) => !hasFlag(command, 'n', 'non-interactive', 'y', 'no-confirm'),
      ),
    ),
  },
  {
    id: 'DL3035',
    source: 'hadolint',
    severity: 'warning',
    message: {
      en: 'A distribution upgrade in a build replaces the base image that FROM names.',
      ja: 'ビルド中にディストリビューションを更新すると、FROM で選んだベースイメージが別物になります。',
    },
    check: eachRun((commands) => calls(commands, ['zypper'], 'dist-upgrade', 'dup').length > 0),
  },
  {
    id: 'DL3036',
    source: 'hadolint',
    severity: 'warning',
    message: CACHE,
    check: leavesCache(
      ['zypper'],
      (commands) => calls(commands, ['zypper'], 'clean', 'cc').length > 0 || removed(commands, '/var/cache/zypp'),
      /\/var\/cache\/zypp$/,
    ),
  },
  {
    id: 'DL3037',
    source: 'hadolint',
    severity: 'warning',
    message: PIN,
    check: unpinned(['zypper'], ['install', 'in'], (name) => /[=<>]/.test(name) || name.endsWith('.rpm') || variable(name)),
  },
  {
    id: 'DL3038',
    source: 'hadolint',
    severity: 'warning',
    message: ASKS,
    check: eachRun((commands) =>
      calls(commands, ['dnf', 'microdnf'], 'install', 'groupinstall', 'localinstall').some(
        (command) => !hasFlag(command, 'y', 'yes', 'assumeyes'),
      ),
    ),
  },
  {
    id: 'DL3040',
    source: 'hadolint',
    severity: 'warning',
    message: CACHE,
    check: leavesCache(
      ['dnf', 'microdnf'],
      (commands) =>
        calls(commands, ['dnf', 'microdnf'], 'clean').length > 0 ||
        removed(commands, '/var/cache/dnf') ||
        removed(commands, '/var/cache/libdnf5') ||
        removed(commands, '/var/cache/yum'),
      /\/var\/cache\/(?:libdnf5|dnf|yum)$/,
    ),
  },
  { id: 'DL3041', source: 'hadolint', severity: 'warning', message: PIN, check: unpinned(['dnf', 'microdnf'], ['install'], rpm) },
  { id: 'DL3042', source: 'hadolint', severity: 'warning', message: CACHE, check: keptPipCache },
  {
    id: 'DL3060',
    source: 'hadolint',
    severity: 'info',
    message: CACHE,
    check: eachRun(
      (commands, run) =>
        calls(commands, ['yarn'], 'install').length > 0 &&
        !commands.some(({ name, args }) => name === 'yarn' && args[0] === 'cache' && args[1] === 'clean') &&
        !mounts(run, /(?:\.cache|yarn)/),
    ),
  },
]
