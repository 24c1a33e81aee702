import type { Evidence } from '../../kit/index.ts'
import type { Reach } from './observe.ts'
import { type Check, WAYS, type Way } from './ways.ts'

/** The ways of a check that are not as they are wanted. */
export const firstOf = ({ after }: Reach, check: Check): readonly Way[] =>
  WAYS.filter((way) => way.check === check && (after.ways.get(way.id) === 'open') !== way.wanted)

/** Who got through to whom, before the policies and with them. */
export const reachTable = ({ before, after }: Reach, check: Check): Evidence => {
  const ways = WAYS.filter((way) => way.check === check)
  const word = (open: boolean): string => (open ? 'open' : 'shut')
  return {
    kind: 'table',
    title: 'ways',
    columns: ['FROM', 'TO', 'PORT', 'ADDRESS', 'BEFORE', 'AFTER', 'WANTED'],
    rows: ways.map(({ id, from, to, port, by, wanted }) => [
      from,
      to,
      port,
      by,
      word(before.ways.get(id) === 'open'),
      word(after.ways.get(id) === 'open'),
      word(wanted),
    ]),
    differing: ways.flatMap(({ id, wanted }, row) => ((after.ways.get(id) === 'open') !== wanted ? [[row, 5] as const] : [])),
  }
}
