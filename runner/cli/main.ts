import { readFileSync } from 'node:fs'
import { defineCommand, runCommand, runMain } from 'citty'
import { Complaint } from './complaint.ts'
import { failureOf } from './failures.ts'
import { say } from './terminal.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }

// Each command is imported when it is asked for, so that `hatoba lab list` does not load a server.
const commands = {
  up: () => import('./up.ts').then(({ upCommand }) => upCommand),
  doctor: () => import('./doctor.ts').then(({ doctorCommand }) => doctorCommand),
  images: () => import('./images.ts').then(({ imagesCommand }) => imagesCommand),
  lab: () => import('./lab.ts').then(({ labCommand }) => labCommand),
  bench: () => import('./bench.ts').then(({ benchCommand }) => benchCommand),
  test: () => import('./test.ts').then(({ testCommand }) => testCommand),
}
const hatoba = defineCommand({
  meta: { name: 'hatoba', version, description: 'Self-hosted labs on containers, graded by what really happens' },
  subCommands: commands,
})

const given = process.argv.slice(2)
const asksForHelp = given.length === 0 || given.some((word) => word === '--help' || word === '-h')
try {
  if (asksForHelp) await runMain(hatoba, { rawArgs: given.length === 0 ? ['--help'] : given })
  else if (given.length === 1 && (given[0] === '--version' || given[0] === '-v')) console.log(version)
  else if (!(given[0] !== undefined && given[0] in commands))
    throw new Complaint(`There is no command ${given[0]}.`, `There are: ${Object.keys(commands).join(', ')}.`)
  else await runCommand(hatoba, { rawArgs: given })
} catch (thrown) {
  const { lines, code } = failureOf(thrown)
  for (const line of lines) say(line)
  process.exitCode = code
}
