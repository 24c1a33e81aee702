/** This browser's memory. Reading what is missing or broken gives `undefined`; writing says whether it was kept. */
export const recall = <T>(key: string): T | undefined => {
  try {
    const text = localStorage.getItem(`hatoba.${key}`)
    return text === null ? undefined : (JSON.parse(text) as T)
  } catch {
    return undefined
  }
}

export const remember = (key: string, value: unknown): boolean => {
  try {
    localStorage.setItem(`hatoba.${key}`, JSON.stringify(value))
    return true
  } catch {
    return false
  }
}

export const forget = (key: string): void => {
  try {
    localStorage.removeItem(`hatoba.${key}`)
  } catch {
    // Storage that is switched off holds nothing to forget.
  }
}
