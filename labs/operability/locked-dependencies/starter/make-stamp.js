// Draws the stamps that labels.js needs, from the sizes of the tariff.
import { writeFileSync } from 'node:fs'
import { tariff } from 'harbour-tariff'

writeFileSync('stamp.json', `${JSON.stringify({ sizes: Object.keys(tariff) })}\n`)
