/** A runner with a warm pool, for the test that kills it. Says `ready` when containers wait and one is in use. */
import { DEFAULT_HOST } from '../../runner/sandbox/docker/engine.ts'
import { pooledDocker } from '../../runner/sandbox/docker/pooled.ts'

const [instance = 'crash', mostSlots = '3'] = process.argv.slice(2)
const driver = pooledDocker({ host: DEFAULT_HOST, instance, mostSlots: Number(mostSlots), mostHosts: 1 })
const sandbox = await driver.open({ submission: 'crash', deadlineSeconds: 600, image: 'node', network: 'none' })
void sandbox.exec(['sh', '-c', '(setsid sleep 600 &); sleep 600'], { limits: { wallSeconds: 600 } })
await sandbox.read('nothing')
process.stdout.write('ready\n')
