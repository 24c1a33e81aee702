import type { Duplex } from 'node:stream'
import type Docker from 'dockerode'
import { AGENT_PATH } from '../../runner/images/agent/install.ts'
import { type Agent, agentOver } from '../../runner/sandbox/agent/client.ts'
import { nestingSecurity } from '../../runner/sandbox/agent/nesting.ts'
import { overAttach } from '../../runner/sandbox/docker/attach.ts'
import { toContainer } from '../../runner/sandbox/docker/container.ts'
import { limitsOf } from '../../runner/sandbox/limits.ts'
import { engine } from './engine.ts'

export interface AgentContainer extends AsyncDisposable {
  readonly agent: Agent
  /** The raw stream, for bytes that no client would send. */
  readonly stream: Duplex
  readonly container: Docker.Container
}

/** A container as the product makes them, with the agent as PID 1. */
export const startAgent = async (image: string, { nest = false, memoryMiB = 128 } = {}): Promise<AgentContainer> => {
  const request = toContainer({
    owner: { instance: `agent-${process.pid}`, sandbox: 'agent', submission: 'agent', deadline: Math.ceil(Date.now() / 1000) + 600 },
    role: 'exec',
    image,
    command: nest ? [AGENT_PATH, 'nest'] : [AGENT_PATH],
    limits: limitsOf({ memoryMiB }),
    work: 'own',
    stdin: true,
    logs: 'none',
  })
  const container = await engine.docker.createContainer({
    ...request,
    HostConfig: { ...request.HostConfig, ...(nest && nestingSecurity()) },
  })
  const socket = (await container.attach({ stream: true, hijack: true, stdin: true, stdout: true, stderr: true })) as Duplex
  await container.start()
  const stream = overAttach(socket)
  const agent = agentOver(stream)
  await agent.ready()
  return {
    agent,
    stream,
    container,
    async [Symbol.asyncDispose]() {
      await agent[Symbol.asyncDispose]()
      await container.remove({ force: true, v: true })
    },
  }
}
