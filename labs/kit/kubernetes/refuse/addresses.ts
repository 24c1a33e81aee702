import { BlockList, isIPv4, isIPv6 } from 'node:net'
import type { Complaint } from '../complaint.ts'
import type { Path } from '../finding.ts'
import { isSubdomain } from '../names.ts'

/**
 * IP addresses, ranges and host names. Old fields of the API read addresses "sloppily": zeros may lead a part of an IPv4 address, and
 * a range may be written by any address in it.
 *
 * Source: kubernetes/kubernetes, pkg/apis/core/validation/validation.go (IsValidIPForLegacyField, IsValidCIDRForLegacyField).
 */
const plain = (address: string): string => (address.includes(':') ? address : address.replace(/(^|\.)0+(?=\d)/g, '$1'))
export const isAddress = (address: string): boolean => isIPv4(plain(address)) || isIPv6(address)

interface Range {
  readonly address: string
  readonly bits: number
  readonly family: 'ipv4' | 'ipv6'
}

export const parseRange = (written: string): Range | undefined => {
  const [address = '', length, ...more] = written.split('/')
  if (length === undefined || more.length > 0 || !/^\d{1,3}$/.test(length) || !isAddress(address)) return undefined
  const family = isIPv4(plain(address)) ? 'ipv4' : 'ipv6'
  const bits = Number(length)
  return bits <= (family === 'ipv4' ? 32 : 128) ? { address: plain(address), bits, family } : undefined
}

/** Whether a range lies in another and is smaller. */
export const isInside = (inner: Range, outer: Range): boolean => {
  if (inner.family !== outer.family || inner.bits <= outer.bits) return false
  const list = new BlockList()
  list.addSubnet(outer.address, outer.bits, outer.family)
  return list.check(inner.address, inner.family)
}

export const addressComplaint = (value: unknown, path: Path): Complaint[] =>
  typeof value === 'string' && !isAddress(value) ? [{ rule: 'net.address', path, values: { actual: value } }] : []

export const rangeComplaint = (value: unknown, path: Path): Complaint[] =>
  typeof value === 'string' && parseRange(value) === undefined ? [{ rule: 'net.range', path, values: { actual: value } }] : []

/** A host of an Ingress: a name of the DNS, its first part may be `*`; never an address. */
export const hostComplaint = (value: unknown, path: Path): Complaint[] => {
  if (typeof value !== 'string' || value === '') return []
  const name = value.startsWith('*.') ? value.slice(2) : value
  return isAddress(value) || !isSubdomain(name) ? [{ rule: 'net.host', path, values: { actual: value } }] : []
}
