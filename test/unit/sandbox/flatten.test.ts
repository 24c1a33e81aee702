import { describe, expect, it } from 'vitest'
import { toEntry, toPlan } from '../../../runner/sandbox/docker/build/flatten.ts'

/** `a/` is a folder, `a>b` a hard link to b, the rest files; hiding names as in an archive. */
const layer = (...names: readonly string[]) =>
  names.map((text) => {
    const [name = '', linkname] = text.split('>')
    return toEntry({ name, type: linkname ? 'link' : name.endsWith('/') ? 'directory' : 'file', linkname: linkname ?? '' })
  })
const plan = (...layers: readonly ReturnType<typeof layer>[]) => {
  const found = toPlan(layers)
  return found && { kept: found.kept.map((names) => [...names]), emptied: found.emptied }
}

describe('several layers as one', () => {
  it('keep the last of each file', () => {
    expect(plan(layer('etc/', 'etc/a', 'b'), layer('etc/', 'etc/a'))).toEqual({ kept: [['b'], ['etc/', 'etc/a']], emptied: [] })
  })
  it('leave out what a later layer hides, and still hide what lies below them all', () => {
    expect(plan(layer('a', 'd/', 'd/x', 'c'), layer('.wh.a', '.wh.d'))).toEqual({ kept: [['c'], ['.wh.a', '.wh.d']], emptied: [] })
  })
  it('empty a folder that was hidden and put back', () => {
    expect(plan(layer('.wh.d'), layer('d/', 'd/new'))).toEqual({ kept: [[], ['d/', 'd/new']], emptied: ['d'] })
    expect(plan(layer('.wh.f'), layer('f'))).toEqual({ kept: [[], ['f']], emptied: [] })
  })
  it('keep nothing of a folder that a later layer empties or makes a file', () => {
    expect(plan(layer('d/', 'd/x', 'd/y'), layer('d/', 'd/.wh..wh..opq', 'd/z'))).toEqual({
      kept: [[], ['d/', 'd/.wh..wh..opq', 'd/z']],
      emptied: [],
    })
    expect(plan(layer('d/', 'd/x'), layer('d'))).toEqual({ kept: [[], ['d']], emptied: [] })
  })
  it('are not made one when a hard link would lose its target', () => {
    expect(plan(layer('a', 'b>a'), layer('.wh.a'))).toBeUndefined()
    expect(plan(layer('a', 'b>a'), layer('c'))).toEqual({ kept: [['a', 'b'], ['c']], emptied: [] })
  })
})
