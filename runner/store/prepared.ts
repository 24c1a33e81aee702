import { setImmediate as turn } from 'node:timers/promises'
import { type messages, type PGlite, parse, protocol, type Results, type Transaction } from '@electric-sql/pglite'

/** The part of PGlite that Kysely and pg-boss speak to. */
export type Lite = Pick<PGlite, 'query' | 'exec' | 'transaction' | 'listen' | 'close' | 'closed' | 'ready' | 'waitReady'>

/** Most statements that stay prepared; ours and pg-boss's are a few dozen. */
const MOST = 200
/** So that a plan made while tables were small is not kept for ever. */
const MOST_USES = 2000
/** What can be prepared and is worth it. */
const REPEATED = /^\s*(select|insert|update|delete|with)\b/i

type BackendMessage = messages.BackendMessage

interface Statement {
  readonly name: string
  readonly types: readonly number[]
  readonly described: readonly BackendMessage[]
  uses: number
}

/**
 * PGlite that prepares each statement once and then runs it in one step. PGlite itself parses and plans every statement each time
 * it is run, in six steps, which takes several times as long as running it.
 */
export const prepared = (lite: PGlite): Lite => {
  const statements = new Map<string, Statement>()
  let made = 0

  const send = (...messages: readonly Uint8Array[]): Promise<BackendMessage[]> =>
    lite.execProtocolStream(Buffer.concat(messages), { syncToFs: false })

  const prepare = async (text: string): Promise<Statement> => {
    const known = statements.get(text)
    if (known && known.uses < MOST_USES) return known
    if (known) {
      statements.delete(text)
      await send(protocol.serialize.close({ type: 'S', name: known.name }), protocol.serialize.sync())
    }
    made += 1
    const name = `hatoba_${made}`
    const said = await send(
      protocol.serialize.parse({ name, text }),
      protocol.serialize.describe({ type: 'S', name }),
      protocol.serialize.sync(),
    )
    const statement = {
      name,
      types: parse.parseDescribeStatementResults(said),
      described: said.filter((message) => message.name === 'rowDescription'),
      uses: 0,
    }
    statements.set(text, statement)
    return statement
  }

  const run = <T>(text: string, params: readonly unknown[]): Promise<Results<T>> =>
    lite._runExclusiveQuery(async () => {
      // PGlite works within the turn that it is asked in: nothing else would be heard until a whole transaction is done.
      await turn()
      const statement = await prepare(text)
      statement.uses += 1
      const values = params.map((param, at) => {
        if (param === null || param === undefined) return null
        const serialize = lite.serializers[statement.types[at] ?? 0]
        return serialize ? serialize(param) : String(param)
      })
      const answers = await send(
        protocol.serialize.bind({ statement: statement.name, values }),
        protocol.serialize.execute({}),
        protocol.serialize.sync(),
      ).catch((thrown: unknown) => {
        // It may have failed because a table has another shape by now.
        statements.delete(text)
        throw thrown
      })
      return parse.parseResults([...statement.described, ...answers], lite.parsers)[0] as Results<T>
    })

  const repeated = (text: string): boolean => REPEATED.test(text) && (statements.has(text) || statements.size < MOST)

  return {
    get closed() {
      return lite.closed
    },
    get ready() {
      return lite.ready
    },
    get waitReady() {
      return lite.waitReady
    },
    close: () => lite.close(),
    exec: (text, options) => lite.exec(text, options),
    listen: (channel, callback, tx) => lite.listen(channel, callback, tx),
    query: (text, params = [], options) =>
      repeated(text) ? lite._runExclusiveTransaction(() => run(text, params)) : lite.query(text, params, options),
    transaction: (inside) =>
      lite.transaction((tx) =>
        inside(
          new Proxy(tx, {
            get: (target, key) =>
              key === 'query'
                ? (text: string, params: unknown[] = []) => (repeated(text) ? run(text, params) : target.query(text, params))
                : Reflect.get(target, key),
          }) as Transaction,
        ),
      ),
  }
}
