import { createInterface } from 'node:readline/promises'
import { Presets, SingleBar } from 'cli-progress'

/** One line to the person. Standard output is kept for what a program may read. */
export const say = (text: string): void => {
  process.stderr.write(`hatoba: ${text}\n`)
}

/** Whether somebody sits there who can be asked and who sees a bar move. */
export const isTerminal = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true

/** What a slow step shows while it runs. */
export interface Progress extends Disposable {
  /** `share` from 0 to 1; `step` in a word or two. */
  update(share: number, step?: string): void
}

/** Announces a slow step: a bar on a terminal, a plain line elsewhere, and how long it took when it ends. */
export const progress = (text: string): Progress => {
  const began = performance.now()
  say(text)
  const bar = process.stderr.isTTY
    ? new SingleBar(
        { format: '  [{bar}] {percentage} %  {step}', stream: process.stderr, clearOnComplete: true, hideCursor: null },
        Presets.legacy,
      )
    : undefined
  bar?.start(100, 0, { step: '' })
  return {
    update: (share, step = '') => bar?.update(Math.min(99, Math.round(share * 100)), { step: step.slice(0, 40) }),
    [Symbol.dispose]: () => {
      bar?.stop()
      say(`done in ${((performance.now() - began) / 1000).toFixed(0)} s`)
    },
  }
}

/** A question with yes as its default. */
export const confirm = async (question: string, signal: AbortSignal): Promise<boolean> => {
  using lines = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await lines.question(`hatoba: ${question} [Y/n] `, { signal })
  return !/^\s*n/i.test(answer)
}
