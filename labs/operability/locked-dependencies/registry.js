// An npm registry, or a mirror of one: ours, trusted, outside the learner's reach. It speaks what npm asks for when it installs:
// the document of a package, and its tarballs. With UPSTREAM it is a mirror: it asks there, and keeps each tarball that it has
// handed out. With pages in place of packages it is somebody's web site, the same in every other way. Every request is logged.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const { NAME, PORT = '4873', UPSTREAM, CONTROL } = process.env

/** @type {{ today: Published[], later: { add: Published[], remove: { name: string, version: string }[] }, pages: Record<string, Record<string, unknown>> }} */
const { today = [], later = { add: [], remove: [] }, pages } = JSON.parse(readFileSync('packages.json', 'utf8'))

/** @typedef {{ name: string, version: string, dependencies: Record<string, string>, tarball: string, integrity: string, shasum: string }} Published */
let published = today
let phase = 'today'
let closed = false
/** What a mirror has handed out: tarballs, and what the registry said of each version. */
const kept = { tarballs: new Map(), versions: new Map() }

const say = (event) => console.log(JSON.stringify(event))
const json = (value) => ({ status: 200, type: 'application/json', body: Buffer.from(JSON.stringify(value)) })
const none = { status: 404, type: 'application/json', body: Buffer.from('{"error":"not found"}') }

const documentOf = (name, host) => {
  const own = published.filter((release) => release.name === name)
  if (own.length === 0) return undefined
  const versions = Object.fromEntries(
    own.map(({ version, dependencies, integrity, shasum }) => [
      version,
      { name, version, dependencies, dist: { tarball: `http://${host}/${name}/-/${name}-${version}.tgz`, integrity, shasum } },
    ]),
  )
  return { name, 'dist-tags': { latest: own.at(-1).version }, versions }
}

const fromOwn = (path, host) => {
  if (pages) return pages[phase]?.[path] === undefined ? none : json(pages[phase][path])
  const [, name, , file] = path.split('/')
  if (file === undefined) {
    const document = documentOf(name, host)
    return document === undefined ? none : json(document)
  }
  const release = published.find((each) => `${each.name}-${each.version}.tgz` === file)
  return release === undefined ? none : { status: 200, type: 'application/octet-stream', body: Buffer.from(release.tarball, 'base64') }
}

const ask = (path) => fetch(`${UPSTREAM}${path}`, { headers: { 'x-mirror': CONTROL } })

const fromMirror = async (path, host) => {
  const [, name, , file] = path.split('/')
  if (file !== undefined) {
    const have = kept.tarballs.get(path)
    if (have !== undefined) return have
    const answer = await ask(path)
    if (!answer.ok) return none
    const tarball = { status: 200, type: 'application/octet-stream', body: Buffer.from(await answer.arrayBuffer()) }
    kept.tarballs.set(path, tarball)
    return tarball
  }
  const answer = await ask(path)
  if (!answer.ok) return none
  const document = await answer.json()
  const known = { ...kept.versions.get(name), ...document.versions }
  kept.versions.set(name, known)
  // A version that is gone up there is offered for as long as its tarball is here.
  const versions = Object.entries(known).filter(
    ([version]) => version in document.versions || kept.tarballs.has(`/${name}/-/${name}-${version}.tgz`),
  )
  const moved = versions.map(([version, manifest]) => {
    const tarball = `http://${host}/${name}/-/${name}-${version}.tgz`
    return [version, { ...manifest, dist: { ...manifest.dist, tarball } }]
  })
  return json({ ...document, versions: Object.fromEntries(moved) })
}

const control = (what) => {
  closed = what === 'run'
  phase = what
  if (what !== 'later') return
  const isGone = (release) => later.remove.some(({ name, version }) => release.name === name && release.version === version)
  published = [...published, ...later.add].filter((release) => !isGone(release))
}

const answerTo = async (request) => {
  const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname)
  if (closed) return { path, answer: { status: 403, type: 'application/json', body: Buffer.from('{"error":"there is no network here"}') } }
  if (request.method !== 'GET') return { path, answer: none }
  return { path, answer: await (UPSTREAM ? fromMirror : fromOwn)(path, request.headers.host) }
}

const server = createServer(async (request, response) => {
  request.resume()
  const [, word, token, what] = request.url.split('/')
  if (word === '-control' && token === CONTROL) {
    control(what)
    return response.end()
  }
  const { path, answer } = await answerTo(request)
  const by = request.headers['x-mirror'] === CONTROL ? 'mirror' : 'build'
  say({ event: 'asked', of: NAME, by, phase, method: request.method, path, status: answer.status })
  response.writeHead(answer.status, { 'content-type': answer.type, 'content-length': answer.body.length }).end(answer.body)
})

server.listen(Number(PORT))
