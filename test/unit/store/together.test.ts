import { describe, expect, it } from 'vitest'
import { together } from '../../../runner/store/together.ts'

/** Answers each item with its double, when it is let. */
const doubling = (failing?: number) => {
  const calls: { readonly items: readonly number[]; readonly go: () => void }[] = []
  const ask = together<number, number>(async (items) => {
    await new Promise<void>((go) => calls.push({ items, go }))
    if (failing !== undefined && items.includes(failing)) throw new Error(`no ${failing}`)
    return items.map((item) => item * 2)
  })
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  const goOn = async () => {
    await turn()
    calls.at(-1)?.go()
    await turn()
  }
  return { ask, calls, goOn }
}

describe('what is asked for together', () => {
  it('is asked at once when nothing is under way, and with all others that came meanwhile when something is', async () => {
    const { ask, calls, goOn } = doubling()
    const asked = [ask(1), ask(2), ask(3)]
    await goOn()
    await goOn()
    expect(await Promise.all(asked)).toEqual([2, 4, 6])
    expect(calls.map(({ items }) => items)).toEqual([[1], [2, 3]])
  })

  it('fails for nobody else', async () => {
    const { ask, calls, goOn } = doubling(2)
    const asked = Promise.allSettled([ask(1), ask(2), ask(3)])
    for (let times = 0; times < 4; times += 1) await goOn()
    expect(await asked).toMatchObject([{ value: 2 }, { reason: new Error('no 2') }, { value: 6 }])
    expect(calls.map(({ items }) => items)).toEqual([[1], [2, 3], [2], [3]])
  })
})
