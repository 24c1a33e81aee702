import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { extract, pack } from 'tar-stream'
import { describe, expect, it } from 'vitest'
import { firstFile, isBelow, toArchive } from '../../../runner/sandbox/container/archive.ts'

const entriesOf = async (archive: Buffer) => {
  const entries: [string, string | null | undefined, number | undefined, number | undefined][] = []
  const tar = extract()
  tar.on('entry', ({ name, type, mode, uid }, body, next) => {
    entries.push([name, type, mode, uid])
    body.on('end', next)
    body.resume()
  })
  Readable.from([archive]).pipe(tar)
  await finished(tar)
  return entries
}

describe('files as an archive', () => {
  it('name every folder first, belong to the learner, and scripts can be run', async () => {
    expect(await entriesOf(await toArchive({ 'a/b/c.txt': '波', 'run.sh': '#!/bin/sh\n', 'raw.bin': new Uint8Array([35, 33]) }))).toEqual([
      ['a/', 'directory', 0o755, 10001],
      ['a/b/', 'directory', 0o755, 10001],
      ['a/b/c.txt', 'file', 0o644, 10001],
      ['run.sh', 'file', 0o755, 10001],
      ['raw.bin', 'file', 0o755, 10001],
    ])
  })

  it.each(['', '.', '..', '../x', 'a/../b', './a', '/a', 'a/', 'a//b', 'a\0b'])('refuse the path %j', async (path) => {
    expect(isBelow(path)).toBe(false)
    await expect(toArchive({ [path]: 'x' })).rejects.toThrow(TypeError)
  })

  it.each(['a', 'a/b', '-rf', '$(x)', '..a', '名前.txt', 'a\nb'])('take the path %j', (path) => {
    expect(isBelow(path)).toBe(true)
  })

  it('that hold a folder or a link first are no file', async () => {
    const archive = pack()
    archive.entry({ name: 'd/', type: 'directory' })
    archive.entry({ name: 'd/x' }, 'x')
    archive.finalize()
    expect(await firstFile(Readable.from(archive))).toBeUndefined()
    const link = pack()
    link.entry({ name: 'l', type: 'symlink', linkname: '/etc/passwd' })
    link.finalize()
    expect(await firstFile(Readable.from(link))).toBeUndefined()
  })

  it('that break off are a failure and no file', async () => {
    const whole = await toArchive({ 'a.txt': 'x'.repeat(2000) })
    const broken = Readable.from(
      (async function* () {
        yield whole.subarray(0, 1024)
        throw new Error('the connection broke')
      })(),
    )
    await expect(firstFile(broken)).rejects.toThrow('the connection broke')
    await expect(firstFile(Readable.from([whole.subarray(0, 1024)]))).rejects.toThrow()
  })
})
