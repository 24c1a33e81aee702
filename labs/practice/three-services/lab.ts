import { docker, fail, lab, pass, type RequestRecord, type Service } from '../../kit/index.ts'

const STORE = { name: 'store', port: 9000 } as const
const APPS = ['app-1', 'app-2'] as const
const APP_PORT = 8080
const REQUESTS = 50
const READY_SECONDS = 10

/** Says which request it was asked, which only the store knows how to. */
const STORE_CONF = `daemon off;
master_process off;
pid /tmp/nginx.pid;
error_log stderr;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path /tmp/body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  server {
    listen ${STORE.port};
    location / { return 200 "kept $http_x_request\\n"; }
  }
}
`

const isReady = ({ readiness }: Service): boolean => readiness.ready

/** Whether the store itself answered it. */
const isKept = ({ id, status, body }: RequestRecord): boolean => status === 200 && body === `kept ${id}\n`

/** Not listed to learners: what `hatoba bench lab3` submits to. */
export default lab({
  id: 'three-services',
  minutes: 1,
  seconds: 30,
  listed: false,
  files: { 'app.conf': 'edit' },
  sandbox: docker({ image: 'nginx', limits: { memoryMiB: 64, pids: 16 } }),
  observe: async ({ files, sandbox, signal }) => {
    const start = (name: string, file: string, content: string, port: number) =>
      sandbox.start(
        {
          name,
          // What it would say before it knows where to say it goes nowhere.
          command: ['nginx', '-e', 'stderr', '-p', '/work/', '-c', file],
          files: { [file]: Buffer.from(content) },
          ready: { port, withinSeconds: READY_SECONDS },
        },
        { signal },
      )
    // An app looks for the store's address when it starts.
    const store = await start(STORE.name, 'store.conf', STORE_CONF, STORE.port)
    const apps = await Promise.all(APPS.map((name) => start(name, 'app.conf', files['app.conf'], APP_PORT)))
    if (!apps.every(isReady)) return { ready: isReady(store), requests: [] }
    const traffic = await sandbox.traffic(
      {
        targets: APPS.map((name) => ({ name, port: APP_PORT })),
        request: { path: '/', headers: { 'x-request': '{id}' } },
        arrivals: { kind: 'closed', clients: 2 },
        connections: 'keep-alive',
        requests: REQUESTS,
        seconds: 10,
        timeoutMs: 2000,
      },
      { signal },
    )
    await traffic.reached({ answered: REQUESTS }, { signal })
    const { requests } = await traffic.end({ signal })
    return { ready: true, requests }
  },
  checks: {
    answers: {
      tier: 'sandbox',
      run: ({ seen: { requests } }) => {
        const kept = requests.filter(isKept)
        if (kept.length === REQUESTS) return pass({ total: REQUESTS })
        const other = requests.find((request) => !isKept(request))
        return fail('differs', { kept: kept.length, total: REQUESTS, status: other?.status ?? 0 })
      },
    },
  },
  mistakes: {
    'wrong-port': 'answers',
    'answers-itself': 'answers',
  },
})
