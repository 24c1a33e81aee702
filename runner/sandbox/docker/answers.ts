import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import { overAttach } from './attach.ts'
import type { Engine } from './engine.ts'

const ANSWER_SECONDS = 10
const Answer = z.union([z.strictObject({ ok: z.literal(true) }), z.strictObject({ failed: z.string() })])

/**
 * What reads the answers of a program of ours in a container, a line of JSON to each order: undefined when it did what it was told, else
 * why it could not. Throws `Fault` `engine.*` when it has ended or does not answer.
 */
export const openAnswers = (engine: Engine, attached: Socket, program: string): ((what: string) => Promise<string | undefined>) => {
  const said = createInterface({ input: overAttach(attached) })[Symbol.asyncIterator]()
  return async (what) => {
    const { value, done } = await engine.call(what, () => said.next(), { seconds: ANSWER_SECONDS })
    if (done) throw new Fault('engine.failed', `The ${program} ended.`)
    const answer = Answer.parse(JSON.parse(value as string))
    return 'failed' in answer ? answer.failed : undefined
  }
}
