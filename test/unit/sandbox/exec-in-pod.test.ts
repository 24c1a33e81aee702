import { describe, expect, test } from 'vitest'
import type { Api, ExecEnd, ExecRequest } from '../../../runner/sandbox/kubernetes/api.ts'
import { execInPod } from '../../../runner/sandbox/kubernetes/exec.ts'

const place = { namespace: 'n', pod: 'web', container: 'main' }
const NEVER_BEGAN = {
  message:
    'error executing command in container: failed to exec in container: failed to start exec "2edc": read init-p: connection reset by peer',
}

/** An API server whose node answers each try with the next of these. */
const answering = (...ends: readonly (ExecEnd & { readonly says?: string })[]) => {
  const tries: ExecRequest[] = []
  const exec = async (request: ExecRequest): Promise<ExecEnd> => {
    const { says, ...end } = ends[tries.push(request) - 1] ?? {}
    request.stdout.end(says)
    return end
  }
  return { api: { exec } as unknown as Api, tries }
}

describe('a command in a Pod', () => {
  test('that the node could not begin is begun once more', async () => {
    const { api, tries } = answering(NEVER_BEGAN, { code: 3, says: 'hello' })
    const { stdout, ended } = await execInPod(api, place, ['node'], {})
    expect({ said: Buffer.from(stdout).toString(), ended, tries: tries.length }).toEqual({
      said: 'hello',
      ended: { by: 'itself', code: 3 },
      tries: 2,
    })
  })

  test('that cannot be begun at all is a Fault that says why', async () => {
    const { api, tries } = answering(NEVER_BEGAN, NEVER_BEGAN)
    await expect(execInPod(api, place, ['node'], {})).rejects.toMatchObject({
      code: 'cluster.failed',
      message: expect.stringContaining('init-p'),
    })
    expect(tries).toHaveLength(2)
  })

  test('that may have run is not run again', async () => {
    const { api, tries } = answering({ message: 'the connection broke', says: 'half' })
    await expect(execInPod(api, place, ['node'], {})).rejects.toMatchObject({ code: 'cluster.failed' })
    expect(tries).toHaveLength(1)
  })
})
