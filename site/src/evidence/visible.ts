/** Control characters as the pictures Unicode has for them, so that what a program wrote can be seen and does nothing. */
export const visible = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is made visible
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, (character) =>
    character === '\u007f' ? '\u2421' : String.fromCharCode(0x2400 + character.charCodeAt(0)),
  )

/** Blanks and tabs as signs, for places where they are the difference. */
export const whitespace = (text: string): string => visible(text).replaceAll(' ', '\u00b7').replaceAll('\t', '\u2192\t')
