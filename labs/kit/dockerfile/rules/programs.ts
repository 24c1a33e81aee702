import type { Dockerfile } from '../read.ts'
import { ancestry, eachRun, type Hit, type Rule, runs } from '../rule.ts'
import { type Command, commandsOf, flagValue, hasFlag, operands, scriptOf } from '../shell.ts'

const POINTLESS = ['free', 'ifconfig', 'kill', 'mount', 'ps', 'service', 'shutdown', 'ssh', 'top', 'vim']
const NOT_A_SHELL = /(?:^|[\\/])(?:powershell|pwsh|cmd)(?:\.exe)?$/i

const uses = (name: string) => eachRun((commands) => commands.some((command) => command.name === name))

const bothFetchers = function* (dockerfile: Dockerfile): Iterable<Hit> {
  for (const { instructions } of dockerfile.stages) {
    const seen = new Set<string>()
    for (const { run, commands } of runs(instructions)) {
      const here = commands.map(({ name }) => name).filter((name) => name === 'curl' || name === 'wget')
      if (here.length === 0) continue
      for (const name of here) seen.add(name)
      if (seen.size === 2) yield { line: run.line }
    }
  }
}

const pipesWithoutFail = function* (dockerfile: Dockerfile): Iterable<Hit> {
  for (const stage of dockerfile.stages) {
    const inherited = ancestry(dockerfile, stage)
      .slice(0, -1)
      .flatMap(({ instructions }) => instructions)
      .findLast(({ keyword }) => keyword === 'SHELL')
    let shell = inherited?.exec ?? []
    for (const instruction of stage.instructions) {
      if (instruction.keyword === 'SHELL') shell = instruction.exec ?? []
      if (instruction.keyword !== 'RUN' || instruction.exec || NOT_A_SHELL.test(shell[0] ?? '')) continue
      const commands = commandsOf(scriptOf(instruction))
      const failing = shell.includes('pipefail') || commands.some(({ name, args }) => name === 'set' && args.includes('pipefail'))
      if (!failing && commands.some(({ piped }) => piped)) yield { line: instruction.line }
    }
  }
}

const quietWget = (command: Command): boolean =>
  command.args.some(
    (arg) =>
      /^--(?:progress|quiet|no-verbose|output-file|append-output)\b/.test(arg) ||
      /^-(?:[a-zA-Z]*q[a-zA-Z]*|nv|o|a)$/.test(arg) ||
      /^-[oa]./.test(arg),
  )

/** Rules about programs that a RUN starts, numbered as hadolint numbers them. */
export const PROGRAM_RULES: readonly Rule[] = [
  {
    id: 'DL3001',
    source: 'hadolint',
    severity: 'info',
    message: { en: '`{name}` has nothing to do while an image is built.', ja: 'イメージのビルド中に `{name}` を使う意味はありません。' },
    check: eachRun((commands) => {
      const found = commands.find(({ name }) => POINTLESS.includes(name))
      return found !== undefined && { name: found.name }
    }),
  },
  {
    id: 'DL3003',
    source: 'hadolint',
    severity: 'warning',
    message: {
      en: '`cd` lasts until the end of this RUN; WORKDIR stays.',
      ja: '`cd` はこの RUN の中でしか効きません。WORKDIR なら後まで残ります。',
    },
    check: uses('cd'),
  },
  {
    id: 'DL3004',
    source: 'hadolint',
    severity: 'error',
    message: {
      en: '`sudo` in a build hides who runs what: switch with USER.',
      ja: 'ビルド中の `sudo` は、誰の権限で動くのかを見えにくくします。USER で切り替えてください。',
    },
    check: uses('sudo'),
  },
  {
    id: 'DL3027',
    source: 'hadolint',
    severity: 'warning',
    message: {
      en: '`apt` is made for people at a terminal; its output and options may change. `apt-get` is for scripts.',
      ja: '`apt` は対話操作向けで、出力やオプションが変わることがあります。スクリプトでは `apt-get` を使います。',
    },
    check: uses('apt'),
  },
  {
    id: 'DL3046',
    source: 'hadolint',
    severity: 'warning',
    message: {
      en: 'A user with the high UID {uid} and no `-l` makes `useradd` write a login log of gigabytes.',
      ja: '大きな UID {uid} を `-l` なしで指定すると、`useradd` が巨大なログインログを書き込みます。',
    },
    check: eachRun((commands) => {
      const found = commands.find(
        (command) =>
          command.name === 'useradd' && !hasFlag(command, 'l', 'no-log-init') && /^\d{6,}$/.test(flagValue(command, 'u', 'uid') ?? ''),
      )
      return found !== undefined && { uid: flagValue(found, 'u', 'uid') ?? '' }
    }),
  },
  {
    id: 'DL3047',
    source: 'hadolint',
    severity: 'info',
    message: {
      en: '`wget` without `--progress` fills the build log with its bar.',
      ja: '`--progress` のない `wget` は、進捗表示でビルドログを埋めてしまいます。',
    },
    check: eachRun((commands) => commands.some((command) => command.name === 'wget' && !quietWget(command))),
  },
  {
    id: 'DL3062',
    source: 'hadolint',
    severity: 'warning',
    message: {
      en: '`go install {name}` takes whatever version there is today.',
      ja: '`go install {name}` では、その日の最新版が入ります。',
    },
    check: eachRun((commands) => {
      const names = commands
        .filter(({ name, args }) => name === 'go' && args[0] === 'install')
        .flatMap((command) => operands(command, ['tags', 'ldflags', 'gcflags', 'mod', 'p', 'C', 'o']).slice(1))
      const found = names.find(
        (name) => !name.startsWith('.') && !name.startsWith('/') && name.includes('.') && (!name.includes('@') || name.endsWith('@latest')),
      )
      return found !== undefined && { name: found }
    }),
  },
  {
    id: 'DL4001',
    source: 'hadolint',
    severity: 'warning',
    message: {
      en: '`curl` and `wget` are both used: one of them is enough to install.',
      ja: '`curl` と `wget` の両方を使っています。どちらか一方で足ります。',
    },
    check: bothFetchers,
  },
  {
    id: 'DL4005',
    source: 'hadolint',
    severity: 'warning',
    message: {
      en: 'The link of /bin/sh is replaced; SHELL chooses the shell of later RUNs.',
      ja: '/bin/sh のリンクを差し替えています。以降の RUN のシェルは SHELL で選べます。',
    },
    check: eachRun((commands) => commands.some(({ name, args }) => name === 'ln' && args.includes('/bin/sh'))),
  },
  {
    id: 'DL4006',
    source: 'hadolint',
    severity: 'warning',
    message: {
      en: 'Without `pipefail` only the last program of a pipe decides whether the RUN fails.',
      ja: '`pipefail` がないと、パイプの最後のプログラムだけで RUN の成否が決まります。',
    },
    check: pipesWithoutFail,
  },
]
