import { buffer } from 'node:stream/consumers'
import { pack } from 'tar-stream'
import { Fault } from '../../fault.ts'
import type { Engine } from '../../sandbox/docker/engine.ts'
import { agentHash, type CompileOptions, compileAgent } from './compile.ts'

/** Where the agent is in an image that has one. */
export const AGENT_PATH = '/usr/local/bin/hatoba-agent'

/** The name of an image with the agent of these sources on top of it. */
export const withAgentReference = async (reference: string): Promise<string> => `${reference}-agent-${await agentHash()}`

/**
 * Makes sure that the engine has the image with the agent as its last layer; resolves to that image's reference. A layer of
 * its own, so that a new agent costs a tenth of a second and not a new image.
 * Throws `Fault`: `image.build`, `image.missing` for a base that is not there, `engine.*`.
 */
export const installAgent = async (engine: Engine, reference: string, options: CompileOptions): Promise<string> => {
  const target = await withAgentReference(reference)
  if (await engine.unless([404], 'look for an image', (docker) => docker.getImage(target).inspect())) return target
  const program = await compileAgent(options)
  options.signal?.throwIfAborted()
  const base = await engine.unless([404], 'look for an image', (docker) => docker.getImage(reference).inspect())
  if (!base) throw new Fault('image.missing', `The image ${reference}, which the agent goes into, is not there.`)
  const container = await engine.call('create a container', (docker) =>
    docker.createContainer({
      Image: reference,
      Entrypoint: [],
      Cmd: [AGENT_PATH],
      Labels: base.Config.Labels,
      HostConfig: { NetworkMode: 'none' },
    }),
  )
  try {
    await engine.call('put the agent into an image', async () => container.putArchive(await archiveOf(program), { path: '/' }))
    const at = target.lastIndexOf(':')
    await engine.call('commit an image', () => container.commit({ repo: target.slice(0, at), tag: target.slice(at + 1), pause: false }))
  } finally {
    await engine.unless([404, 409], 'remove a container', () => container.remove({ force: true }))
  }
  return target
}

const archiveOf = (program: Uint8Array): Promise<Buffer> => {
  const archive = pack()
  archive.entry({ name: AGENT_PATH.slice(1), mode: 0o755, uid: 0, gid: 0, mtime: new Date(0) }, Buffer.from(program))
  archive.finalize()
  return buffer(archive)
}
