// Runs while the image is built: fetches the catalogue, so that the start does not depend on the store.
import { writeFile } from 'node:fs/promises'

const answer = await fetch(`${process.env.STORE_URL}/catalogue.json`)
if (!answer.ok) throw new Error(`the artefact store answered ${answer.status}`)
await writeFile('built/catalogue.json', await answer.text())
