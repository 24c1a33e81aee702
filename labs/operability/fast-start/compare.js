// Compares a small catalogue and prints the processor time that it took, so that the real one can be made large enough.
import { readFileSync } from 'node:fs'
import { nearest } from './similar.js'

const { products } = JSON.parse(readFileSync('catalogue.json', 'utf8'))
const before = process.cpuUsage()
nearest(products, 5)
const { user, system } = process.cpuUsage(before)
console.log(JSON.stringify({ cpuMs: (user + system) / 1000 }))
