import { Fault } from '../fault.ts'
import type { Engine } from '../sandbox/docker/engine.ts'
import type { CompileOptions } from './agent/compile.ts'
import { AGENT_PATH, installAgent, withAgentReference } from './agent/install.ts'

/** The name of a lab image as Pods run it. */
export const podReference = async (reference: string): Promise<string> => `${await withAgentReference(reference)}-pod`

/**
 * How a container of it is told to stop: nothing else in Kubernetes sends SIGKILL at once. A kubelet always sends the image's own stop
 * signal first and waits a second at least, and from inside nobody can kill PID 1. SIGTERM is sent from inside, where we want it.
 */
const STOP_SIGNAL = 'SIGKILL'

/**
 * Makes sure that the engine has a lab image as Pods run it: with the agent, and ending at once. Resolves to its reference.
 * Throws `Fault`: `image.build`, `image.missing` for a base that is not there, `engine.*`.
 */
export const preparePodImage = async (engine: Engine, reference: string, options: CompileOptions): Promise<string> => {
  const target = await podReference(reference)
  if (await engine.unless([404], 'look for an image', (docker) => docker.getImage(target).inspect())) return target
  const base = await installAgent(engine, reference, options)
  options.signal?.throwIfAborted()
  const found = await engine.unless([404], 'look for an image', (docker) => docker.getImage(base).inspect())
  if (!found) throw new Fault('image.missing', `The image ${base}, which Pods would run, is not there.`)
  const container = await engine.call('create a container', (docker) =>
    docker.createContainer({
      Image: base,
      Entrypoint: [],
      Cmd: [AGENT_PATH],
      Labels: found.Config.Labels,
      StopSignal: STOP_SIGNAL,
      HostConfig: { NetworkMode: 'none' },
    }),
  )
  const at = target.lastIndexOf(':')
  try {
    await engine.call('commit an image', () => container.commit({ repo: target.slice(0, at), tag: target.slice(at + 1), pause: false }))
  } finally {
    await engine.unless([404, 409], 'remove a container', () => container.remove({ force: true }))
  }
  return target
}
