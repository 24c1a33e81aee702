import { text } from 'node:stream/consumers'
import { Fault } from '../fault.ts'
import type { ImageName } from '../sandbox/contract.ts'
import type { Engine } from '../sandbox/docker/engine.ts'

type Request = Parameters<Engine['docker']['createContainer']>[0]

export interface Took {
  readonly verdictMs: number
  /** Until everything is removed. */
  readonly wholeMs: number
}

const MIB = 2 ** 20
const STORE = `daemon off; master_process off; pid /tmp/nginx.pid; error_log stderr; events { worker_connections 256; }
http { access_log off; client_body_temp_path /tmp/b; proxy_temp_path /tmp/p; fastcgi_temp_path /tmp/f; uwsgi_temp_path /tmp/u;
scgi_temp_path /tmp/s; server { listen 9000; location / { return 200 "kept $http_x_request\\n"; } } }`
/** Fifty requests by two clients, each tried again until somebody listens. */
const PROBER = `
const http = require('node:http')
const agent = new http.Agent({ keepAlive: true })
const ask = (host, id) => new Promise((done) => {
  const again = () => setTimeout(() => done(ask(host, id)), 5)
  http.get({ host, port: 8080, agent, headers: { 'x-request': id } }, (answer) => {
    let body = ''
    answer.on('data', (bytes) => { body += bytes }).on('end', () => (answer.statusCode === 200 ? done(body === 'kept ' + id + '\\n') : again()))
  }).on('error', again)
})
let next = 0, kept = 0
const client = async () => { while (next < 50) { const id = next++; if (await ask(id % 2 ? 'app-1' : 'app-2', String(id))) kept++ } }
Promise.all([client(), client()]).then(() => { console.log('kept ' + kept); process.exit(0) })
`

/** What people do without Hatoba: a network of its own, three services and a prober on it, one after the other; then all removed. */
export const createStartProbeRemove = async (
  { docker }: Engine,
  images: Readonly<Partial<Record<ImageName, string>>>,
  app: string,
): Promise<Took> => {
  const began = performance.now()
  const name = `hatoba-bench-${process.pid}`
  const network = await docker.createNetwork({ Name: name, Internal: true })
  const ids: string[] = []
  const launch = async (alias: string, request: Request) => {
    const container = await docker.createContainer({
      ...request,
      User: '10001:10001',
      NetworkingConfig: { EndpointsConfig: { [name]: { Aliases: [alias] } } },
      HostConfig: {
        NetworkMode: name,
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        Memory: 64 * MIB,
        MemorySwap: 64 * MIB,
        PidsLimit: 16,
        NanoCpus: 1e9,
        Tmpfs: { '/tmp': 'size=16m' },
        ...request.HostConfig,
      },
    })
    ids.push(container.id)
    return container
  }
  const nginx = async (alias: string, config: string) => {
    const command = ['sh', '-c', 'printf %s "$CONF" > /tmp/nginx.conf; exec nginx -e stderr -p /tmp/ -c nginx.conf']
    await (await launch(alias, { Image: images.nginx as string, Cmd: command, Env: [`CONF=${config}`] })).start()
  }
  try {
    await nginx('store', STORE)
    await nginx('app-1', app)
    await nginx('app-2', app)
    const prober = await launch('prober', {
      Image: images.node as string,
      Cmd: ['node', '-e', PROBER],
      HostConfig: { Memory: 256 * MIB, MemorySwap: 256 * MIB, PidsLimit: 64 },
    })
    await prober.start()
    await prober.wait()
    const verdictMs = performance.now() - began
    const said = await text((await prober.logs({ stdout: true, follow: true })) as unknown as AsyncIterable<string>)
    if (!said.includes('kept 50')) throw new Fault('internal', `the baseline of three services answered ${JSON.stringify(said)}`)
    return { verdictMs, wholeMs: (await removed()) - began }
  } finally {
    await removed()
  }
  async function removed(): Promise<number> {
    await Promise.all(ids.splice(0).map((id) => docker.getContainer(id).remove({ force: true, v: true })))
    await network.remove().catch(() => {})
    return performance.now()
  }
}
