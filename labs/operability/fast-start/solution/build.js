// Runs while the image is built: fetches the catalogue, compares every product with every other, and keeps the result.
import { writeFile } from 'node:fs/promises'
import { nearest } from './similar.js'

const answer = await fetch(`${process.env.STORE_URL}/catalogue.json`)
// An error page must not become part of the image.
if (!answer.ok) throw new Error(`the artefact store answered ${answer.status}`)
const { products } = await answer.json()
const similar = nearest(products, 5)
await writeFile('built/similar.json', JSON.stringify(Object.fromEntries(similar)))
console.log(`${similar.size} products compared`)
