import { describe, expect, it } from 'vitest'
import { layOutTopology } from '../../../site/src/evidence/topology-layout.ts'

type Stages = Parameters<typeof layOutTopology>[0]
const stage = (name: Stages[number]['name'], edges: readonly string[], alone: readonly string[] = []): Stages[number] => {
  const pairs = edges.map((edge) => edge.split('>') as [string, string])
  const names = new Set([...pairs.flat(), ...alone])
  return {
    name,
    services: [...names].map((each) => ({ name: each, up: true })),
    edges: pairs.map(([from, to]) => ({ from, to, up: true })),
  }
}

/** What no picture may have: a box that lies on another or outside. */
const expectApart = ({ at, node, width, height }: ReturnType<typeof layOutTopology>): void => {
  const places = [...at.values()]
  for (const { x, y } of places) {
    expect(x - node.width / 2).toBeGreaterThanOrEqual(0)
    expect(y - node.height / 2).toBeGreaterThanOrEqual(0)
    expect(x + node.width / 2).toBeLessThanOrEqual(width)
    expect(y + node.height / 2).toBeLessThanOrEqual(height)
  }
  for (const [index, a] of places.entries())
    for (const b of places.slice(index + 1)) expect(Math.abs(a.x - b.x) >= node.width || Math.abs(a.y - b.y) >= node.height).toBe(true)
}

describe('the layout of a topology', () => {
  const layout = layOutTopology([
    stage('before', ['balancer>shop-1', 'balancer>shop-2', 'balancer>shop-3']),
    stage('during', ['balancer>shop-1', 'balancer>shop-2'], ['shop-3']),
    stage('after', ['balancer>shop-1', 'balancer>shop-2', 'balancer>shop-4'], ['shop-3']),
  ])

  it('puts who is asked into the column after who asks, and no box on another', () => {
    expectApart(layout)
    const column = (name: string) => layout.at.get(name)?.x
    expect(new Set(['shop-1', 'shop-2', 'shop-3', 'shop-4'].map(column)).size).toBe(1)
    expect(column('balancer')).toBeLessThan(column('shop-1') ?? 0)
  })

  it('has one place for each service, whichever stages it is in', () => {
    expect([...layout.at.keys()].toSorted()).toEqual(['balancer', 'shop-1', 'shop-2', 'shop-3', 'shop-4'])
  })

  it('draws a ring, a service that asks itself, and one that nobody reaches', () => {
    for (const edges of [['a>b', 'b>c', 'c>a'], ['a>a'], ['a>b', 'b>a', 'c>d']])
      expectApart(layOutTopology([stage('during', edges, ['z'])]))
  })

  it('makes boxes as wide as the longest name', () => {
    const wide = layOutTopology([stage('during', ['release.yaml>a-name-of-twenty-chars'])])
    expect(wide.node.width).toBeGreaterThan(20 * 6)
    expectApart(wide)
  })
})
