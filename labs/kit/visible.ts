/**
 * Output as text in which nothing hides: control characters as their pictures, bytes that are not UTF-8 as `\\xNN`. A line end is
 * shown and kept. At most `most` bytes; what is left out is counted at the end.
 */
export const visible = (output: Uint8Array, most = 4096): string => {
  const kept = output.subarray(0, most)
  const rest = output.length - kept.length
  return `${decoded(kept, rest > 0).replace(CONTROL, picture)}${rest > 0 ? `\n… +${rest} B` : ''}`
}

const decoded = (bytes: Uint8Array, stream: boolean): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream })
  } catch {
    return Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`)).join('')
  }
}

/** Control characters, and those that are not seen, turn the direction of writing, break lines or mean something else everywhere. */
const CONTROL = /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu

const picture = (character: string): string => {
  const code = character.codePointAt(0) ?? 0
  if (character === '\n') return '␊\n'
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return code === 0x7f ? '␡' : `\\u${code.toString(16).padStart(4, '0')}`
}
