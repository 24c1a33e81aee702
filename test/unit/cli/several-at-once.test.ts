import { describe, expect, it } from 'vitest'
import { severalAtOnce } from '../../../runner/cli/several-at-once.ts'

describe('several at once', () => {
  const all = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2']
  const kindOf = (each: string) => each[0]

  it('spreads each kind evenly, and gives the results in the order of what was given', async () => {
    const begun: string[] = []
    const results = await severalAtOnce(all, { most: 1, kindOf }, async (each) => {
      begun.push(each)
      return each.toUpperCase()
    })
    expect(begun).toEqual(['a1', 'b1', 'a2', 'a3', 'b2', 'a4'])
    expect(results).toEqual(all.map((each) => each.toUpperCase()))
  })

  it('has never more under way than it may, and as many as it may', async () => {
    let [underWay, most] = [0, 0]
    await severalAtOnce(all, { most: 3, kindOf }, async () => {
      underWay += 1
      most = Math.max(most, underWay)
      await Promise.resolve()
      underWay -= 1
    })
    expect(most).toBe(3)
  })

  it('fails as the first that fails', async () => {
    const failing = severalAtOnce(all, { most: 2, kindOf }, (each) => (each === 'a2' ? Promise.reject(new Error('no')) : Promise.resolve()))
    await expect(failing).rejects.toThrow('no')
  })
})
